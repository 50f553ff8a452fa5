"""Paper trading: orders through nginx beside the same writes by hand, into the same tables and into bare ones; resting orders
when a bar comes for each of their series, and an account with many holdings."""

import datetime
import re
import statistics
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Callable

import backups
from ledger import settle
from sharing import p95
from stack import Stack
from table import Table
from traders import Trader, series, sql
from wire import Wire

CLIENTS = 8
HOLDINGS = 200
SERIES = 50
RESTING = 1_000

# What one order writes: the account locked, order, execution, position, cash, equity, and the event with the head of its
# chain. As somebody would by hand who knows Postgres, has looked up the price, and checks nothing that the tables do not.
BY_HAND = """
\\set account :client_id + 1
BEGIN;
SELECT user_id, generation FROM paper_accounts WHERE id = :account FOR UPDATE \\gset
INSERT INTO orders (paper_account_id, generation, symbol_id, side, quantity, status, avg_fill_price, price_as_of, content_hash,
      detail, filled_at, ended_at)
    VALUES (:account, :generation, 1, 'BUY', 1, 'FILLED', 100, now(), sha256('a'),
      'Bought 1 BENCH at 100.00, the close of 30 Jan 2024.', clock_timestamp(), clock_timestamp())
    RETURNING id \\gset
INSERT INTO executions (order_id, paper_account_id, generation, symbol_id, side, quantity, price, notional, price_as_of,
      bar_interval, bar_start, bar_revision)
    VALUES (:id, :account, :generation, 1, 'BUY', 1, 100, 100, now(), '1d', '2024-01-30Z', 1);
INSERT INTO positions AS p (paper_account_id, symbol_id, quantity, cost_basis) VALUES (:account, 1, 1, 100)
    ON CONFLICT (paper_account_id, symbol_id) DO UPDATE SET quantity = p.quantity + 1, cost_basis = p.cost_basis + 100;
UPDATE paper_accounts SET cash_balance = cash_balance - 100, updated_at = now() WHERE id = :account;
INSERT INTO paper_equity_points (paper_account_id, generation, at, kind, equity, cash)
    VALUES (:account, :generation, clock_timestamp(), 'fill', 100000, 100000);
SELECT last_hash FROM audit_heads WHERE stream = :client_id FOR UPDATE \\gset
INSERT INTO audit_events (stream, user_id, event_type, payload_json, payload_salt, payload_digest, prev_hash, hash)
    VALUES (:client_id, :user_id, 'order.filled', '{"symbol": "BENCH", "side": "BUY", "quantity": "1"}', 'sixteen letters.',
      sha256('a'), :last_hash, sha256(:last_hash))
    RETURNING id AS event, hash \\gset
UPDATE audit_heads SET last_id = :event, last_hash = :hash, count = count + 1, mac = sha256('b') WHERE stream = :client_id;
COMMIT;
"""

# Whom and what that is for, in a database of its own: the chains of events in the stack's are signed.
TRADED_BY_HAND = f"""
INSERT INTO users (display_name) SELECT 'bench' FROM generate_series(1, {CLIENTS});
INSERT INTO paper_accounts (user_id, name, starting_balance, cash_balance) SELECT id, 'Paper', 1e12, 1e12 FROM users;
INSERT INTO symbols (symbol, name, asset_type) VALUES ('BENCH', 'Bench', 'EQUITY');
"""

# The same into plain tables of its own, with hardly a rule.
BARE = """
\\set account :client_id + 1
BEGIN;
SELECT cash_balance FROM bench_accounts WHERE id = :account FOR UPDATE;
INSERT INTO bench_orders (account_id, symbol_id, side, quantity, status, price, price_as_of, content_hash, detail)
    VALUES (:account, 1, 'BUY', 1, 'FILLED', 100, now(), sha256('a'), 'Bought 1 BENCH at 100.00, the close of 30 Jan 2024.')
    RETURNING id \\gset
INSERT INTO bench_executions (order_id, account_id, symbol_id, side, quantity, price, notional, price_as_of)
    VALUES (:id, :account, 1, 'BUY', 1, 100, 100, now());
INSERT INTO bench_positions (account_id, symbol_id, quantity, cost_basis) VALUES (:account, 1, 1, 100)
    ON CONFLICT (account_id, symbol_id) DO UPDATE SET quantity = bench_positions.quantity + 1,
      cost_basis = bench_positions.cost_basis + 100;
UPDATE bench_accounts SET cash_balance = cash_balance - 0.01, updated_at = now() WHERE id = :account;
INSERT INTO bench_points (account_id, at, equity, cash) VALUES (:account, clock_timestamp(), 100000, 100000);
SELECT last_hash FROM bench_heads WHERE stream = :account FOR UPDATE;
INSERT INTO bench_events (stream, event_type, payload, prev_hash, hash)
    VALUES (:account, 'order.filled', '{"symbol": "BENCH", "side": "BUY", "quantity": "1"}', sha256('a'), sha256('b'));
UPDATE bench_heads SET last_hash = sha256('b'), count = count + 1 WHERE stream = :account;
COMMIT;
"""

