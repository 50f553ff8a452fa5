# Sourced by what runs compilers and tests: a temporary folder of its own, which is gone at the end.
#
# In the system's, because the path of a Unix socket has only 107 bytes; open to the unprivileged user whom servers run as.
# Called by another script that has one, a script works in that.
# shellcheck shell=bash

if [ -z "${BITSTOCKERZ_TEMPORARY:-}" ]; then
    TMPDIR=$(mktemp -d "${TMPDIR:-/tmp}/bs.XXXXXX")
    chmod 755 "$TMPDIR"
    export TMPDIR BITSTOCKERZ_TEMPORARY=$TMPDIR
    trap 'rm -rf "$TMPDIR"' EXIT
fi

# What lies in it and should not; SwiftPM always leaves folders and locks of its own.
left_behind() {
    find "$TMPDIR" -mindepth 1 -maxdepth 1 ! -name 'TemporaryDirectory.*' ! -name '_*.lock' ! -name swift-generated-sources
}
