"""Market data with much of it: the search among 50,000 symbols, the health of 2,000 series, ranges of a table that grows.

Sizes are made up where only their number counts: the series of the health page say that they hold 25,000 bars each (what
it reads are the figures kept by each series), and have none. The rows of the growing table are real ones, written by SQL
without the triggers that an import goes through: one series after the other as imports bring them, and hour by hour for all of
them at once as fetches do."""

import json
import random
import shutil
import statistics
import threading
import time
from collections.abc import Callable

from stack import Stack
from table import Table

SYMBOLS, CLIENTS, SEARCHES = 50_000, 8, 1_600
SERIES, BARS_EACH = 2_000, 25_000
HOURS = 100_000
"""Of one symbol in the growing table: eleven years."""
MILLIONS = (1, 10, 100)
BYTES_A_ROW = 300
"""With its index and the log of the database, rounded up."""
READS = 60


def milliseconds(stack: Stack, target: str) -> float:
    """Without nginx's cache."""
    start = time.perf_counter()
    status, body = stack.request("GET", target, port=stack.ports["uncached"])
    took = (time.perf_counter() - start) * 1e3
    if status != 200:
        raise RuntimeError(f"{target} was answered {status} {body[:200]!r}")
    return took


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[18]


WORDS = (
    "American Bank Capital Digital Energy First Global Health Industries International Materials National Pacific Partners "
    "Power Realty Resources Royal Systems Technologies Trust United Western Works").split()


def names(count: int) -> list[tuple[str, str]]:
    numbers, letters = random.Random(1), "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    found: dict[str, str] = {}
    while len(found) < count:
        ticker = "".join(numbers.choices(letters, k=numbers.choice((3, 4, 4, 5))))
        found[ticker] = " ".join(numbers.sample(WORDS, numbers.choice((2, 3)))) + " " + ticker.title()
    return sorted(found.items())


