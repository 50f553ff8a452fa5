# Sourced by run.sh, hosts.sh and package.sh: what is counted, and what is asked of the system in the lab.
# shellcheck shell=bash

passed=0
failed=0
check() { # SENTENCE COMMAND...
    if "${@:2}"; then
        passed=$((passed + 1))
        echo "ok   $1"
    else
        failed=$((failed + 1))
        echo "FAIL $1"
    fi
}
# The rows of the table of drills in README.md: the first of these scripts prints those of all.
if [ -z "${DRILLS:-}" ]; then
    DRILLS=$(mktemp "${TMPDIR:-/tmp}/bitstockerz-drills.XXXXXX")
    export DRILLS
    is_first=1
fi
finish() {
    if [ -n "${is_first:-}" ]; then
        [ ! -s "$DRILLS" ] || printf '%s\n' '| drill | requests | failed | seconds |' '|---|---|---|---|'
        cat "$DRILLS"
        rm "$DRILLS"
    fi
    echo "$passed passed, $failed failed${1:+, $1 skipped}"
    [ "$failed" = 0 ]
    exit
}
skip() {
    echo "skip the boot of a real systemd: $1"
    finish 1
}
# What a lab needs; without it the rest is left out.
need_lab() {
    [ "$(id -u)" = 0 ] || skip "it needs root"
    for program in unshare nsenter mount ip; do
        command -v "$program" >/dev/null || skip "$program is not installed"
    done
    [ -x /lib/systemd/systemd ] || skip "systemd is not installed"
}

inside() { nsenter -t "$lab_pid" -p -m -u -i -n -C "$@"; }
active() { [ "$(inside systemctl is-active "$@" | sort -u)" = active ]; }
status() { [ "$(inside curl -sk -m 10 -o /dev/null -w '%{http_code}' "https://localhost$1")" = "$2" ]; }
# Asks until the answer is yes, for 20 s at most.
eventually() {
    local end=$((SECONDS + 20))
    until "$@" >/dev/null; do
        [ $SECONDS -lt $end ] || { "$@"; return; }
        sleep 0.1
    done
}
# usage: says PATTERN COMMAND...
says() {
    local said
    said=$("${@:2}" 2>&1)
    grep -qE -- "$1" <<<"$said" || { head -c 2000 <<<"$said" | sed 's/^/     /'; return 1; }
}
# What a drill asks meanwhile; another script may have another site.
load() { inside python3 /etc/bitstockerz-test/load.py localhost; }
# usage: drill NAME MOST COMMAND...     COMMAND under load has to succeed, and MOST requests may fail; a row of the table. What they
# got is in `answers`.
drill() {
    local since status=0 from to load requests lost seconds
    coproc LOAD { load; }
    load=$LOAD_PID
    exec {from}<&"${LOAD[0]}" {to}>&"${LOAD[1]}"
    eval "exec ${LOAD[0]}<&- ${LOAD[1]}>&-"
    read -r _ <&"$from"
    since=${EPOCHREALTIME/./}
    "${@:3}" || status=1
    seconds=$(seconds_since "$since")
    exec {to}>&-
    read -r requests lost answers <&"$from"
    exec {from}<&-
    wait "$load"
    row "$1" "$requests" "$lost" "$seconds"
    [ "$lost" = 0 ] || echo "     $answers"
    check "$1: $requests requests, and $2 failed at most" test "$status" = 0 -a "${lost:-1000}" -le "$2"
}
# usage: timed NAME COMMAND...     a drill without load
timed() {
    local since=${EPOCHREALTIME/./} status=0
    "${@:2}" || status=1
    row "$1" '' '' "$(seconds_since "$since")"
    check "$1" test "$status" = 0
}
seconds_since() {
    local tenths=$(((${EPOCHREALTIME/./} - $1) / 100000))
    echo "$((tenths / 10)).$((tenths % 10))"
}
row() { echo "| $1 | $2 | $3 | $4 |" >>"$DRILLS"; }
