#!/usr/bin/env bash
# Makes or completes the Python environment of the page's tools and prints the path of its interpreter.
#
# usage: Sources/Web/venv.sh REQUIREMENTS.txt...      VENV is another name than venv, for tools that do not go together
#
# Every package is pinned by version and sha256. A list that is already installed costs one comparison of sums.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
venv="$root/.build/${VENV:-venv}"
say() { echo "venv.sh: $*" >&2; }

# Debian's own interpreter first: it is the one whose venv module packages.txt asks for.
python=/usr/bin/python3
[ -x "$python" ] || python=$(command -v python3) || {
    say "python3 is missing (apt-get install python3 python3-venv)"
    exit 1
}

mkdir -p "$root/.build"
exec 9>"$venv.lock"
flock 9

# A venv remembers absolute paths, so one that came along with a moved checkout is made again.
prefix=$("$venv/bin/python" -c 'import sys; print(sys.prefix)' 2>/dev/null || true)
[ "$prefix" = "$venv" ] || rm -rf "$venv"
if ! [ -x "$venv/bin/pip" ]; then
    rm -rf "$venv"
    "$python" -m venv "$venv" >&2 || {
        say "could not make a Python environment (apt-get install python3-venv)"
        exit 1
    }
fi

for list in "$@"; do
    [ -f "$list" ] || { say "no such file: $list"; exit 66; }
    stamp="$venv/installed-$(sha256sum <"$list" | cut -c1-16)"
    [ -e "$stamp" ] && continue
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --only-binary :all: --require-hashes \
        -r "$list" >&2 || {
        say "installing $list failed: no network, or a download whose sha256 is not the pinned one"
        exit 1
    }
    touch "$stamp"
done
echo "$venv/bin/python"
