# Sourced by run.sh: README.md's recipe for those who may lose five minutes, with Debian's pgBackRest.
# shellcheck shell=bash

# lab_root is lab.sh's.
: "${lab_root:?}"
pgbackrest() { as_postgres pgbackrest --stanza=bitstockerz --log-level-console=error "$@"; }
sql() { as_postgres psql -h /run/postgresql -AtXqd "${2:-bitstockerz}" -c "$1"; }
lives() { [ "$(sql "SELECT count(*) FROM users WHERE display_name = '$1'")" = "$2" ]; }
promoted() { [ "$(sql 'SELECT pg_is_in_recovery()')" = f ]; }
settled() { journal | as_service bitstockerz restored --as-of "$1" --journal - >/dev/null; }
later_than() { [ "$(inside date +%s)" -gt $(($1 + 1)) ]; }
holds() { journal | as_service bitstockerz audit verify --checkpoints - >/dev/null; }
create() { as_service env SERVER_SECRET_FILE=/etc/bitstockerz/server-secret bitstockerz user create --display-name "$1" >/dev/null; }

if ! command -v pgbackrest >/dev/null; then
    echo "skip pgBackRest, which is not installed"
else
    printf '%s\n' '[global]' 'repo1-path=/var/lib/pgbackrest' 'repo1-retention-full=2' 'start-fast=y' \
        'repo1-cipher-type=aes-256-cbc' "repo1-cipher-pass=$(openssl rand -base64 48 | tr -d '\n')" \
        '[bitstockerz]' 'pg1-path=/var/lib/bitstockerz-test/data' 'pg1-socket-path=/run/postgresql' \
        >"$lab_root/etc/pgbackrest.conf"
    inside chown root:postgres /etc/pgbackrest.conf
    inside chmod 640 /etc/pgbackrest.conf
    sql 'ALTER SYSTEM SET archive_mode = on' postgres
    sql "ALTER SYSTEM SET archive_timeout = '5min'" postgres
    sql "ALTER SYSTEM SET archive_command = 'pgbackrest --stanza=bitstockerz archive-push %p'" postgres
    inside systemctl restart postgresql
    check "pgBackRest makes its archive" pgbackrest stanza-create
    check "and finds that it works" pgbackrest check
    create Before
    check "it backs up the cluster" pgbackrest backup
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
    check "the database is settled" settled "${moment}Z"
    check "its audit trail holds, as far as it goes" holds
    sql 'ALTER SYSTEM RESET archive_mode' postgres
    sql 'ALTER SYSTEM RESET archive_command' postgres
    inside systemctl restart postgresql
    inside systemctl start bitstockerz.target bitstockerz-{responder,outbound,backtestd,metrics}.socket
    check "and everything serves again" eventually status /api/health/ready 200
fi