BARE_TABLES = """
CREATE TABLE bench_accounts (id int PRIMARY KEY, cash_balance numeric(18,2) NOT NULL, updated_at timestamptz);
INSERT INTO bench_accounts SELECT i, 100000, now() FROM generate_series(1, 8) i;
CREATE TABLE bench_orders (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), account_id int NOT NULL REFERENCES bench_accounts,
    symbol_id int NOT NULL, side text NOT NULL, quantity numeric(28,8) NOT NULL CHECK (quantity > 0), status text NOT NULL,
    price numeric(28,12), price_as_of timestamptz, content_hash bytea, detail text,
    requested_at timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE INDEX ON bench_orders (account_id, requested_at DESC, id);
CREATE TABLE bench_executions (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), order_id uuid NOT NULL REFERENCES bench_orders,
    account_id int NOT NULL, symbol_id int NOT NULL, side text NOT NULL, quantity numeric(28,8) NOT NULL,
    price numeric(28,12) NOT NULL, notional numeric(18,2) NOT NULL, price_as_of timestamptz NOT NULL,
    executed_at timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE INDEX ON bench_executions (account_id, executed_at);
CREATE INDEX ON bench_executions (order_id);
CREATE TABLE bench_positions (account_id int, symbol_id int, quantity numeric(28,8), cost_basis numeric(18,2),
    PRIMARY KEY (account_id, symbol_id));
CREATE TABLE bench_points (account_id int, at timestamptz, equity numeric(18,2), cash numeric(18,2),
    PRIMARY KEY (account_id, at));
CREATE TABLE bench_heads (stream int PRIMARY KEY, last_hash bytea, count bigint NOT NULL DEFAULT 0);
INSERT INTO bench_heads SELECT i FROM generate_series(1, 8) i;
CREATE TABLE bench_events (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, stream int, event_type text, payload jsonb,
    prev_hash bytea, hash bytea, created_at timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE INDEX ON bench_events (stream, id);
"""


def orders(stack: Stack, people: list[Trader], seconds: float) -> list[float]:
    """Milliseconds of each market order of all clients at once: a purchase, and its sale."""

    def trade(trader: Trader) -> list[float]:
        taken, end, wire = [], time.monotonic() + seconds, Wire(stack.port, trader.headers)
        sides = [
            wire.request("POST", "/api/trading/orders", {"symbol": "C0-USD", "side": side, "quantity": "1"})
            for side in ("BUY", "SELL")]
        while time.monotonic() < end:
            start = time.perf_counter()
            _, answer = wire.ask(sides[len(taken) % 2])
            taken.append((time.perf_counter() - start) * 1e3)
            if b'"status":"FILLED"' not in answer:
                raise RuntimeError(f"an order was not filled: {answer!r}")
        return taken

    with ThreadPoolExecutor(CLIENTS) as pool:
        return sorted(sum(pool.map(trade, people), []))


def database_by_hand(stack: Stack) -> str:
    """A second database of the same server, with the product's tables and bare ones."""
    stack.sql("CREATE DATABASE hand OWNER bitstockerz TEMPLATE template0")
    url = stack.status()["database_url"].replace("dbname=bitstockerz", "dbname=hand")
    backups.timed(stack, url, "migrate")
    backups.sql(url, TRADED_BY_HAND + BARE_TABLES)
    return url


def by_hand(url: str, work: Path, transaction: str, seconds: float) -> float:
    """Mean milliseconds of a transaction of pgbench."""
    script = work / "order.sql"
    script.write_text(transaction)
    done = subprocess.run(
        ["pgbench", "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2", "-T", str(max(1, round(seconds))), "-f",
         str(script), url],
        capture_output=True, text=True, timeout=120)
    found = re.search(r"latency average = ([0-9.]+) ms", done.stdout)
    if done.returncode != 0 or found is None:
        raise RuntimeError(f"pgbench: {done.stderr[-500:]}")
    return float(found[1])


