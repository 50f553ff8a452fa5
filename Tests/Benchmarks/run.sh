#!/usr/bin/env bash
# What `make bench` runs: the built release against yardsticks, in one run on one machine. The numbers are ratios and CPU
# times; a loaded machine makes them worse, so nothing else should run meanwhile.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../../Sources/Development/state.sh"
Sources/Development/packages.sh "$here/packages.txt"
Sources/Development/packages.sh "$here/packages-php.txt" || echo "PHP-FPM is left out: it cannot be installed here"
Sources/Development/demo-prices.sh
make_home
work=$(mktemp -d "$home/bench.XXXXXX")
chmod 755 "$work"
stop() {
    [ ! -d "$work/state" ] || "$work/tree/usr/bin/bitstockerz" dev stop --state "$work/state" >/dev/null || true
    rm -rf "$work"
}
trap stop EXIT

gcc -O2 -o "$work/hello" "$here/hello.c" -lfcgi
python=/usr/bin/python3
if fastapi=$(Sources/Web/venv.sh) && "$fastapi" -m pip install --quiet --disable-pip-version-check --only-binary :all: \
    -r "$here/requirements.txt" 2>"$work/pip.log"; then
    python=$fastapi
else
    echo "FastAPI is left out: it cannot be installed here"
fi
install_tree "$work/tree"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$work/tree/usr/bin/bitstockerz" dev start --state "$work/state" --port "$port" >"$work/start.log" ||
    { cat "$work/start.log"; exit 1; }
"$python" "$here/memory.py" "$("$work/tree/usr/bin/bitstockerz" dev status --state "$work/state" --json)"
grep -E '^(BTC-USD.*1h)' "$work/tree/demo/list.tsv" >"$work/tree/demo/list.one"
mv "$work/tree/demo/list.one" "$work/tree/demo/list.tsv"
import_demo "$work/tree" "$work/state" >/dev/null
"$python" "$here/serving.py" "$work" "$("$work/tree/usr/bin/bitstockerz" dev status --state "$work/state" --json)"
# The same flags as the programs: others would build every module again.
swift build -q -c release --static-swift-stdlib -Xswiftc -warnings-as-errors -Xlinker "-L$root/.build/static" \
    -Xlinker --as-needed --product EngineBenchmark
.build/release/EngineBenchmark
