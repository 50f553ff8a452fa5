#!/usr/bin/env bash
# Brings BitStockerz up at http://localhost:$PORT with real prices, runs a first backtest and returns; all of it again is fine.
set -euo pipefail

. "$(dirname "${BASH_SOURCE[0]}")/state.sh"
port=${PORT:-8080}
key=$root/.run/demo-key

is_running() { [ -x "$dev" ] && [ -d "$state" ] && "$dev" status --state "$state" >/dev/null 2>&1; }
# Known before minutes of building, not after.
if ! is_running && (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
    echo "error: port $port is in use: stop what listens there, or choose another: make run PORT=8081" >&2
    exit 1
fi

Sources/Development/build.sh
Sources/Development/demo-prices.sh
make_home
Sources/Development/stop.sh >/dev/null
install_tree "$tree"
"$dev" start --state "$state" --port "$port"
import_demo "$tree" "$state"
make_demo_key "$tree" "$state" "$key"
python3 Sources/Development/first_backtest.py "http://localhost:$port" "$key"
echo
echo "The price chart: http://localhost:$port/markets/AAPL"
echo "An account of your own: http://localhost:$port/sign-up"
echo "Stop: make stop. Logs: .run/home/state/log"
