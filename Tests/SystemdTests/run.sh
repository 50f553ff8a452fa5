#!/usr/bin/env bash
# Tests of systemd/: the units as `make install` installs them, checked by systemd-analyze and then run by a real systemd.
#
# usage: BITSTOCKERZ_TREE=DIR Tests/SystemdTests/run.sh     DIR: what `make install DESTDIR=DIR` made
#
# This machine's own root, under a throw-away overlay, is booted in fresh namespaces (lab.sh), with PostgreSQL and nginx
# as a package would set them up. Nothing of the machine itself is touched. Where that is not allowed, the part is left
# out, and says why.
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
tree=${BITSTOCKERZ_TREE:?names the directory that was given to make install as DESTDIR}
# shellcheck source=checks.sh
. "$here/checks.sh"
# shellcheck source=readme.sh
. "$here/readme.sh"

migrations=$(env -i "$tree/usr/bin/bitstockerz" config | awk '$1 == "MIGRATIONS_DIR" { print $2 }')
check "a program finds the files it was installed with, wherever that is" test "$migrations" = "$tree/usr/share/bitstockerz/Migrations"
units=$tree/usr/lib/systemd/system
if ! command -v systemd-analyze >/dev/null; then skip "systemd is not installed"; fi
for unit in "$units"/bitstockerz*.service; do
    check "$(basename "$unit") is exposed by 1.5 at most" \
        bash -c 'systemd-analyze security --no-pager --offline=yes --threshold=15 "$1" >/dev/null 2>&1' bash "$unit"
done

need_lab
# shellcheck source=lab.sh
. "$here/lab.sh"
trap lab_end EXIT
lab_make "$tree" || skip "this machine allows no overlay of its root ($lab_reason)"
# Four people are the load of many.
printf '%s\n' RATE_LIMIT_CALLS=100000 QUOTA_STRATEGIES=100000 QUOTA_STRATEGY_VERSIONS=100000 >>"$lab_root/etc/bitstockerz/bitstockerz.env"
# Its own root and the programs it names are there now.
check "systemd-analyze verify finds no fault" lab_verify
boot_until_ready() { lab_boot && eventually status /api/health/ready 200; }
timed "boot until ready, with a new database and all its migrations" boot_until_ready
[ "$failed" = 0 ] || { lab_log; finish; }

