#!/usr/bin/env bash
# Two hosts with one database behind a load balancer, as README.md says: three machines that a bridge joins. The first host
# has the database as well.
#
# usage: BITSTOCKERZ_TREE=DIR Tests/SystemdTests/hosts.sh     DIR: what `make install DESTDIR=DIR` made
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
tree=${BITSTOCKERZ_TREE:?names the directory that was given to make install as DESTDIR}
# shellcheck source=checks.sh
. "$here/checks.sh"
need_lab
command -v haproxy >/dev/null || skip "haproxy is not installed"
# shellcheck source=lab.sh
. "$here/lab.sh"
work=$(mktemp -d "${TMPDIR:-/tmp}/bitstockerz-hosts.XXXXXX")
declare -A labs=()
# usage: on 1|2     what is asked from here on is asked of that host
on() { read -r lab_pid lab_outer lab_work lab_group <<<"${labs[$1]}" && lab_root=$lab_work/root; }
end() {
    [ -z "${haproxy:-}" ] || kill "$haproxy"
    kill "$balancer"
    for host in "${!labs[@]}"; do on "$host" && lab_end; done
    rm -rf "$work"
}

# The addresses of README.md: the balancer, the hosts, and the database.
unshare --net sleep infinity &
balancer=$!
trap end EXIT
at_balancer() { nsenter -t "$balancer" -n "$@"; }
apart() { [ "$(readlink "/proc/$balancer/ns/net")" != "$(readlink /proc/self/ns/net)" ]; }
eventually apart
at_balancer ip link add hosts type bridge && at_balancer ip addr add 192.0.2.10/24 dev hosts && at_balancer ip link set hosts up &&
    at_balancer ip link set lo up || skip "this machine allows no bridge"
join() { # HOST ADDRESS...
    local address
    ip link add "host$1" netns "$balancer" type veth peer name eth0 netns "$lab_pid" && at_balancer ip link set "host$1" master hosts up || return 1
    for address in "${@:2}"; do inside ip addr add "$address/24" dev eth0 || return 1; done
    inside ip link set eth0 up
}
boot() { # HOST ADDRESS...
    lab_make "$tree" || skip "this machine allows no overlay of its root ($lab_reason)"
    sed -i 's/^#set_real_ip_from 192.0.2.10;/set_real_ip_from 192.0.2.10;/' "$lab_root/etc/bitstockerz/nginx/trusted-proxies.conf"
    echo 'QUOTA_STRATEGIES=2' >>"$lab_root/etc/bitstockerz/bitstockerz.env"
    if [ "$1" = 1 ]; then
        sed -i "s/-c listen_addresses= /-c listen_addresses=* /" "$lab_root/etc/systemd/system/postgresql.service"
    else
        # Until it is where the database is.
        systemctl --root="$lab_root" disable postgresql.service bitstockerz.target >/dev/null 2>&1
    fi
    lab_boot || { lab_log; lab_end; check "host $1 boots" false; finish; }
    labs[$1]="$lab_pid $lab_outer $lab_work $lab_group"
    check "host $1 boots" join "$@"
}
sql() { inside runuser -u postgres -- psql -h /run/postgresql -AtqXd bitstockerz -c "$1"; }

boot 1 192.0.2.11 192.0.2.20
check "the first host is ready" eventually status /api/health/ready 200
printf '%s\n' timestamp,open,high,low,close,volume >"$lab_root/root/bars.csv"
for day in {1..120}; do echo "$(date -d "2024-01-01 + $day days" +%F),$((day % 9 + 1)),20,1,$((day % 7 + 2)),5"; done >>"$lab_root/root/bars.csv"
check "it has prices" says "120" inside bitstockerz import --symbol TEST-USD --asset-type CRYPTO --timeframe 1d /root/bars.csv
sql "ALTER ROLE bitstockerz PASSWORD 'lab'"
echo 'host bitstockerz bitstockerz 192.0.2.12/32 scram-sha-256' >>"$lab_root/var/lib/bitstockerz-test/data/pg_hba.conf"
sql 'SELECT pg_reload_conf()' >/dev/null

