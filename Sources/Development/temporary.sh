# Sourced by what runs compilers and tests: a temporary folder of its own, which is gone at the end.
#
# In the system's, because the path of a Unix socket has only 107 bytes; open to the unprivileged user whom servers run as.
# Called by another script that has one, a script works in that. What lies in it at the end is told, and fails `make test`.
# shellcheck shell=bash

# Whether nothing lies in it that should not; SwiftPM always leaves folders and locks of its own.
nothing_left_behind() {
    local found
    # The database of the tests goes a moment after they have ended.
    for _ in {1..100}; do
        found=$(find "$TMPDIR" -mindepth 1 -maxdepth 1 \
            ! -name 'TemporaryDirectory.*' ! -name '_*.lock' ! -name swift-generated-sources)
        [ -n "$found" ] || return 0
        sleep 0.2
    done
    echo "left in the temporary folder:"
    echo "$found"
    return 1
}

# usage: end_temporary STATUS     at the end of a script that has a trap of its own, after what that clears away
end_temporary() {
    [ -z "$own_temporary" ] || { [ "$1" != 0 ] || nothing_left_behind >&2 || true; rm -rf "$TMPDIR"; }
}

own_temporary=
if [ -z "${BITSTOCKERZ_TEMPORARY:-}" ]; then
    TMPDIR=$(mktemp -d "${TMPDIR:-/tmp}/bs.XXXXXX")
    chmod 755 "$TMPDIR"
    export TMPDIR BITSTOCKERZ_TEMPORARY=$TMPDIR
    own_temporary=yes
    trap 'end_temporary $?' EXIT
fi
