#!/usr/bin/env bash
# Everything from a bare checkout to programs and page: packages, release build, page. What is up to date costs seconds.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
cd "$root"
"$here/packages.sh" "$here/packages.txt" Sources/Web/packages.txt
"$here/swift-version.sh"
# The Swift runtime needs libstdc++. Found first as an archive, it is linked in: a shared one costs every process 0.8 MB
# of resident memory for a few of its functions.
mkdir -p .build/static
archive=$(find /usr/lib/gcc -name libstdc++.a 2>/dev/null | sort -V | tail -n 1)
[ -z "$archive" ] || ln -sfn "$archive" .build/static/libstdc++.a
flags=(-c release --static-swift-stdlib -Xswiftc -warnings-as-errors -Xlinker "-L$root/.build/static" -Xlinker --as-needed)
for product in responder outbound backtestd worker bitstockerz bitstockerz-dev; do
    swift build "${flags[@]}" --product "$product"
done
Sources/Web/build.sh