responder() { inside systemctl show -P "$1" "bitstockerz-responder@$2"; }
# Whether metrics have a line like this. All of them are read: a grep that stopped at the line would end curl, and with
# it the pipe, in failure as soon as there are more of them than a pipe holds.
has_line() { grep -E "^bitstockerz_$1\$" >/dev/null; }
told() { inside curl -s -m 10 --unix-socket /run/bitstockerz/metrics.sock http://localhost/metrics | has_line "$1"; }
passed_on() { inside curl -s -m 10 http://127.0.0.1:9109/metrics | has_line "$1"; }
sockets() { for n in 1 2 3 4; do inside readlink "/proc/$(responder MainPID $n)/fd/3"; done | sort -u; }
came_back() { [ "$(responder MainPID "$1")" != "$2" ] && [ "$(responder MainPID "$1")" != 0 ] && active "bitstockerz-responder@$1"; }
replaced() { local now; now=$(pids); ! grep -qx 0 <<<"$now" && [ -z "$(comm -12 <(sort <<<"$1") <(sort <<<"$now"))" ]; }
pids() { inside systemctl show -P MainPID bitstockerz-responder@{1,2,3,4} | grep .; }

check "the target, its sockets and four instances are active" eventually active bitstockerz.target \
    bitstockerz-{responder,outbound,backtestd,metrics}.socket bitstockerz-{backtestd,worker}.service \
    bitstockerz-responder@{1,2,3,4}.service bitstockerz-outbound@{1,2}.service
check "the migrations ran before" active bitstockerz-migrate.service
check "the four share one listening socket" test "$(sockets | grep -c '^socket:')" = 1 -a "$(sockets | wc -l)" = 1
check "they run as user bitstockerz" test "$(for p in $(pids); do inside stat -c %U "/proc/$p"; done | sort -u)" = bitstockerz
check "nginx's production site says that it is ready" eventually status /api/health/ready 200
check "and serves the page" status /markets/AAPL 200
check "the daemon answers on its socket" bash -c '[[ $1 == *\"backtest_daemon\":{\"status\":\"up\"* ]]' bash \
    "$(inside curl -sk -m 10 https://localhost/api/health/ready)"

check "what may ask other servers answers on its own socket" status /api/auth/oauth/google/start 303

for count in responder:4 outbound:2 backtestd:1 worker:1; do
    check "the metrics count ${count#*:} of ${count%:*}" eventually told "processes\\{program=\"${count%:*}\"\\} ${count#*:}"
done
check "nginx passes them on to who monitors" passed_on 'database_up 1'
check "without a token the API has none" status /api/metrics 404

pid=$(responder MainPID 2)
inside kill -KILL "$pid"
check "a killed instance comes back" eventually came_back 2 "$pid"
check "and the metrics know that it was killed" eventually told 'process_exits_total\{program="responder",reason="killed"\} 1'
check "the next request is answered" status /api/health/ready 200
pid=$(inside systemctl show -P MainPID bitstockerz-backtestd)
inside kill -KILL "$pid"
check "a killed daemon comes back" eventually bash -c '[ "$1" != "$(nsenter -t '"$lab_pid"' -p -m -C systemctl show -P MainPID bitstockerz-backtestd)" ]' bash "$pid"
check "maintenance runs" inside systemctl start bitstockerz-maintenance
check "the worker has done it" test "$(inside runuser -u bitstockerz -- psql -h /run/postgresql -AtXd bitstockerz -c \
    "SELECT count(*) > 0 FROM jobs WHERE job_type = 'maintenance' AND status = 'completed' AND worker LIKE '%.worker/%'")" = t
for unit in maintenance worker; do
    check "and a checkpoint of the audit trail is in the journal of $unit" bash -c '[[ $1 == *audit_checkpoint* ]]' bash \
        "$(inside journalctl -u bitstockerz-$unit -o cat --no-pager)"
done
check "its timer is set" active bitstockerz-maintenance.timer
check "the hourly fetch of prices runs" inside systemctl start bitstockerz-ingest
planned() {
    [ "$(inside runuser -u bitstockerz -- psql -h /run/postgresql -AtXd bitstockerz -c \
        "SELECT count(*) > 0 FROM jobs WHERE job_type = 'plan_ingestion' AND status = 'completed' AND worker LIKE '%.worker/%'")" = t ]
}
check "and the worker makes its plan" eventually planned
check "its timer is set, too" active bitstockerz-ingest.timer
inside systemctl stop postgresql
check "without the database it says 503" eventually status /api/health/ready 503
check "and the metrics say why" eventually told 'database_up 0'
check "and goes on living" status /api/health/live 200
inside systemctl start postgresql
check "and is ready by itself when the database is back" eventually status /api/health/ready 200
# shellcheck source=processes.sh
. "$here/processes.sh"
# shellcheck source=upgrade.sh
. "$here/upgrade.sh"
# shellcheck source=outages.sh
. "$here/outages.sh"
# The package has a lab of its own, and compresses for a while. What it says comes last.
package_said=$(mktemp "${TMPDIR:-/tmp}/bitstockerz-said.XXXXXX")
"$here/package.sh" >"$package_said" 2>&1 &
package=$!
trap 'kill "$package" 2>/dev/null; rm -f "$package_said"; lab_end' EXIT
# shellcheck source=backup.sh
. "$here/backup.sh"
# shellcheck source=point-in-time.sh
. "$here/point-in-time.sh"
# shellcheck source=doctor.sh
. "$here/doctor.sh"
# shellcheck source=pooler.sh
. "$here/pooler.sh"
# shellcheck source=full-disk.sh
. "$here/full-disk.sh"
check "no unit has failed" test -z "$(inside systemctl list-units --failed --plain --no-legend)"
timed "power off of an idle host" lab_power_off
[ "$failed" = 0 ] || lab_log
check "two hosts are as one" "$here/hosts.sh"
heard() { wait "$package"; }
check "the Debian package and make uninstall are as they should be" heard
cat "$package_said"
trap 'rm "$package_said"; lab_end' EXIT
finish
