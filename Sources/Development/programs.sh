# Sourced: what is built for release, and how. Other flags would build every module again.
# shellcheck shell=bash disable=SC2034

# What serves, and the admin tool; the last is for development only and not installed.
programs=(inward outward bitstockerz)
# The names of what serves: a process is the one by whose name its file is started.
declare -A names=([inward]="responder backtestd" [outward]="outbound worker")
development_program=bitstockerz-dev
# lld keeps one of functions that are the same and packs the relocations, half a megabyte a program. By this option and not
# --pack-dyn-relocs=relr, which leaves out the mark without which Debian 12's loader starts nothing. Every library is found at
# the start and no later, so that the table of where things are can be made read-only; and nowhere but where the system
# has them, not beside the program.
release_flags=(-c release --static-swift-stdlib --disable-local-rpath -Xswiftc -warnings-as-errors -Xswiftc -use-ld=lld
    -Xlinker "-L$PWD/.build/static" -Xlinker --as-needed -Xlinker --icf=safe -Xlinker -z -Xlinker pack-relative-relocs
    -Xlinker -z -Xlinker now)
