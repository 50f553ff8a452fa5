# Sourced by run.sh: another release in the place of the one that runs, and the way back; and a host that is emptied.
# shellcheck shell=bash

# shellcheck source=next-release.sh
. "$here/next-release.sh"
responder_program=/usr/libexec/bitstockerz/responder
tables() { inside runuser -u bitstockerz -- psql -h /run/postgresql -AtXd bitstockerz -c "SELECT count(*) FROM pg_tables WHERE tablename = '$1'"; }
main_pids() { inside systemctl show -P MainPID bitstockerz-{responder@{1,2,3,4},outbound@{1,2},backtestd,worker} | grep .; }
all_new() { [ -z "$(comm -12 <(sort <<<"$1") <(main_pids | sort))" ]; }

before=$(main_pids)
next_release
check "an install alone leaves a host ready" status /api/health/ready 200
check "root asks the database as the service does" inside bitstockerz migrate --status
check "with the service's variables" says 'https://localhost/' inside bitstockerz user invite --note Ada
check "who upgrades is told that what runs can live with it" says '1 migration is pending; what runs can live with all of them.' \
    inside bitstockerz migrate --check
drill "upgrade" 0 inside bitstockerz upgrade
check "the schema is the next one" test "$(tables next_release)" = 1
check "every process was replaced" all_new "$before"
before=$(main_pids)
inside rm $share/Migrations/V0150__create_next_release.sql
drill "the way back" 0 inside bitstockerz upgrade
check "with every process" all_new "$before"
check "which leaves the newer schema" test "$(tables next_release)" = 1
check "and the host ready" status /api/health/ready 200
check "the release before knows it for a newer one" says 'V0150    newer' inside bitstockerz migrate --status

before=$(main_pids)
inside sh -c "cp $share/Migrations/V0001*.sql /root/kept.sql && echo '-- edited' >>$share/Migrations/\$(basename $share/Migrations/V0001*.sql)"
check "an upgrade over a migration that was changed ends" says 'was changed after it was applied' inside bitstockerz upgrade
check "with nothing replaced" test "$(main_pids)" = "$before"
inside sh -c "cp /root/kept.sql $share/Migrations/V0001*.sql"
inside systemctl restart bitstockerz-migrate

# One that what runs cannot live with.
breaking=$share/Migrations/V0151__break_with_what_runs.sql
before=$(main_pids)
inside sh -c "printf '%s\n' '-- min_code_version: 2' 'CREATE TABLE breaking (x integer);' >$breaking"
known() { inside runuser -u postgres -- psql -h /run/postgresql -AtXqd bitstockerz -c "UPDATE schema_migrations SET min_code_version = $1 WHERE $2"; }
known 1 true
check "an upgrade that what runs cannot live with says what to do" says 'cannot live with V0151.*stop bitstockerz.target on every host, then start it' \
    inside bitstockerz upgrade
check "and replaces nothing" test "$(main_pids)" = "$before"
inside rm "$breaking"
known 2 'version = 305'

# A release whose responder does not start: one of four is lost, and no more.
inside sh -c "cp $responder_program /root/kept && printf '#!/bin/sh\nexit 78\n' >$responder_program.new && chmod 755 $responder_program.new && mv -f $responder_program.new $responder_program"
check "a release that does not come up is noticed at the first process" says 'bitstockerz-responder@1.service does not come up' \
    inside bitstockerz upgrade
check "the others serve" status /api/health/ready 200
inside sh -c "cp /root/kept $responder_program.new && mv -f $responder_program.new $responder_program"
check "and mended, the next one begins with it" inside bitstockerz upgrade
check "so that all four are back" active bitstockerz-responder@{1,2,3,4}.service

denied() { # WISH OPERATION
    [ "$(inside runuser -u nobody -- bitstockerz drain "$1" 2>&1; echo "exit $?")" = \
        "bitstockerz: $2 /run/bitstockerz/drain: Permission denied: use sudo"$'\n''exit 77' ]
}
check "who may not drain a host is told so" denied on make
check "and it is not drained" inside test ! -e /run/bitstockerz/drain
check "a host is drained" says 'Drained: work on this host may begin.' inside bitstockerz drain on --grace 0 --timeout 20
check "nor does it become ready by them" denied off remove
check "a load balancer sees that" status /api/health/ready 503
check "who comes all the same is answered" status /markets/AAPL 200
check "doctor says so" says 'drained' inside bitstockerz doctor
held_back() { inside journalctl -u bitstockerz-worker -o cat --no-pager | grep 'no job is taken' >/dev/null; }
check "the worker takes no job" eventually held_back
check "and serves again when the work is done" says 'ready again' inside bitstockerz drain off
check "so says the load balancer" status /api/health/ready 200
inside sh -c 'umask 077; printf "%s\\n" timestamp,open,high,low,close,volume 2024-03-07,1,2,1,2,5 >/root/secret-bars.csv'
check "root imports a file that only root can read" inside bitstockerz import --symbol ROOTED --asset-type EQUITY --timeframe 1d /root/secret-bars.csv
