# Sourced by run.sh and package.sh: what is counted, and what is asked of the system in the lab.
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
finish() {
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
    until "$@"; do
        [ $SECONDS -lt $end ] || return 1
        sleep 0.1
    done
}
# Asks from four sides at once while COMMAND runs; every answer must be 200.
under_load() { inside python3 /etc/bitstockerz-test/load.py "$@"; }
