#!/usr/bin/env bash
# Everything from a bare checkout to programs and page: packages, release build, page. What is up to date costs seconds.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
cd "$root"
"$here/packages.sh" "$here/packages.txt" Sources/Web/packages.txt
"$here/swift-version.sh"
mkdir -p .build
for product in responder backtestd bitstockerz; do
    # One product after the other: a static build of them all at once needs no less time and much more memory.
    swift build -c release --static-swift-stdlib -Xswiftc -warnings-as-errors --product "$product"
done
Sources/Web/build.sh