def resting(stack: Stack, people: list[Trader], work: Path, last: datetime.date) -> float:
    """Seconds from the moment at which a bar has come for each series until every order that rests has met it; half of
    them fill."""
    each = RESTING // CLIENTS
    for number, trader in enumerate(people):
        for order in range(number * each, (number + 1) * each):
            limit = "99.5" if order % 2 == 0 else "50"
            trader.ask("POST", "/api/trading/orders", {
                "symbol": f"C{order % SERIES}-USD", "side": "BUY", "quantity": "1",
                "order_type": "LIMIT", "limit_price": limit})
    day = last + datetime.timedelta(days=1)
    # All bars at once, as a night's imports bring them, and the jobs with them.
    sql(stack, f"""
        BEGIN;
        INSERT INTO crypto_daily_bars (symbol_id, date, open, high, low, close, volume, provider)
          SELECT id, '{day}', 100, 101, 99, 100, 1, 'file' FROM symbols WHERE symbol ~ '^C[0-9]+-USD$';
        UPDATE bar_series b SET last = '{day} 00:00Z', count = count + 1, revision = revision + 1
          FROM symbols s WHERE s.id = b.symbol_id AND s.symbol ~ '^C[0-9]+-USD$';
        COMMIT;""")
    start = time.perf_counter()
    settle(stack)
    taken = time.perf_counter() - start
    filled = int(sql(stack, "SELECT count(*) FROM orders WHERE status = 'FILLED' AND order_type = 'LIMIT'"))
    if filled != RESTING // 2:
        raise RuntimeError(f"{filled} of {RESTING // 2} resting orders have filled")
    return taken


def holdings(stack: Stack, trader: Trader) -> list[float]:
    """Milliseconds of a portfolio's summary with many holdings."""
    account = sql(stack, "SELECT id FROM paper_accounts ORDER BY id DESC LIMIT 1")
    # Written by hand: so many symbols with prices, and one of each held.
    sql(stack, f"""
        INSERT INTO symbols (symbol, name, asset_type, base_asset, quote_asset)
          SELECT 'H' || i || '-USD', 'Held', 'CRYPTO', 'H' || i, 'USD' FROM generate_series(1, {HOLDINGS}) i;
        INSERT INTO crypto_daily_bars (symbol_id, date, open, high, low, close, volume, provider)
          SELECT s.id, d, 10, 11, 9, 10, 1, 'file' FROM symbols s, generate_series('2024-01-01'::date, '2024-12-31', '1 day') d
          WHERE s.name = 'Held';
        INSERT INTO bar_series (symbol_id, interval, first, last, count, provider)
          SELECT id, '1d', '2024-01-01Z', '2024-12-31Z', 366, 'file' FROM symbols WHERE name = 'Held';
        INSERT INTO positions (paper_account_id, symbol_id, quantity, cost_basis)
          SELECT {account}, id, 1, 10 FROM symbols WHERE name = 'Held';
        ANALYZE symbols; ANALYZE positions; ANALYZE bar_series; VACUUM (ANALYZE) crypto_daily_bars;""")
    # So many new series are looked at for faults and vacuumed first, by others who would share the processors.
    settle(stack, kind=None)
    taken = []
    for _ in range(200):
        start = time.perf_counter()
        summary = trader.ask("GET", "/api/trading/portfolio-summary")
        taken.append((time.perf_counter() - start) * 1e3)
        if summary["positions"] < HOLDINGS:
            raise RuntimeError(f"holdings are missing: {summary}")
    return sorted(taken)


def measure(stack: Stack, work: Path, table: Table, rounds: int, seconds: float, say: Callable[[str], None]) -> None:
    say(f"paper orders of {CLIENTS} clients, and pgbench with the same writes")
    people = [Trader.new(stack, f"trader{number}@example.org") for number in range(CLIENTS)]
    last = datetime.date(2024, 1, 30)
    for number in range(SERIES):
        series(stack, work, f"C{number}-USD", last)
    url = database_by_hand(stack)
    ratios, bare_ratios, medians, tails, hands, bares = [], [], [], [], [], []
    for _ in range(rounds):
        taken = orders(stack, people, seconds)
        hand, bare = (by_hand(url, work, transaction, seconds) for transaction in (BY_HAND, BARE))
        ratios.append(statistics.mean(taken) / hand)
        bare_ratios.append(statistics.mean(taken) / bare)
        medians.append(statistics.median(taken))
        tails.append(p95(taken))
        hands.append(hand)
        bares.append(bare)
    table.bound(
        "POST /api/trading/orders, 8 clients, against pgbench with the same writes into the same tables",
        statistics.median(ratios), "x", 1.6, digits=2)
    table.tell(
        "... against the same writes into plain tables of its own",
        f"{statistics.median(bare_ratios):.2f} x", f"{statistics.median(bares):.1f} ms")
    table.tell(
        "... p50 and p95 of an order, mean of a transaction by hand",
        f"{statistics.median(medians):.1f} and {statistics.median(tails):.1f} ms", f"{statistics.median(hands):.1f} ms")
    table.bound("... p95", statistics.median(tails), "ms", 15)
    table.bound(
        f"{RESTING:,} resting orders over {SERIES} series when a bar comes for each",
        resting(stack, people, work, last), "s", 1)
    table.bound(f"portfolio summary of {HOLDINGS} holdings, p95", p95(holdings(stack, people[-1])), "ms", 15)
    user = sql(stack, "SELECT id FROM users WHERE email = 'trader0@example.org'")
    if "holds" not in stack.command("ledger", "verify", "--user", user):
        raise RuntimeError("the ledger does not hold")