def search(stack: Stack, table: Table) -> None:
    symbols = names(SYMBOLS)
    rows = "".join(f"{symbol}\t{name}\tEQUITY\n" for symbol, name in symbols)
    stack.sql(f"COPY symbols (symbol, name, asset_type) FROM STDIN;\n{rows}\\.\nANALYZE symbols;")
    numbers = random.Random(2)

    def typed() -> str:
        """As people type: a beginning of a ticker or of a word of a name, letter by letter, or something in the middle."""
        symbol, name = numbers.choice(symbols)
        kind = numbers.random()
        if kind < 0.5:
            return symbol[: numbers.randint(1, len(symbol))]
        if kind < 0.85:
            return (word := numbers.choice(name.split()))[: numbers.randint(1, len(word))]
        return name[2 : 2 + numbers.randint(2, 8)].replace(" ", "%20")

    queries = [typed() for _ in range(SEARCHES)]
    for query in queries[:100]:
        milliseconds(stack, f"/api/symbols/search?q={query}")
    times: list[float] = []
    failures: list[Exception] = []

    def client(part: list[str]) -> None:
        try:
            mine = [milliseconds(stack, f"/api/symbols/search?q={query}") for query in part]
            times.extend(mine)
        except Exception as failure:
            failures.append(failure)

    threads = [threading.Thread(target=client, args=(queries[number::CLIENTS],)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    table.bound(f"search among {SYMBOLS:,} symbols, {CLIENTS} clients at once, p95", p95(times), "ms", 20)
    table.tell("... p50", f"{statistics.median(times):.1f} ms")


def health(stack: Stack, table: Table) -> None:
    stack.sql(f"""
        SET session_replication_role = replica;
        INSERT INTO bar_series (symbol_id, interval, first, last, count, provider)
        SELECT id, '1d', '1990-01-02', '2026-11-27', {BARS_EACH}, 'bench' FROM symbols
        WHERE asset_type = 'EQUITY' AND NOT EXISTS (SELECT FROM bar_series b WHERE b.symbol_id = symbols.id)
        ORDER BY id LIMIT {SERIES};
        INSERT INTO series_checks (symbol_id, interval, revision, expected, missing, warnings)
        SELECT symbol_id, interval, revision, count, 0, symbol_id % 3 FROM bar_series WHERE provider = 'bench';
        ANALYZE bar_series;""")
    times = [milliseconds(stack, "/api/market-data/health") for _ in range(50)]
    table.bound(f"health of {SERIES:,} series, {SERIES * BARS_EACH / 1e6:.0f} million bars by their own figures, median",
                statistics.median(times), "ms", 50)
    stack.sql("DELETE FROM series_checks WHERE symbol_id IN (SELECT symbol_id FROM bar_series WHERE provider = 'bench');"
               "DELETE FROM bar_series WHERE provider = 'bench';")


ORDERS = {
    "series by series": "growing, LATERAL (SELECT hour FROM hours WHERE growing.id > 0 OFFSET 0) inner_rows",
    "hour by hour": "hours, LATERAL (SELECT id FROM growing WHERE hours.hour >= 0 OFFSET 0) inner_rows",
}


def forget_growth(stack: Stack) -> None:
    """Takes the rows of the growing table away, which a DELETE would only mark."""
    stack.sql("""
        SET session_replication_role = replica;
        BEGIN;
        DELETE FROM bar_series b USING symbols s WHERE s.id = b.symbol_id AND s.name LIKE 'Growth %';
        CREATE TEMP TABLE others AS SELECT b.* FROM crypto_hourly_bars b JOIN bar_series s USING (symbol_id) WHERE s.interval = '1h';
        TRUNCATE crypto_hourly_bars;
        INSERT INTO crypto_hourly_bars SELECT * FROM others;
        DELETE FROM symbols WHERE name LIKE 'Growth %';
        COMMIT;""")


def pages(stack: Stack) -> int:
    """Of 8 KiB that such a read looks at, which no other load changes. Of a series in the middle: the index fills the pages of
    the last one better."""
    # Asked for first: what a subquery looks at would be counted, too.
    middle = stack.sql("SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY id) FROM symbols WHERE name LIKE 'Growth %'").strip()
    plan = json.loads(stack.sql(f"""
        EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT ts, open, high, low, close, volume FROM crypto_hourly_bars
        WHERE symbol_id = {middle} AND ts >= '2015-06-01Z' ORDER BY ts LIMIT 5001"""))
    scan = next(part for part in plan[0]["Plan"]["Plans"] if "Relation Name" in part and part["Relation Name"] == "crypto_hourly_bars")
    return scan["Shared Hit Blocks"] + scan["Shared Read Blocks"]


def growth(stack: Stack, table: Table, order: str, say: Callable[[str], None]) -> None:
    """The time of 5,000 hours in the middle of a random series, while the table grows. Vacuumed, as a server's tables are:
    who reads a row first would write its page, and in a larger table there are more such rows."""
    made, first = 0, 0.0
    numbers = random.Random(3)
    for millions in MILLIONS:
        wanted = millions * 1_000_000 // HOURS
        name = f"5,000 hours from a table of {millions} million rows written {order}, median"
        if shutil.disk_usage(stack.work).free < (wanted - made) * HOURS * BYTES_A_ROW + 5e9:
            table.skip(name, "the disk has no room for so many")
            return
        say(f"a table of {millions} million bars written {order}")
        stack.sql(f"""
            SET session_replication_role = replica;
            INSERT INTO symbols (symbol, name, asset_type, base_asset, quote_asset)
            SELECT 'G' || n || '-USD', 'Growth ' || n, 'CRYPTO', 'G' || n, 'USD' FROM generate_series({made}, {wanted - 1}) n;
            WITH growing AS MATERIALIZED (
              SELECT id FROM symbols WHERE name LIKE 'Growth %' AND substr(name, 8)::int >= {made}),
            hours AS MATERIALIZED (SELECT generate_series(0, {HOURS - 1}) AS hour)
            INSERT INTO crypto_hourly_bars (symbol_id, ts, open, high, low, close, volume, provider)
            SELECT id, '2010-01-01Z'::timestamptz + hour * '1 hour'::interval, 100 + hour % 50, 160, 90, 101 + hour % 50, hour,
              'growth'
            FROM {ORDERS[order]};
            INSERT INTO bar_series (symbol_id, interval, first, last, count, provider, tick_exponent)
            SELECT id, '1h', '2010-01-01Z', '2010-01-01Z'::timestamptz + {HOURS - 1} * '1 hour'::interval, {HOURS}, 'growth', 0
            FROM symbols WHERE name LIKE 'Growth %' AND substr(name, 8)::int >= {made};
            VACUUM (ANALYZE) crypto_hourly_bars;""")
        made = wanted

        def read() -> float:
            year = numbers.randint(2011, 2019)
            return milliseconds(
                stack, "/api/market-data/crypto/candles?interval=1h&limit=5000"
                f"&symbol=G{numbers.randrange(made)}-USD&start={year}-{numbers.randint(1, 12):02}-01")

        for _ in range(10):
            read()
        times = [read() for _ in range(READS)]
        median = statistics.median(times)
        first = first or median
        table.bound(f"{name}, against 1 million", median / first, "x", 1.5, digits=2)
        table.tell("... those reads, median and p95, and pages of the database", f"{median:.1f} and {p95(times):.1f} ms, {pages(stack)}")


def measure(stack: Stack, table: Table, say: Callable[[str], None]) -> None:
    say(f"the search among {SYMBOLS:,} symbols")
    search(stack, table)
    health(stack, table)
    for order in ORDERS:
        try:
            growth(stack, table, order, say)
        finally:
            forget_growth(stack)