boot 2 192.0.2.12
# The recipe for a database elsewhere.
recipe=$lab_root/usr/share/bitstockerz/systemd/database-tcp.conf
while read -r file; do install -D -m 644 "$recipe" "$lab_root$file"; done < <(sed -n 's/^#  *\(\/.*\)/\1/p' "$recipe")
(umask 077 && echo 'host=192.0.2.20 dbname=bitstockerz user=bitstockerz password=lab' >"$lab_root/etc/bitstockerz/database-url")
inside systemctl daemon-reload
inside systemctl enable -q --now bitstockerz.target
ready() { inside curl -sk -m 10 https://localhost/api/health/ready; }
foreign='no event of the audit trail was signed with this host.s secret'
check "the second host, with a secret of its own, is not ready and says whose it needs" eventually says "$foreign: copy /etc/" ready
check "so does doctor" says "^wrong +secret +$foreign" inside bitstockerz doctor
check "and what would migrate" says "$foreign" inside journalctl -u bitstockerz-migrate -o cat --no-pager
on 1
secret=$(cat "$lab_root/etc/bitstockerz/server-secret")
on 2
printf %s "$secret" >"$lab_root/etc/bitstockerz/server-secret"
inside systemctl restart bitstockerz.target
check "with that of the first it is ready, with the database of the first" eventually status /api/health/ready 200

# What runs now and then gets there as well.
inside bitstockerz backup-key /etc/bitstockerz/backup-key >/dev/null
inside systemd-tmpfiles --create
for unit in maintenance ingest backup; do check "so does its $unit" inside systemctl start bitstockerz-$unit; done
inside systemctl stop bitstockerz-responder@1
check "and doctor, who looks where the password comes from" says '^fine +database ' inside bitstockerz doctor
inside systemctl start bitstockerz-responder@1
inside rm /etc/bitstockerz/backup-key
reaches_database() { inside curl -s -m 10 --unix-socket /run/bitstockerz/metrics.sock http://localhost/metrics | grep -x 'bitstockerz_database_up 1' >/dev/null; }
check "its metrics tell of it as well" reaches_database
check "two hosts of one name: readiness says that its daemon waits" eventually says 'another daemon has the name' ready
check "so does doctor" says 'give each host a BACKTESTD_NAME of its own' inside bitstockerz doctor
visit() { at_balancer python3 "$here/visitor.py" "$work" "192.0.2.$1" "${@:2}"; }
check "somebody signs up at the first host" says '^201 ' visit 11 sign-up
printf '%s\n' BACKTESTD_NAME=host2 WORKER_NAME=host2.worker >>"$lab_root/etc/bitstockerz/bitstockerz.env"
inside systemctl restart bitstockerz.target
daemon_is_up() { says '"backtest_daemon":\{"status":"up"' ready; }
check "mended, its daemon does runs as well" eventually daemon_is_up

# The balancer of README.md, for this name, with a certificate of its own, and in more of a hurry.
cat "$lab_root"/etc/bitstockerz/{certificate,key}.pem >"$work/site.pem"
{
    printf '%s\n' 'defaults' 'mode http' 'timeout connect 5s' 'timeout client 50s' 'timeout server 50s' "global" "stats socket $work/stats"
    awk '/^```/ { block = !block; next } block && /^frontend / { on = 1 } !block { on = 0 } on' "$root/README.md" |
        sed -e 's/bitstockerz\.example/localhost/g' -e "s|/etc/haproxy/bitstockerz.pem|$work/site.pem|" -e 's/inter 2s/inter 500ms/'
} >"$work/haproxy.cfg"
nsenter -t "$balancer" -n haproxy -db -f "$work/haproxy.cfg" >"$work/haproxy.log" 2>&1 &
haproxy=$!
states() { # STATE OF HOST 1, OF HOST 2
    python3 - "$work/stats" "$@" <<'PYTHON'
import csv, socket, sys
with socket.socket(socket.AF_UNIX) as one:
    one.connect(sys.argv[1])
    one.sendall(b"show stat\n")
    rows = csv.reader(iter(one.makefile().read().splitlines()))
states = {row[1]: row[17].split()[0] for row in rows if row and row[0] == "bitstockerz"}
sys.exit([states["host1"], states["host2"]] != sys.argv[2:])
PYTHON
}
check "the load balancer of README.md finds both" eventually states UP UP
load() { at_balancer python3 "$here/load.py" localhost 192.0.2.10; }

check "who signed up at one signs in over the balancer" says '^200 ' visit 10 sign-in
check "who signs in at the second" says '^200 ' visit 12 sign-in
check "is signed in at the first" says '^200 .*ada@example.org' visit 11 GET /api/me
calls_left() { visit "$1" GET /api/strategies | cut -d' ' -f2; }
check "a call at the first" test "$(calls_left 11)" = $(($(calls_left 12) + 1))
check "exports are counted at the first" says '^200 ' visit 11 GET /api/me/export
check "at the second" says '^200 ' visit 12 GET /api/me/export
check "over the balancer" says '^200 ' visit 10 GET /api/me/export
for host in 1 2; do check "and a fourth one in a minute is refused by host $host" says '^429 .*RATE_LIMITED' visit 1$host GET /api/me/export; done
strategy() { # NAME
    echo '{"name": "'"$1"'", "asset_type": "CRYPTO", "timeframe": "1d", "definition": {"indicators": [{"id": "fast", "type": "SMA",
        "params": {"period": 3}, "source": "close"}, {"id": "slow", "type": "SMA", "params": {"period": 9}, "source": "close"}],
        "entry": {"logic": "AND", "conditions": [{"left": {"indicator": "fast"}, "op": "crosses_above", "right": {"indicator": "slow"}}]},
        "exit": {"logic": "AND", "conditions": [{"left": {"indicator": "fast"}, "op": "crosses_below", "right": {"indicator": "slow"}}]},
        "risk": {"stop_loss": {"type": "percent", "value": 5}, "take_profit": {"type": "percent", "value": 9}}}}'
}
check "a strategy is made at the first" says '^201 ' visit 11 POST /api/strategies "$(strategy one)"
made=$(visit 12 POST /api/strategies "$(strategy two)")
check "and another at the second" says '^201 ' echo "$made"
for host in 1 2; do
    check "a third one is over the quota of two for host $host" says '^429 .*QUOTA_EXCEEDED' visit 1$host POST /api/strategies "$(strategy three)"
