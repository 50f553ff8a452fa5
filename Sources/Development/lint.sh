#!/usr/bin/env bash
# Style and architecture: what a compiler does not refuse.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
faults=0
fault() {
    echo "lint: $1" >&2
    [ -z "${2:-}" ] || sed 's/^/    /' <<<"$2" >&2
    faults=$((faults + 1))
}
# What git would hand to a stranger: tracked files, and new ones that are not ignored.
files() { git ls-files --cached --others --exclude-standard -- "$@" | while read -r file; do [ ! -f "$file" ] || echo "$file"; done; }

found=$(files '*.swift' | xargs -r swift format lint --strict 2>&1) || fault "swift format differs (swift format -i FILE)" "$found"
found=$(files '*.swift' '*.ts' '*.tsx' '*.py' | xargs -r wc -l | awk '$1 > 400 && $2 != "total"')
[ -z "$found" ] || fault "a file past 400 lines hides a second idea" "$found"
product=(System Settings Telemetry JSON Compression HTTP FastCGI Postgres Crypto Daemon Jobs Market PriceFiles Providers Quality Strategy Trading Backtest App Backup HTTPClient Remote inward outward)
found=$(grep -nE '^ *([a-z]+ )?import (Foundation|FoundationEssentials|Dispatch)' -r "${product[@]/#/Sources/}" 2>/dev/null || true)
[ -z "$found" ] || fault "no Foundation in what a responder or the daemon links" "$found"
found=$(grep -nE '^ *(@?[_a-zA-Z]+ )?import ' -r Sources/System | grep -vE 'import (Glibc|Synchronization)$' || true)
[ -z "$found" ] || fault "System imports nothing but the C library and Synchronization" "$found"
# Of the ground the domain takes the calendar's arithmetic, and neither clock nor file nor randomness.
found=$(grep -nE '^ *([a-z]+ )?import ' -r Sources/{JSON,Market,PriceFiles,Providers,Quality,Strategy,Trading,Backtest} |
    grep -vE 'import (JSON|Market|PriceFiles|Providers|Quality|Strategy|Trading|Backtest)$|^Sources/Backtest/[^:]*:[0-9]+:internal import CVectors$' |
    grep -vE '^Sources/Market/[^:]*:[0-9]+:internal import struct System\.CivilDate$' || true)
[ -z "$found" ] || fault "the domain and JSON import nothing from outside" "$found"
found=$(grep -nE 'Unsafe[A-Za-z]*Pointer|withUnsafe[A-Za-z]*Pointer|TemporaryAllocation' -r Sources/{Market,PriceFiles,Providers,Quality,Strategy,Trading,Backtest} |
    grep -vE '^Sources/(Backtest/(Columns|Vectors)|Market/DigitWriter)\.swift:' || true)
[ -z "$found" ] || fault "in the engine only columns and kernels touch memory" "$found"
found=$(grep -nE '\bdb\.(query|execute)\(|\brows\.(string|int|double|bool|bytes|microseconds|day|optional[A-Z][A-Za-z]*)\(' -r Sources --include='*.swift' |
    grep -v '^Sources/Postgres/' || true)
[ -z "$found" ] || fault "answers of the database are read by order and type: Query, not column numbers" "$found"
found=$(grep -nE 'where Output ==|extension Query where' -r Sources Tests --include='*.swift' | grep -v '^Sources/Postgres/Query\.swift:' || true)
[ -z "$found" ] || fault "a statement is written in an extension of Query, as -> Query<What it gives>" "$found"
found=$(files 'Sources/*.swift' | xargs -r python3 Sources/Development/references.py) || fault "a comment refers to what is not there" "$found"
found=$(python3 Sources/Development/arrows.py) || fault "a target imports what it depends on, and depends on what it imports" "$found"
while read -r library owner; do
    found=$(grep -lE "^ *([a-z]+ )?import $library\$" -r Sources Tests --include='*.swift' | grep -vE "^(Sources/$owner|Tests/${owner}Tests)/" || true)
    [ -z "$found" ] || fault "only $owner imports $library" "$found"
done <<<'CFCGI FastCGI
CPostgres Postgres
COpenSSL Crypto
CCurl HTTPClient
CZlib Compression
CZstd Compression
CMalloc Daemon
CProcess Supervision
CVectors Backtest'
found=$(grep -nE '(UPDATE|INSERT INTO|DELETE FROM) backtest_runs\b' -r Sources --include='*.swift' | grep -v '^Sources/App/Backtests/RunStore\.swift:' || true)
[ -z "$found" ] || fault "only RunStore changes runs, together with their jobs" "$found"
found=$(grep -nE '(UPDATE|INSERT INTO|DELETE FROM|DELETE|COPY) ((equity_daily|crypto_daily|crypto_hourly|replaced)_bars|\\\((table\.name|gone)\))' -r Sources --include='*.swift' |
    grep -v '^Sources/App/MarketData/BarWrites\.swift:' || true)
[ -z "$found" ] || fault "bars have one way into the database: BarStore" "$found"
# An error is one thing that is wrong: a value, bytes, a call of the system, another server. A refusal is that what somebody
# asked for is not done, with a sentence for who asked. A Problem is a refusal as it is answered (RFC 9457).
found=$(grep -nE '^ *([a-z]+ )*(struct|enum|class|actor|extension) [^{]*[:,] *Error\b' -r Sources --include='*.swift' |
    grep -vE '(struct|enum|class|actor|extension) ([A-Za-z.]*(Error|Refusal)|Problem)\b' || true)
[ -z "$found" ] || fault "what is thrown is called an error or a refusal" "$found"
# A mistake is what is wrong with a request, a fault what a check finds in what is stored, a failure how a job has ended.
found=$(grep -nE 'catch let ' -r Sources Tests --include='*.swift' | grep -vE 'catch let (error|refusal|problem)\b' || true)
[ -z "$found" ] || fault "what is caught is called error, refusal or problem" "$found"
found=$(files 'Tests/*.swift' | xargs -r awk '/@Test/ { test = 1 } test && / func / { if ($0 ~ / func [a-z]+[A-Z]/) print FILENAME ":" FNR ": " $0; test = 0 }')
[ -z "$found" ] || fault "the name of a test is a sentence in backticks" "$found"
found=$(grep -nE 'TaskGroup\(|concurrentPerform|\basync let\b|Task\.(yield|detached)|\bTask \{' -r Tests --include='*.swift' || true)
[ -z "$found" ] || fault "tests wait, and hold the threads of tasks: what runs beside them has its own (inParallel, besideOthers)" "$found"
while read -r script; do
    bash -n "$script" || fault "$script is not a shell script"
done < <(files '*.sh' .ci/run)
while read -r script; do
    python3 -c 'import ast, sys; ast.parse(open(sys.argv[1]).read(), sys.argv[1])' "$script" || fault "$script is not Python"
done < <(files '*.py')
[ "$faults" = 0 ] || exit 1
echo "lint: clean"
