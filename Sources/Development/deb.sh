#!/usr/bin/env bash
# Packs what `make build` has built as .build/deb/bitstockerz_VERSION_ARCH.deb. Nothing is compiled here.
#
# debhelper wants its files in a folder debian/ of the tree it works in. The checkout has none on top: they lie beside this
# script, and are copied into a tree of nothing but them.
#
# usage: Sources/Development/deb.sh
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
cd "$root"
. "$here/temporary.sh"
"$here/packages.sh" "$here/deb-packages.txt"
version=$(sed -n 's/.*static let current = "\(.*\)"$/\1/p' Sources/App/Version.swift)
[ "$(.build/split/bitstockerz --version)" = "$version" ] ||
    { echo "error: .build/split is not of version $version: run make first" >&2; exit 1; }
[ "$(sed -n 's/^## //p' CHANGELOG.md | head -n 1)" = "$version" ] ||
    { echo "error: CHANGELOG.md begins with another version than $version of Version.swift" >&2; exit 1; }

out=.build/deb
# Compressing takes a minute, in which it is better to have changed something.
made=$(compgen -G "$out/bitstockerz_${version}_*.deb" || true)
newer() {
    find .build/split ! -name '*.debug' -newer "$made" -type f
    find .build/web/dist .build/manual nginx systemd Migrations README.md CHANGELOG.md Makefile "$here" -newer "$made"
}
if [ -n "$made" ] && [ -z "$(newer)" ]; then
    echo "$made"
    exit 0
fi

# What dpkg calls the date of the release: no file of the package is younger. Browsers know a page by its date.
date=$(git log -1 --format=%cD 2>/dev/null) || date=$(date -R -r .build/web/dist/index.html)
author=$(sed -n 's/^Maintainer: //p' "$here/debian/control")
# usage: changelog <CHANGELOG.md     the same in Debian's form
changelog() {
    local line item='' release=''
    put_item() { [ -z "$item" ] || fold -s -w 74 <<<"$item" | sed -e 's/ *$//' -e '1s/^/  * /' -e '2,$s/^/    /'; item=''; }
    put_end() { [ -z "$release" ] || { put_item; printf '\n -- %s  %s\n\n' "$author" "$date"; }; }
    while IFS= read -r line; do
        case $line in
        '## '*) put_end; release=${line#\#\# }; printf 'bitstockerz (%s) stable; urgency=medium\n\n' "$release" ;;
        '- '*) put_item; item=${line#- } ;;
        '  '*) item+=" ${line#  }" ;;
        esac
    done
    put_end
}

work=$TMPDIR/deb
rm -rf "$out"
mkdir -p "$out" "$work/tree"
cp -R "$here/debian" "$work/tree"
changelog <CHANGELOG.md >"$work/tree/debian/changelog"
if ! (cd "$work/tree" && CHECKOUT=$root dpkg-buildpackage --build=binary --no-sign) >"$work/log" 2>&1; then
    tail -n 20 "$work/log" >&2
    rm -rf "$work"
    exit 1
fi
mv "$work"/*.deb "$out"
rm -rf "$work"
ls "$out"/*.deb
