#!/usr/bin/env bash
# Measures the release build against other programs under the same nginx and the same Postgres; `make bench`.
#
# usage: Tests/Benchmarks/run.sh [--rounds N] [--seconds S]     rounds of every comparison and how long each load lasts
#        Tests/Benchmarks/run.sh --only PART,...                those parts alone; of all parts, `sizing` comes by name only
#
# Everything runs in a temporary folder and on loopback, and is gone at the end. What cannot be had is left out with a
# word. PHP is only installed where no systemd runs, because Debian's package would start it there as a service.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
cd "$root"
packages=Sources/Development/packages.sh
# What is measured is what stands in the checkout, also where only a part is asked for.
Sources/Development/build.sh >&2
. Sources/Development/temporary.sh

"$packages" "$here/packages.txt" || echo "bench: going on without"
if [ ! -d /run/systemd/system ]; then
    "$packages" "$here/packages-php.txt" || echo "bench: going on without PHP"
fi
# The peers' own environment, so that nothing of theirs meets the page's tools. The web framework and the engines are
# installed one after the other: without one of them, the others are still measured.
venv=$root/.build/bench-venv
install_peers() {
    local stamp
    stamp=$venv/installed-$1-$(sha256sum <"$here/peers/$1" | cut -c1-16)
    [ ! -e "$stamp" ] || return 0
    [ -x "$venv/bin/pip" ] || python3 -m venv "$venv" || return 1
    "$venv/bin/pip" install --quiet --disable-pip-version-check --no-input --only-binary :all: --require-hashes \
        -r "$here/peers/$1" && touch "$stamp"
}
export BENCH_PYTHON= BENCH_ENGINES_PYTHON= BENCH_PAGE_PYTHON=
BENCH_PAGE_PYTHON=$(Sources/Web/venv.sh Tests/Web/requirements.txt) || echo "bench: going on without the page"
if install_peers requirements.txt; then BENCH_PYTHON=$venv/bin/python; fi
if install_peers requirements-engines.txt; then BENCH_ENGINES_PYTHON=$venv/bin/python; fi

# The same flags as the programs: others would build every module again.
. Sources/Development/programs.sh
for product in Benchmarks WebAuthnSpeed SignInSpeed ImportSpeed NumericText Simulations UntrustedBytesReading; do
    swift build "${release_flags[@]}" --product "$product" >&2
done
# Optimised, because there are so many sequences; where `make test` keeps its own.
optimised=.build/optimised
if [[ $* != *--only* || $* == *sequences* ]]; then
    OPTIMISED_TESTS=AppTests swift build -c release --build-tests --scratch-path $optimised -Xswiftc -enable-testing \
        -Xswiftc -warnings-as-errors >&2
fi
# The demo stocks for the simulations.
prices=$root/.build/demo
Sources/Development/demo-prices.sh >&2 || { prices=; echo "bench: going on without the demo prices"; }
work=$(mktemp -d "$TMPDIR/bench.XXXXXX")
# Runs also when the harness is killed; its servers end with it.
trap 'status=$?; rm -rf "$work"; end_temporary $status' EXIT
trap 'exit 130' INT TERM
chmod 755 "$work"
# An installed copy, because as root the stack runs as a user who may not be able to read a checkout.
DESTDIR=$work/tree Sources/Development/install.sh
install -m 755 .build/split/bitstockerz-dev -t "$work/tree/usr/bin"
PYTHONDONTWRITEBYTECODE=1 python3 "$here/harness/main.py" --work "$work" --engine .build/release/Benchmarks \
    --passkeys .build/release/WebAuthnSpeed --sign-ins .build/release/SignInSpeed \
    --imports .build/release/ImportSpeed --simulations .build/release/Simulations \
    --numeric-text .build/release/NumericText --readers .build/release/UntrustedBytesReading --prices "$prices" \
    --tests $optimised "$@"
