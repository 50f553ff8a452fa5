# Sourced by run.sh: the volume of the database is full. Nothing that was acknowledged is lost, who asks is told, and with room
# again all goes on by itself. The log of what is written ahead is elsewhere: without room for that Postgres itself ends.
# shellcheck shell=bash

cluster=/var/lib/bitstockerz-test
inside bitstockerz user create --email full@example.org >/dev/null
key=$(inside bitstockerz api-key create --user full@example.org --name full 2>/dev/null)
inside_sh "systemctl stop postgresql && cd $cluster && mv data kept && mkdir -m 700 data && cp -a kept/pg_wal wal &&
    mount -t tmpfs -o size=\$((\$(du -sm --exclude=pg_wal kept | cut -f1) + 16))m tmpfs data &&
    tar -C kept --exclude=./pg_wal -cf - . | tar -C data -xf - && ln -s $cluster/wal data/pg_wal &&
    chown postgres: data && chmod 700 data && systemctl start postgresql"
check "with a volume of its own the database is there" eventually status /api/health/ready 200
api() { inside curl -sk -m 20 -w ' %{http_code}' -H "Authorization: Bearer $key" -H 'Content-Type: application/json' "$@"; }
strategy() {
    api https://localhost/api/strategies -d '{"name": "'"$1"'", "asset_type": "EQUITY", "timeframe": "1d", "definition": {"indicators": [],
        "entry": {"logic": "AND", "conditions": [{"left": {"price": "close"}, "op": "gt", "right": {"literal": '"$1"'}}]},
        "exit": {"logic": "AND", "conditions": [{"left": {"price": "close"}, "op": "lt", "right": {"literal": '"$1"'}}]},
        "risk": {"stop_loss": {"type": "percent", "value": 5}, "take_profit": {"type": "percent", "value": 9}}}}'
}
check "it takes what is to be kept" says ' 201$' strategy 1
inside_sh "dd if=/dev/zero of=$cluster/data/filler bs=64k status=none 2>/dev/null; dd if=/dev/zero of=$cluster/data/filler2 bs=1k status=none 2>/dev/null"
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
check "who is told that something is stored finds it stored" test "$kept" = "$(inside runuser -u postgres -- psql -h /run/postgresql -AtXd bitstockerz -c \
    "SELECT count(*) FROM strategies JOIN users ON users.id = strategies.user_id WHERE email = 'full@example.org'")"
check "and more is taken" says ' 201$' strategy 9999
inside_sh "systemctl stop postgresql && cd $cluster && umount data && rmdir data && mv kept data && rm -r wal && systemctl start postgresql"
check "with its old volume it is there as well" eventually status /api/health/ready 200
