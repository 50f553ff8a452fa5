#!/usr/bin/env bash
# Says in one line when Swift is missing or older than 6.1.
set -euo pipefail

if ! command -v swift >/dev/null; then
    echo "error: swift is not on the PATH; BitStockerz needs Swift 6.1 or later (https://www.swift.org/install/linux)" >&2
    exit 1
fi
version=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' | head -n 1)
if [ "$(printf '%s\n' 6.1 "${version:-0}" | sort -V | head -n 1)" != 6.1 ]; then
    echo "error: Swift ${version:-of an unknown version} at $(command -v swift); BitStockerz needs Swift 6.1 or later" >&2
    exit 1
fi
