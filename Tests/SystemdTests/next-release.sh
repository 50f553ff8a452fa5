# Sourced by upgrade.sh and hosts.sh: the next release.
# shellcheck shell=bash

share=/usr/share/bitstockerz
# It is made up: one more migration, and programs that are other files.
next_release() {
    inside sh -c "echo 'CREATE TABLE next_release (x integer);' >$share/Migrations/V0150__create_next_release.sql"
    for program in responder outbound backtestd worker; do
        inside sh -c "cd /usr/libexec/bitstockerz && cp $program $program.new && mv -f $program.new $program"
    done
}
