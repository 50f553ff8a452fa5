#!/usr/bin/env bash
# Stops the stack of `make run`, and removes its database and everything built.
set -euo pipefail

. "$(dirname "${BASH_SOURCE[0]}")/state.sh"
Sources/Development/stop.sh
rm -rf "$home" .run .build
