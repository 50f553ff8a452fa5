#!/usr/bin/env bash
# Stops the stack of `make run`.
set -euo pipefail

. "$(dirname "${BASH_SOURCE[0]}")/state.sh"
[ -x "$tool" ] && [ -d "$state" ] || { echo "not running"; exit 0; }
"$tool" dev stop --state "$state"
