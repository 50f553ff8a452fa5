#!/usr/bin/env bash
# Every test there is: what `make test` and CI run. Prepares what it needs, and leaves nothing running.
set -euo pipefail

. "$(dirname "${BASH_SOURCE[0]}")/state.sh"
. Sources/Development/temporary.sh
make_home
work=$(mktemp -d "$home/test.XXXXXX")
chmod 755 "$work"
test_tree=$work/tree
test_state=$work/state
builder=
finish() {
    local status=$?
    # With the compilers that it has started.
    [ -z "$builder" ] || { kill -- "-$builder" && wait "$builder"; } 2>/dev/null || true
    [ ! -d "$test_state" ] || "$test_tree/usr/bin/bitstockerz-dev" stop --state "$test_state" >/dev/null || true
    rm -rf "$work"
    end_temporary $status
}
trap finish EXIT
mkdir "$work/output"
tests=.build/tests
# What touches memory, as it is shipped: the optimiser has been wrong where a debug build was right.
optimised=.build/optimised
optimised_targets="CryptoTests WebAuthnTests JSONTests FastCGITests PostgresTests MarketTests StrategyTests TradingTests BacktestTests"
# Without what only a debugger wants: a fifth of the compiler's time.
build_tests() {
    swift build --build-tests --scratch-path $tests -debug-info-format none -Xswiftc -warnings-as-errors
}
build_optimised() {
    OPTIMISED_TESTS=$optimised_targets swift build -c release --build-tests --scratch-path $optimised \
        -Xswiftc -enable-testing -Xswiftc -warnings-as-errors
}
Sources/Development/packages.sh Sources/Development/packages.txt Sources/Web/packages.txt Tests/packages.txt
Sources/Development/swift-version.sh
# One that all builds find resolved: they write the same file.
swift package resolve
# Beside the programs, whose optimiser leaves processors idle; in a process group of its own, to be ended as a whole.
set -m
{ build_tests && build_optimised; } >"$work/output/build" 2>&1 &
builder=$!
set +m
Sources/Development/build.sh
Sources/Development/demo-prices.sh
echo "== programs: $SECONDS s"
install_tree "$test_tree"
# The end-to-end tests take the programs from one folder.
mkdir "$work/bin"
ln -s "$test_tree"/usr/bin/* "$test_tree"/usr/libexec/bitstockerz/* "$work/bin"
# Files as vendors ship them are not ours to hand on: they lie beside the checkout, or nowhere.
shared_data=${root%/*}/shared/data
if [ -d "$shared_data" ]; then
    export BITSTOCKERZ_SHARED_DATA=$shared_data
else
    echo "== tests on real files are left out: there is no $shared_data"
fi
failed=()
# What it says is kept as well: a runner may show no more than the end of all.
step() { # NAME COMMAND...
    local since=$SECONDS
    echo "== $1"
    "${@:2}" 2>&1 | tee "$work/output/$1" || failed+=("$1")
    echo "== $1: $((SECONDS - since)) s"
}
# Of a step's output the lines that say what failed: Swift Testing's, unittest's, TAP's, compilers', ours.
faults() { # NAME
    local lines
    lines=$(grep -aE '✘|^ *↳ |error:|^ *(FAIL|ERROR)|^ *not ok |^(lint|Traceback|[A-Za-z.]*Error):' "$work/output/$1") ||
        lines=$(tail -n 20 "$work/output/$1")
    head -n 60 <<<"$lines" | cut -c 1-300
}

# A test waits as long as it computes, and a process runs as many at once as there are processors: two processes side by
# side, each a part of them.
swift_tests() {
    local status=0
    # Those of the whole stack after the others: some wait for seconds until a processor is theirs.
    side_by_side "--filter ^AppTests" "--skip ^(AppTests|EndToEndTests)" || status=1
    side_by_side "--filter ^EndToEndTests --skip ^EndToEndTests\\.[A-H]" "--filter ^EndToEndTests\\.[A-H]" || status=1
    return $status
}
# usage: side_by_side "OPTION..." "OPTION..."   runs the tests that each of the two keeps; what the second says is shown at the end
side_by_side() {
    local second status=0 output
    output=$(mktemp "$work/second.XXXXXX")
    swift_part "$2" >"$output" 2>&1 &
    second=$!
    swift_part "$1" || status=1
    wait "$second" || status=1
    cat "$output"
    return $status
}
swift_part() { # "OPTION..."
    # shellcheck disable=SC2086
    BITSTOCKERZ_BINARIES=$work/bin BITSTOCKERZ_WEB=$test_tree/usr/share/bitstockerz/web \
        BITSTOCKERZ_SHARE=$test_tree/usr/share/bitstockerz \
        timeout --kill-after=10 2400 swift test --skip-build --ignore-lock --scratch-path $tests --parallel $1
}
optimised_tests() {
    OPTIMISED_TESTS=$optimised_targets timeout --kill-after=10 600 \
        swift test -c release --skip-build --scratch-path $optimised --parallel
}
hostile_input() {
    . Sources/Development/programs.sh
    swift build "${release_flags[@]}" --product UntrustedBytesReading &&
        python3 Tests/UntrustedBytesReading/work.py .build/release/UntrustedBytesReading &&
        .build/release/UntrustedBytesReading corpus Tests/UntrustedBytesFuzz/Corpus
}
# usage: with_stack SCALE COMMAND...   runs it beside a stack with the demo prices, whose limits a minute are SCALE times as high
with_stack() {
    local port ended=0
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    "$test_tree/usr/bin/bitstockerz-dev" start --state "$test_state" --port "$port" --rate-scale "$1" || return 1
    import_demo "$test_tree" "$test_state" &&
        BITSTOCKERZ_URL=http://localhost:$port BITSTOCKERZ_DATABASE=$(database_url "$test_tree" "$test_state") "${@:2}" ||
        ended=1
    "$test_tree/usr/bin/bitstockerz-dev" stop --state "$test_state" >/dev/null && rm -rf "$test_state" && return $ended
}
api_tests() {
    make_demo_key "$test_tree" "$test_state" "$work/key" && BITSTOCKERZ_KEY=$(cat "$work/key") Tests/API/run.sh
}

step "lint" Sources/Development/lint.sh
echo "== build"
wait "$builder" || failed+=("build")
builder=
cat "$work/output/build"
echo "== build: ready after $SECONDS s"
step "Swift" swift_tests
step "Swift, optimised" optimised_tests
step "hostile input" hostile_input
step "nginx" python3 -m unittest discover -s Tests/Nginx -p '*_test.py'
step "Prometheus" env BITSTOCKERZ_TREE="$test_tree" Tests/Prometheus/run.sh
step "systemd" env BITSTOCKERZ_TREE="$test_tree" Tests/SystemdTests/run.sh
step "page" with_stack 100 Tests/Web/run.sh
# From one address come more requests than any person sends.
step "API" with_stack 10000 api_tests
# The form of it that takes seconds; `make bench` has the long one.
step "kills" env PYTHONDONTWRITEBYTECODE=1 python3 Tests/Benchmarks/harness/kills.py --work "$work" --orders 60
step "left behind" nothing_left_behind
if [ ${#failed[@]} -gt 0 ]; then
    for name in "${failed[@]}"; do
        echo "== $name failed:"
        faults "$name"
    done
    echo "failed: ${failed[*]}" >&2
    exit 1
fi
echo "all tests passed"
