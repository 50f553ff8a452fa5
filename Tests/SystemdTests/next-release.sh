# Sourced by upgrade.sh and hosts.sh: the next release.
# shellcheck shell=bash

share=/usr/share/bitstockerz
# It is made up: one more migration, and programs that are other files.
# usage: next_release [MIGRATION SQL]
next_release() {
    inside sh -c 'printf "%s\n" "$2" >"$1"' sh "$share/Migrations/${1:-V0150__create_next_release}.sql" \
        "${2:-CREATE TABLE next_release (x integer);}"
    for program in responder outbound backtestd worker; do
        inside sh -c "cd /usr/libexec/bitstockerz && cp $program $program.new && mv -f $program.new $program"
    done
}
