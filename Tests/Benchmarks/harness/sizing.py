"""How large a host has to be: what requests cost each part, what is kept takes on the disk, and when one table of bars is
too large. It compares nothing; README.md, "How large a host", tells what came out."""

import http.client
import re
import subprocess
import tempfile
import time
from collections.abc import Callable

from backtests import DEFINITION
from backups import sql, timed
from processes import Meter
from stack import Stack
from table import Table
from traders import Trader

REQUESTS = 400
PROGRAMS = ("nginx", "responder", "backtestd", "worker", "postgres")

SYMBOLS, HOURS = 228, 87_600
"""20 million bars: ten years of hours of so many coins."""

# A chart's bars, for any coin.
CHART = """\\set coin random(1, {coins})
SELECT ts, open, high, low, close, volume FROM {table} WHERE symbol_id = :coin AND ts < '2025-01-01Z'
    ORDER BY ts DESC LIMIT {limit};
"""


def costs(stack: Stack, table: Table) -> None:
    person = Trader.new(stack, "sizing@example.org")
    key = stack.command("api-key", "create", "--user", person.email, "--name", "all", "--scopes", "read,research,trade")
    person.headers["Authorization"] = f"Bearer {key}"
    person.connection = http.client.HTTPConnection("127.0.0.1", stack.ports["uncached"], timeout=30)
    draft = {"name": "Sizing", "asset_type": "EQUITY", "timeframe": "1d", "definition": DEFINITION}
    status, strategy = person.send("POST", "/api/strategies", draft)
    if status != 201:
        raise RuntimeError(f"the strategy was refused: {strategy}")
    candles = "/api/market-data/crypto/candles?symbol=BENCH-USD&interval=1h&limit={}"
    kinds: dict[str, Callable[[int], tuple[str, str, dict | None]]] = {
        "a probe of readiness": lambda n: ("GET", "/api/health/ready", None),
        "a search of symbols": lambda n: ("GET", "/api/symbols/search?q=be", None),
        "a chart of 500 hours, past nginx's cache": lambda n: ("GET", candles.format(500), None),
        "... of 5,000": lambda n: ("GET", candles.format(5_000), None),
        "a dashboard": lambda n: ("GET", "/api/dashboard/summary", None),
        "the list of strategies": lambda n: ("GET", "/api/strategies", None),
        "a paper order": lambda n: ("POST", "/api/trading/orders", {
            "symbol": "BENCH-USD", "side": "SELL" if n % 2 else "BUY", "quantity": "0.001"}),
    }
    for name, ask in kinds.items():
        for number in range(20):
            person.send(*ask(number))
        meters = {program: Meter(stack.pids(program)) for program in PROGRAMS}
        for number in range(20, 20 + REQUESTS):
            person.ask(*ask(number))
        spent = {program: meter.spent() / REQUESTS for program, meter in meters.items()}
        parts = ", ".join(f"{program} {one:.2f}" for program, one in spent.items() if one >= 0.01)
        table.tell(f"CPU of {name}", f"{sum(spent.values()):.2f} ms", parts)


def milliseconds(url: str, name: str, limit: int, coins: int) -> float:
    """Mean of one client, asked again and again."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(CHART.format(table=name, limit=limit, coins=coins))
        script.flush()
        done = subprocess.run(
            ["pgbench", "-n", "-M", "prepared", "-c", "1", "-T", "5", "-f", script.name, url],
            capture_output=True, text=True, timeout=120)
    found = re.search(r"latency average = ([0-9.]+) ms", done.stdout)
    if done.returncode != 0 or found is None:
        raise RuntimeError(f"pgbench: {done.stderr[-500:]}")
    return float(found[1])


def large_table(stack: Stack, table: Table, say: Callable[[str], None]) -> None:
    url = stack.status()["database_url"]
    owner = url.replace("user=bitstockerz", "user=postgres")
    sql(owner, "CREATE DATABASE sizing OWNER bitstockerz TEMPLATE template0")
    admin, url = (one.replace("dbname=bitstockerz", "dbname=sizing") for one in (owner, url))
    timed(stack, url, "migrate")
    say(f"{SYMBOLS * HOURS:,} hourly bars in one table, and in one a year")
    # Past the triggers: nobody is to check them.
    sql(admin, f"""
        SET session_replication_role = replica;
        INSERT INTO crypto_hourly_bars (symbol_id, ts, open, high, low, close, volume, provider)
            SELECT coin, timestamptz '2015-01-01Z' + n * interval '1 hour', p, p + 3, p - 2, p + 1, round(v), 'bench'
            FROM generate_series(1, {SYMBOLS}) coin, LATERAL (
                SELECT n, 100 + round((random() * 1e4)::numeric, 2) p, random() * 1e6 v
                FROM generate_series(0, {HOURS - 1}) n WHERE coin > 0) bars;
        CREATE TABLE few (LIKE crypto_hourly_bars INCLUDING ALL);
        INSERT INTO few SELECT * FROM crypto_hourly_bars WHERE symbol_id = 1;
        CREATE TABLE by_year (LIKE crypto_hourly_bars INCLUDING ALL) PARTITION BY RANGE (ts);
        SELECT format('CREATE TABLE by_year_%s PARTITION OF by_year FOR VALUES FROM (%L) TO (%L)',
                y, y || '-01-01Z', y + 1 || '-01-01Z') FROM generate_series(2015, 2025) y \\gexec
        INSERT INTO by_year SELECT * FROM crypto_hourly_bars;
        GRANT SELECT ON ALL TABLES IN SCHEMA public TO bitstockerz""")
    size, index = (int(one) for one in sql(
        admin, "SELECT pg_total_relation_size('crypto_hourly_bars'), pg_indexes_size('crypto_hourly_bars')").split("|"))
    count = SYMBOLS * HOURS
    table.tell("a bar on the disk, its place in the index included", f"{size / count:.0f} bytes", f"index {index / count:.0f}")
    for name in ("few", "crypto_hourly_bars", "by_year"):
        sql(admin, f"VACUUM (FREEZE, ANALYZE) {name}")
    for limit in (500, 5_000):
        few, one, years = (
            milliseconds(url, name, limit, coins)
            for name, coins in (("few", 1), ("crypto_hourly_bars", SYMBOLS), ("by_year", SYMBOLS)))
        table.tell(
            f"{limit:,} bars out of {count / 1e6:.0f} million in one table", f"{one:.2f} ms",
            f"out of {HOURS:,} {few:.2f} ms, one table a year {years:.2f} ms")
    import time
    start = time.perf_counter()
    sql(admin, "VACUUM (FREEZE, DISABLE_PAGE_SKIPPING) crypto_hourly_bars")
    table.tell("a vacuum that reads all of them", f"{time.perf_counter() - start:.1f} s")
    sql(owner, "DROP DATABASE sizing")


def measure(stack: Stack, table: Table, say: Callable[[str], None]) -> None:
    say(f"the processors' time of {REQUESTS} requests of a kind")
    costs(stack, table)
    large_table(stack, table, say)
