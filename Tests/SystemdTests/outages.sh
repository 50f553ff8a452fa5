# Sourced by run.sh: what is said to be stored is stored, and once, whatever becomes of the processes, the database or the power
# meanwhile. Half of what is asked saves something.
# shellcheck shell=bash

: "${here:?}" "${lab_work:?}" "${reload[@]}" "${restart_target[@]}"
written=$lab_work/written
writers=
for number in 1 2 3 4; do
    inside bitstockerz user create --email writer$number@example.org >/dev/null
    writers+=,$(inside bitstockerz api-key create --user writer$number@example.org --name load 2>/dev/null)
done
# From outside, for it goes on when all inside is dead.
load_with_writes() { KEYS=${writers#,} nsenter --net --target "$lab_pid" python3 "$here/load.py" localhost --write "$written"; }
as_owner() { inside runuser -u bitstockerz -- psql -h /run/postgresql -AtXqd bitstockerz -c "$1"; }
# A name is used once: without this what is stored twice would be refused, and not be seen.
as_owner 'DROP INDEX strategies_user_name_key'
# Each answer of 201 has one row; what was not answered, or otherwise, has one or none.
stored_once() {
    local stored said lost twice
    stored=$(as_owner "SELECT name FROM strategies JOIN users ON users.id = user_id WHERE email LIKE 'writer%'" | sort)
    said=$(awk '$2 == 201 { print $1 }' "$written" | sort)
    lost=$(comm -23 <(echo "$said") <(echo "$stored") | wc -l)
    twice=$(uniq -d <<<"$stored" | wc -l)
    echo "     $(wc -l <<<"$said") said to be stored, $(comm -13 <(echo "$said") <(echo "$stored") | wc -l) stored without being said to be"
    [ "$lost" = 0 ] && [ "$twice" = 0 ] || { echo "     $lost lost, $twice stored twice"; return 1; }
}
# usage: only ANSWER...     nothing else was answered
only() {
    local rest=$answers answer
    for answer in "$@"; do rest=$(sed -E "s/'?$answer'?: [0-9]+(, )?//" <<<"$rest"); done
    [[ $rest =~ ^\{[,\ ]*\}$ ]] || { echo "     $answers"; return 1; }
}

load() { load_with_writes; }
drill "10 reloads while half of the requests save something" 0 rounds 10 "${reload[@]}"
drill "10 restarts of the target while half of the requests save something" 0 rounds 10 "${restart_target[@]}"
# A column that changes its type makes stale whatever a session has prepared that answers with it, here several statements
# of one request.
next_release V0152__change_types 'CREATE DOMAIN next_text AS text;
ALTER TABLE users ALTER COLUMN role TYPE next_text;
ALTER TABLE strategies ALTER COLUMN name TYPE next_text, ALTER COLUMN description TYPE next_text;'
drill "upgrade that changes types while half of the requests save something" 0 inside bitstockerz upgrade
check "which they are now" test "$(as_owner "SELECT count(*) FROM information_schema.columns WHERE domain_name = 'next_text'")" = 3
inside rm "$share/Migrations/V0152__change_types.sql"
check "all that was said to be stored is, and once" stored_once

is_back() { eventually status /api/health/ready 200; }
restart_postgres() { inside systemctl restart postgresql && is_back; }
drill "3 restarts of PostgreSQL" 2000 rounds 3 restart_postgres
check "who asked meanwhile was told when to ask again" only 200 201 '503 with Retry-After'
check "and all that was said to be stored is, and once" stored_once
# One that is killed takes all others with it: PostgreSQL starts anew from its log.
server() { inside runuser -u postgres -- psql -h /run/postgresql -AtXqd bitstockerz -c "SELECT $1 FROM pg_stat_activity WHERE $2" 2>/dev/null; }
kill_session() {
    local before now
    before=$(server pid "backend_type = 'checkpointer'")
    recovered() { now=$(server pid "backend_type = 'checkpointer'") && [ -n "$now" ] && [ "$now" != "$before" ]; }
    inside kill -KILL "$(server 'min(pid)' "application_name = 'responder'")" && eventually recovered && is_back
}
drill "a process of PostgreSQL killed, and its recovery" 2000 kill_session
check "who asked meanwhile was told when to ask again, too" only 200 201 '503 with Retry-After'
check "and all that was said to be stored is, and once, after that" stored_once

# The network outlives the host, so that whoever asks goes on asking.
nsenter --net --target "$lab_pid" sleep infinity &
network=$!
has_entered() { [ "$(readlink "/proc/$network/ns/net")" = "$(readlink "/proc/$lab_pid/ns/net")" ]; }
eventually has_entered
boot_again() { lab_boot "$network" && is_back; }
power_off() { lab_power_off && boot_again; }
drill "power off, and the next boot until ready" 2000 power_off
check "what had been said to be stored before that is, and once" stored_once
cut_power() { lab_cut_power && boot_again; }
drill "power cut, and the next boot until ready" 2000 cut_power
kill "$network"
check "what had been said to be stored before the power was cut is, and once" stored_once
check "every unit is there again" eventually all_active
as_owner 'CREATE UNIQUE INDEX strategies_user_name_key ON strategies (user_id, name) WHERE is_active'
load() { inside python3 /etc/bitstockerz-test/load.py localhost; }
