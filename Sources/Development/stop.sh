#!/usr/bin/env bash
# Stops the stack of `make run`.
set -euo pipefail

. "$(dirname "${BASH_SOURCE[0]}")/state.sh"
[ -x "$dev" ] && [ -d "$state" ] || { echo "not running"; exit 0; }
"$dev" stop --state "$state"
