# Sourced by run.sh: how processes come and go. A restart or reload that hangs takes systemd's time-out of 30 s or more; one
# that does not is over in a second or two, so each is given ten.
# shellcheck shell=bash

services=('bitstockerz-responder@*' 'bitstockerz-outbound@*' bitstockerz-backtestd bitstockerz-worker)
# usage: rounds COUNT COMMAND...     the first failure ends it
rounds() {
    local round
    for ((round = 1; round <= $1; round++)); do
        "${@:2}" || { echo "     failed in round $round"; return 1; }
    done
}
in_time() { timeout 10 nsenter -t "$lab_pid" -p -m -u -i -n -C "$@"; }
all_active() {
    active bitstockerz.target bitstockerz-{responder,outbound,backtestd}.socket bitstockerz-{backtestd,worker}.service \
        bitstockerz-responder@{1,2,3,4}.service bitstockerz-outbound@{1,2}.service
}
inodes() { inside stat -c %i /run/bitstockerz/{responder,outbound,backtestd}.sock; }
# usage: renewed COMMAND...     it replaces every responder, and all are there again
renewed() {
    local before
    before=$(pids)
    "$@" && eventually replaced "$before" && eventually all_active
}
before=$(inodes)
restart=(renewed in_time systemctl restart "${services[@]}")
reload=(renewed in_time systemctl reload 'bitstockerz-responder@*' 'bitstockerz-outbound@*')
restart_target=(renewed in_time systemctl restart bitstockerz.target)
timed "10 restarts of idle processes" rounds 10 "${restart[@]}"
timed "10 reloads of idle processes" rounds 10 "${reload[@]}"
timed "10 restarts of the idle target" rounds 10 "${restart_target[@]}"
drill "20 restarts of all processes" 0 rounds 20 "${restart[@]}"
drill "20 reloads, one process after the other" 0 rounds 20 "${reload[@]}"
drill "10 restarts of the target" 0 rounds 10 "${restart_target[@]}"
check "the sockets were open all the time" test "$(inodes)" = "$before"
check "no process had to be killed" test -z \
    "$(inside journalctl --no-pager -o cat | grep -E "State '[a-z-]*' timed out|Watchdog timeout")"

# By somebody who is not sure whether it was.
install_again() { DESTDIR=$lab_root "$here/../../Sources/Development/install.sh"; }
drill "the same release installed again" 0 install_again

# One at a time is killed in the middle of its work; whoever asked is asked for again.
kill_one() { local n=$((round % 4 + 1)) pid; pid=$(responder MainPID $n) && inside kill -KILL "$pid" && eventually came_back $n "$pid"; }
drill "10 responders killed, one after the other" 0 rounds 10 kill_one
# With nobody left to ask again, what is under way is lost: one request of each of the four who ask.
kill_all() {
    local before
    before=$(pids)
    # shellcheck disable=SC2046
    inside kill -KILL $(tr '\n' ' ' <<<"$before") && eventually replaced "$before" && eventually all_active
}
drill "all four responders killed at once" 4 kill_all
eventually all_active

# Whoever still connects wakes nobody up.
coproc LOAD { load; }
read -r _ <&"${LOAD[0]}"
in_time systemctl stop bitstockerz.target
eval "exec ${LOAD[1]}>&-"
wait "$LOAD_PID"
all_stopped() {
    local units=(bitstockerz-{responder,outbound,backtestd}.socket bitstockerz-{maintenance,ingest}.timer "${services[@]/\*/1}")
    [ "$(inside systemctl is-active "${units[@]}" | sort -u)" = inactive ] || {
        paste <(printf '     %s\n' "${units[@]}") <(inside systemctl is-active "${units[@]}")
        return 1
    }
}
check "a stop of the target under load closes the sockets and ends the timers" eventually all_stopped
check "and then nginx says 502" status /api/health/live 502
inside systemctl start bitstockerz.target
check "and a start opens them" eventually status /api/health/ready 200

# What cannot mend itself is started once, and somebody is told.
environment=$lab_root/etc/bitstockerz/bitstockerz.env
gave_up() { # UNIT STATUS
    [ "$(inside systemctl show -P ActiveState "$1")" = failed ] && [ "$(inside systemctl show -P ExecMainStatus "$1")" = "$2" ] &&
        [ "$(inside systemctl show -P NRestarts "$1")" = 0 ]
}
reported() { inside journalctl --no-pager -o cat -p err -t bitstockerz-failure | grep -F "$1.service has failed (exit-code, exited $2)" >/dev/null; }
mended() { inside systemctl restart "$1" && active "$1"; }
spoil() { # UNIT STATUS REASON
    inside systemctl reset-failed "$1"
    inside systemctl restart "$1" 2>/dev/null
    check "$1 gives up with $2, not to be started for ever" eventually gave_up "$1" "$2"
    check "and somebody is told" eventually reported "$1" "$2"
    check "and the journal has the reason among the errors" bash -c '[[ $1 == *"$2"* ]]' bash \
        "$(inside journalctl --namespace=+bitstockerz --no-pager -o cat -p err -u "$1")" "$3"
}
cp -p "$environment" "$environment.kept"
echo 'RESPONDERS=many' >>"$environment"
for unit in bitstockerz-responder@1 bitstockerz-outbound@1 bitstockerz-backtestd bitstockerz-worker bitstockerz-migrate; do
    spoil $unit 78 'RESPONDERS must be a whole number'
done
cp -p "$environment.kept" "$environment"
echo 'MIGRATIONS_DIR=/nowhere' >>"$environment"
spoil bitstockerz-migrate 66 '/nowhere'
cp -p "$environment.kept" "$environment"
migration=$(ls "$lab_root"/usr/share/bitstockerz/Migrations/*.sql | head -n 1)
cp -p "$migration" "$lab_root/root/kept.sql"
echo '-- edited' >>"$migration"
spoil bitstockerz-migrate 65 "$(basename "$migration") was changed after it was applied"
mv "$lab_root/root/kept.sql" "$migration"
inside systemctl reset-failed 'bitstockerz-*'
check "mended, all of it starts" inside systemctl restart bitstockerz.target
check "and serves" eventually status /api/health/ready 200

inside curl -sk -o /dev/null -H 'traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' https://localhost/api/health/live
traced() { inside "$@" | grep -F '"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"' >/dev/null; }
check "a caller's trace is in the journal" eventually traced journalctl --namespace=+bitstockerz --no-pager -o cat -u 'bitstockerz-responder@*'
check "which is the responders' own" test -z "$(inside journalctl -q --no-pager -o cat -u 'bitstockerz-responder@*' -g '"msg":"request"')"
check "and in the access log" eventually traced cat /var/log/nginx/bitstockerz.log
inside sh -c 'head -c 300000 /dev/zero | curl -sk -o /dev/null --data-binary @- https://localhost/api/strategies'
refused() {
    inside curl -s --unix-socket /run/bitstockerz/metrics.sock http://localhost/metrics |
        grep '^bitstockerz_nginx_refusals_total{status="413"} [1-9]' >/dev/null
}
check "what nginx refuses is counted" eventually refused
check "which has Debian's owner and mode" test "$(inside stat -c '%U %G %a' /var/log/nginx/bitstockerz.log)" = 'www-data adm 640'
