#!/usr/bin/env bash
# Tests of the page: pure code under Node, and the built page in Chromium against a running stack.
#
# usage: Tests/Web/run.sh [PATTERN...]        BITSTOCKERZ_URL=http://localhost:8080 adds the browser tests, and
#                                             BITSTOCKERZ_DATABASE=CONNINFO those that need its database, too;
#                                             a PATTERN keeps those browser tests whose name has it
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work="$root/.build/web/unit"
passed=0
failed=0

for command in esbuild node; do
    command -v "$command" >/dev/null || {
        echo "run.sh: error: $command is missing; see Sources/Web/packages.txt" >&2
        exit 1
    }
done

rm -rf "$work"
mkdir -p "$work"
[ -d "$root/.build/web/generated" ] || {
    echo "run.sh: error: the page is not built (make build)" >&2
    exit 1
}
esbuild "$here"/unit/*.test.ts --bundle --platform=node --format=esm --target=node18 --out-extension:.js=.mjs \
    --alias:api-types="$root/.build/web/generated/index.ts" --outdir="$work" --sourcemap=inline --log-level=warning
report="$work/report.tap"
# Two zones far from UTC: a bar that moves with the reader's clock fails in one of them.
for zone in Pacific/Auckland America/Los_Angeles; do
    TZ=$zone node --enable-source-maps --test --test-reporter=tap "$work"/*.test.mjs >"$report" || true
    count() { awk -v name="$1" '$1 == "#" && $2 == name { print $3 }' "$report"; }
    ok=$(count pass)
    bad=$(count fail)
    [ -n "$ok" ] || { cat "$report"; echo "run.sh: error: node reported nothing" >&2; exit 1; }
    echo "unit tests, TZ=$zone: $ok passed, $bad failed"
    [ "$bad" = 0 ] || grep -A 20 '^ *not ok' "$report"
    passed=$((passed + ok))
    failed=$((failed + bad))
done

# What only developers need is built for them, and not installed.
if compgen -G "$root/.build/web/development/assets/parts-*.js" >/dev/null &&
    ! compgen -G "$root/.build/web/dist/assets/parts-*.js" >/dev/null; then
    passed=$((passed + 1))
else
    echo "run.sh: the page of parts belongs into the developers' page, and into no other"
    failed=$((failed + 1))
fi

if [ -n "${BITSTOCKERZ_URL:-}" ]; then
    python=$("$root/Sources/Web/venv.sh" "$here/requirements.txt")
    summary="$work/browser"
    PYTHONDONTWRITEBYTECODE=1 "$python" "$here/browser/main.py" "$summary" "$@" || true
    [ -s "$summary" ] || { echo "run.sh: error: the browser tests gave no result" >&2; exit 1; }
    read -r ok bad <"$summary"
    passed=$((passed + ok))
    failed=$((failed + bad))
else
    echo "browser tests left out: BITSTOCKERZ_URL is not set"
fi

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
