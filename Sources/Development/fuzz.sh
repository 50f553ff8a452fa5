#!/usr/bin/env bash
# Every reader of untrusted bytes under libFuzzer with AddressSanitizer; `make fuzz`.
#
# usage: Sources/Development/fuzz.sh [SECONDS [READER...]]     seconds for each reader, default 60
#
# Begins with Tests/UntrustedBytesFuzz/Corpus and the hostile inputs. What it finds on the way stays in .build/fuzz/found
# for the next time; what breaks a reader is left in .build/fuzz/broken, and the status is 1. A file from there belongs
# into the corpus once it is mended: `make fuzz` reads all of that first.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. Sources/Development/temporary.sh
seconds=${1:-60}
readers=("${@:2}")
[ ${#readers[@]} -gt 0 ] || readers=(json definition query path cookies fields fastcgi cbor passkey der jwt base64url csv archive coinbase binance alpaca tiingo)
home=.build/fuzz
# What breaks is told by libFuzzer; Swift's own backtrace would wait for somebody to ask.
export FUZZING=1 SWIFT_BACKTRACE=enable=no
swift build -c release --scratch-path "$home" --product UntrustedBytesFuzz --sanitize address \
    -Xswiftc -sanitize=fuzzer -Xswiftc -sanitize-coverage=edge,inline-8bit-counters,pc-table,trace-cmp -Xswiftc -use-ld=lld
program=$home/release/UntrustedBytesFuzz
seeds=$TMPDIR/seeds
trap 'status=$?; rm -rf "$seeds"; end_temporary $status' EXIT
mkdir "$seeds"
"$program" seeds "$seeds"
broken=()
for reader in "${readers[@]}"; do
    found=$home/found/$reader corpus=Tests/UntrustedBytesFuzz/Corpus/$reader
    mkdir -p "$found" "$home/broken"
    folders=("$found" "$seeds/$reader")
    [ ! -d "$corpus" ] || folders+=("$corpus")
    echo "fuzz: $reader, $seconds s"
    # Leaks are looked for elsewhere: what a process keeps for its life is none. A reader has 2 s for 64 KiB.
    ASAN_OPTIONS=detect_leaks=0 "$program" "$reader" -max_total_time="$seconds" -max_len=65536 -timeout=2 \
        -print_final_stats=1 -artifact_prefix="$home/broken/$reader-" "${folders[@]}" 2>"$home/$reader.log" ||
        broken+=("$reader")
    grep -E '^stat::(number_of_executed_units|average_exec_per_sec|slowest_unit_time_sec|peak_rss_mb)' "$home/$reader.log" |
        sed 's/^stat::/    /' || true
done
if [ ${#broken[@]} -gt 0 ]; then
    for reader in "${broken[@]}"; do echo "fuzz: $reader is broken:"; tail -n 30 "$home/$reader.log"; done >&2
    exit 1
fi
echo "fuzz: nothing found"