done

# A run that the first host's daemon has begun when it dies, and which stays dead.
daemon_for_tests() { # VARIABLE...
    mkdir -p "$lab_root/etc/systemd/system/bitstockerz-backtestd.service.d"
    printf '%s\n' '[Service]' 'Restart=no' "Environment=ENVIRONMENT=test BACKTESTD_TEST_LEASE_MS=1500 $*" \
        >"$lab_root/etc/systemd/system/bitstockerz-backtestd.service.d/test.conf"
    inside systemctl daemon-reload
    inside systemctl stop bitstockerz-backtestd.socket bitstockerz-backtestd
}
id_of() { python3 -c 'import json, sys; print(json.loads(sys.argv[1].split(" ", 2)[2])["id"])' "$1"; }
held_by() { on 1; says "^$1" sql "SELECT status || ' ' || worker FROM jobs WHERE job_type = 'backtest'"; }
on 2; daemon_for_tests
on 1; daemon_for_tests BACKTESTD_TEST_PAUSE_STAGE=loaded BACKTESTD_TEST_PAUSE_MS=600000 BACKTEST_TIMEOUT_MS=600000
inside systemctl start bitstockerz-backtestd.socket bitstockerz-backtestd
run=$(visit 12 POST /api/backtests '{"strategy_id": "'"$(id_of "$made")"'", "symbol": "TEST-USD", "timeframe": "1d", "start_date": "2024-01-02", "end_date": "2024-04-30"}')
check "a run is ordered at the second host" says '^202 ' echo "$run"
check "the first one's daemon has it" eventually held_by "running $(inside hostname)/"
on 2; inside systemctl start bitstockerz-backtestd.socket bitstockerz-backtestd
on 1; inside systemctl kill -s KILL bitstockerz-backtestd
check "killed, it loses the run to the second's" eventually held_by 'completed host2/'
check "whose result is there for whoever asks" says '^200 .*"status":"completed"' visit 11 GET "/api/backtests/$(id_of "$run")"
for host in 1 2; do
    on $host
    rm "$lab_root/etc/systemd/system/bitstockerz-backtestd.service.d/test.conf"
    inside systemctl daemon-reload
    inside systemctl restart bitstockerz-backtestd
    check "host $host has its daemon again" eventually daemon_is_up
done

# Work on a host: all of it is stopped in between.
drained() { # HOST COMMAND...
    local expected=(UP DOWN)
    [ "$1" = 2 ] || expected=(DOWN UP)
    on "$1"
    says 'work on this host may begin' inside bitstockerz drain on --grace 5 && says '"draining":true' ready &&
        states "${expected[@]}" && "${@:2}" && says 'ready again' inside bitstockerz drain off && eventually states UP UP
}
restart_everything() { inside systemctl stop nginx bitstockerz.target && inside systemctl start bitstockerz.target nginx; }
drill "drain of one of two hosts, and a restart of everything there" 0 drained 2 restart_everything
# shellcheck source=next-release.sh
. "$here/next-release.sh"
upgrade() { next_release && says 'Release .* runs in' inside bitstockerz upgrade; }
one_after_the_other() { drained 1 upgrade && drained 2 upgrade; }
drill "upgrade of two hosts, one after the other" 0 one_after_the_other
# A host that dies is one whose processes are gone all at once: connections are refused, or end without an answer.
die() { inside systemctl kill -s KILL nginx 'bitstockerz-*.service' && eventually states UP DOWN; }
on 2
drill "death of one of two hosts" 0 die
finish
