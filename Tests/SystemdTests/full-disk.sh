# Sourced by run.sh: the volume of the database is full. Nothing that was acknowledged is lost, who asks is told, and with room
# again all goes on by itself. First the log of what is written ahead is elsewhere, for without room for that Postgres itself ends.
# shellcheck shell=bash

cluster=/var/lib/bitstockerz-test
inside bitstockerz user create --email full@example.org >/dev/null
key=$(inside bitstockerz api-key create --user full@example.org --name full 2>/dev/null)
# usage: small_volume MEGABYTES [LOG]     the cluster on a volume with so much room, its LOG elsewhere
small_volume() {
    inside_sh "systemctl stop postgresql && cd $cluster && mv data kept && mkdir -m 700 data &&
        mount -t tmpfs -o size=\$((\$(du -sm ${2:+--exclude=pg_wal} kept | cut -f1) + $1))m tmpfs data &&
        tar -C kept ${2:+--exclude=./pg_wal} -cf - . | tar -C data -xf - &&
        if [ -n '${2:-}' ]; then cp -a kept/pg_wal '${2:-}' && ln -s '${2:-}' data/pg_wal; fi &&
        chown postgres: data && chmod 700 data && systemctl start postgresql"
}
old_volume() { inside_sh "systemctl stop postgresql && cd $cluster && umount data && rmdir data && mv kept data && systemctl start postgresql"; }
fill() { inside_sh "dd if=/dev/zero of=$cluster/data/filler bs=64k status=none 2>/dev/null; dd if=/dev/zero of=$cluster/data/filler2 bs=1k status=none 2>/dev/null"; }
query() { inside runuser -u postgres -- psql -h /run/postgresql -AtXd bitstockerz -c "$1" 2>/dev/null; }
stored() { query "SELECT count(*) FROM strategies JOIN users ON users.id = strategies.user_id WHERE email = 'full@example.org'"; }
small_volume 16 $cluster/wal
check "with a volume of its own the database is there" eventually status /api/health/ready 200
api() { inside curl -sk -m 20 -w ' %{http_code}' -H "Authorization: Bearer $key" -H 'Content-Type: application/json' "$@"; }
strategy() {
    api https://localhost/api/strategies -d '{"name": "'"$1"'", "asset_type": "EQUITY", "timeframe": "1d", "definition": {"indicators": [],
        "entry": {"logic": "AND", "conditions": [{"left": {"price": "close"}, "op": "gt", "right": {"literal": '"$1"'}}]},
        "exit": {"logic": "AND", "conditions": [{"left": {"price": "close"}, "op": "lt", "right": {"literal": '"$1"'}}]},
        "risk": {"stop_loss": {"type": "percent", "value": 5}, "take_profit": {"type": "percent", "value": 9}}}}'
}
check "it takes what is to be kept" says ' 201$' strategy 1
fill
kept=1
while [ $kept -lt 500 ]; do
    answer=$(strategy $((kept + 1)))
    case $answer in *' 201') kept=$((kept + 1)) ;; *) break ;; esac
done
check "full, it says so in one clear problem" says 'The database has no room left, and nothing was stored.* 503$' echo "$answer"
check "so does readiness" says "the database's volume is full: make room there" inside curl -sk -m 10 https://localhost/api/health/ready
check "for which a load balancer sends nobody" status /api/health/ready 503
check "the page is there" status /markets/AAPL 200
has_room() { inside_sh "rm -f $cluster/data/filler*" && eventually status /api/health/ready 200; }
timed "a full volume of the database that has room again" has_room
check "who is told that something is stored finds it stored" test "$kept" = "$(stored)"
check "and more is taken" says ' 201$' strategy 9999
old_volume
inside_sh "rm -r $cluster/wal"
check "with its old volume it is there as well" eventually status /api/health/ready 200

small_volume 64
check "with its log on the same volume it is there" eventually status /api/health/ready 200
fill
kept=$(stored)
ended() { ! inside systemctl is-active -q postgresql; }
for number in {10001..10100}; do
    answer=$(strategy "$number")
    [[ $answer != *' 201' ]] || kept=$((kept + 1))
    query 'SELECT pg_switch_wal()' >/dev/null
    ! ended || break
done
check "without room for its log Postgres ends" ended
check "which readiness says" eventually status /api/health/ready 503
has_log() { inside_sh "rm -f $cluster/data/filler* && systemctl reset-failed postgresql && systemctl start postgresql" && eventually status /api/health/ready 200; }
timed "a full volume of the database's log, and its next start" has_log
check "and what was acknowledged is there" test "$kept" = "$(stored)"
old_volume
check "the old volume is there again" eventually status /api/health/ready 200
