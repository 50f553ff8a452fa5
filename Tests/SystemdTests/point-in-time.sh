# Sourced by run.sh: README.md's recipe for those who may lose five minutes, with Debian's pgBackRest.
# shellcheck shell=bash

pgbackrest() { as_postgres pgbackrest --stanza=bitstockerz --log-level-console=error "$@"; }
sql() { as_postgres psql -h /run/postgresql -AtXqd "${2:-bitstockerz}" -c "$1"; }
lives() { [ "$(sql "SELECT count(*) FROM users WHERE display_name = '$1'")" = "$2" ]; }
promoted() { [ "$(sql 'SELECT pg_is_in_recovery()')" = f ]; }
later_than() { [ "$(inside date +%s)" -gt $(($1 + 1)) ]; }
holds() { journal | as_service bitstockerz audit verify --checkpoints - >/dev/null; }
create() { as_service env SERVER_SECRET_FILE=/etc/bitstockerz/server-secret bitstockerz user create --display-name "$1" >/dev/null; }

if ! command -v pgbackrest >/dev/null; then
    echo "skip pgBackRest, which is not installed"
else
    check "the README's way to pgBackRest can be gone" follow stanza-create \
        '/apt install/d; s|/var/lib/postgresql/15/main|/var/lib/bitstockerz-test/data|; s/postgresql@15-main/postgresql/'
    check "and its archive has a backup" says '"backup":\[{' pgbackrest --output=json info
    check "its timer is set" active bitstockerz-pgbackrest.timer
    create Before
    check "its unit backs up what came since" inside systemctl start bitstockerz-pgbackrest
    check "in a second backup" says '"type":"(diff|full)".*"type":"(diff|full)"' pgbackrest --output=json info
    # It counts in whole seconds: the moment is one behind the backup's end.
    eventually later_than "$(inside date +%s)"
    create Between
    moment=$(sql "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US')")
    create After
    inside systemctl start bitstockerz-maintenance
    # Waits until all of the log so far is in the archive, as it would be after five minutes.
    pgbackrest check
    inside systemctl stop 'bitstockerz-*' postgresql
    check "it goes back to a moment between two backups" pgbackrest --delta --type=time --target="${moment/T/ }+00" \
        --target-action=promote restore
    inside systemctl start postgresql
    check "and takes changes again" eventually promoted
    check "who was there then is there" lives Between 1
    check "and who came later is not" lives After 0
    check "the database is settled" follow 'restored --as-of' "s/2026-01-31T12:00:00Z/${moment}Z/"
    check "its audit trail holds, as far as it goes" holds
    inside systemctl disable -q --now bitstockerz-pgbackrest.timer
    sql 'ALTER SYSTEM RESET archive_mode' postgres
    sql 'ALTER SYSTEM RESET archive_command' postgres
    inside systemctl restart postgresql
    inside systemctl start bitstockerz.target bitstockerz-{responder,outbound,backtestd,metrics}.socket
    check "and everything serves again" eventually status /api/health/ready 200
fi
