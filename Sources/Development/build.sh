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
. "$here/programs.sh"
. "$here/temporary.sh"
# More than half of a program is symbols, which only a debugger wants: it finds them in a file of their own.
split_symbols() {
    local program=.build/release/$1 split=.build/split
    [ "$program" -nt "$split/$1" ] || return 0
    mkdir -p "$split"
    objcopy --only-keep-debug --compress-debug-sections "$program" "$split/$1.debug"
    (cd "$split" && objcopy --strip-all --add-gnu-debuglink="$1.debug" "../release/$1" "$1.new" && mv -f "$1.new" "$1")
}
# What serves is started often and many times over. One innocent `contains` of a string brings in all of the regular
# expressions, 2 MB a program.
refuse_regular_expressions() {
    [ "$1" != bitstockerz ] && [ "$1" != "$development_program" ] || return 0
    ! grep -qa _RegexParser ".build/release/$1" || {
        echo "build.sh: $1 links the regular expressions: what asks for _StringProcessing (nm -u on the objects tells)" >&2
        return 1
    }
}
for program in "${programs[@]}" "$development_program"; do
    swift build "${release_flags[@]}" --product "$program"
    refuse_regular_expressions "$program"
    split_symbols "$program"
done
# Manual pages and completions say what the admin tool says of itself.
manual=.build/manual/man5/bitstockerz.env.5
for file in .build/split/bitstockerz systemd/bitstockerz.env.example "$here"/manual.py "$here"/bitstockerz.env.5.in; do
    [ ! "$file" -nt $manual ] || { python3 "$here/manual.py" .build/split/bitstockerz .build/manual && break; }
done
Sources/Web/build.sh
