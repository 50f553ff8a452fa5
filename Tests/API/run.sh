#!/usr/bin/env bash
# Tests of the API's description, from outside: a client generated from it runs the README's story, and schemathesis sends
# what it allows and what it does not to every operation, as key and as session.
#
# usage: Tests/API/run.sh      BITSTOCKERZ_URL and BITSTOCKERZ_KEY are those of a running stack with the demo prices
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
: "${BITSTOCKERZ_URL:?}" "${BITSTOCKERZ_KEY:?}"
python=$(VENV=api-venv "$root/Sources/Web/venv.sh" "$here/requirements.txt")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
PYTHONDONTWRITEBYTECODE=1 "$python" "$here/main.py" "$(dirname "$python")" "$work"
