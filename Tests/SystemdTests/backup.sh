# Sourced by run.sh: the drill of README.md, "Back up and restore", with the units that the timers start.
# shellcheck shell=bash

archives=/var/lib/bitstockerz/backups
refused() { ! "$@" 2>/dev/null; }
states() { inside systemctl is-enabled bitstockerz-backup.timer bitstockerz-backup-verify.timer | sort -u; }
archive_count() { [ "$(inside find $archives -name 'bitstockerz-*.backup' | wc -l)" = "$1" ]; }
modes() { inside bash -c "stat -c '%a %U' $archives $archives/*" | sort -u | tr '\n' ' '; }
tells() { inside journalctl -u "$1" -o cat --no-pager | grep -F "$2" >/dev/null; }
as_service() { inside runuser -u bitstockerz -- "$@"; }
as_postgres() { inside runuser -u postgres -- "$@"; }
journal() { inside journalctl --namespace=+bitstockerz --no-pager -o cat -u 'bitstockerz-*'; }

check "the timers of the backup are off" test "$(states)" = disabled
check "without a key there is no backup" refused inside systemctl start bitstockerz-backup
check "and it is said how to make one" eventually tells bitstockerz-backup 'bitstockerz backup-key makes one'
check "the README's way to backups can be gone" follow 'bitstockerz backup-key'
check "the key is for root and the service" test "$(inside stat -c '%a %U:%G' /etc/bitstockerz/backup-key)" = "640 root:bitstockerz"
check "there is one archive" archive_count 1
check "which nobody else may read" test "$(modes)" = "600 bitstockerz 700 bitstockerz "
check "the timers are on" test "$(states)" = enabled
check "the archive is found whole" inside systemctl start bitstockerz-backup-verify
check "one by hand goes elsewhere, and is looked at there" follow 'ssh elsewhere' \
    "s/ssh elsewhere 'cat >today.backup'/cat >today.backup/; s|--key backup-key|--key /etc/bitstockerz/backup-key|"
check "the README's drill restores it beside the database that is in use" follow '-O bitstockerz drill' '/dropdb/d'
drill_holds() { journal | as_service bitstockerz audit verify --database dbname=drill --checkpoints - >/dev/null; }
check "and its audit trail holds" drill_holds
check "as after a disaster it takes the place of the old one" follow 'ALTER DATABASE bitstockerz RENAME'
check "and everything serves again" eventually status /api/health/ready 200
as_postgres dropdb -h /run/postgresql bitstockerz_old
# As root the command asks this host's journal by itself, before it is the service's user.
as_postgres createdb -h /run/postgresql -O bitstockerz drill
check "root restores with the journal of the host" inside bitstockerz restore $archives --into drill --key /etc/bitstockerz/backup-key
as_postgres dropdb -h /run/postgresql drill
inside bash -c "printf x | dd of=\$(echo $archives/*) bs=1 seek=5000 conv=notrunc" 2>/dev/null
check "one that was changed is refused" refused inside systemctl start bitstockerz-backup-verify
check "and that is said" eventually tells bitstockerz-backup-verify 'is cut or was changed'
inside bash -c "rm $archives/*"
inside systemctl reset-failed bitstockerz-backup bitstockerz-backup-verify
