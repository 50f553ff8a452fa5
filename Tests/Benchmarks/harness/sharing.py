"""A thousand queued runs of ten users: what each user waits against a fair share, what it does to everybody's other
requests, and how soon a run under way is cancelled."""

import datetime
import http.client
import json
import os
import random
import signal
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import bars
from backtests import DEFINITION
from stack import Stack

USERS = 10
SLICE = 0.6
"""Seconds of load, and of rest, when other requests are timed."""


@dataclass
class User:
    headers: dict[str, str]
    strategy: str
    """On days of a stock."""
    hourly: str


@dataclass
class Sharing:
    worst_user: float
    """The longest mean wait of a user, as a multiple of the fair share."""
    worst_place: float
    """The same for the places in which runs began, whatever else the machine did: of any one run."""
    runs_per_second: float
    quiet_p95: float
    loaded_p95: float
    """Milliseconds of other requests, medians over the slices."""
    slower: float
    """Median over pairs of neighbouring slices."""
    cancels: list[float]
    """Milliseconds from the request to cancel until the run had ended, sorted."""


class Client:
    """One kept connection, as a browser has it."""

    def __init__(self, stack: Stack):
        self.connection = http.client.HTTPConnection("127.0.0.1", stack.port, timeout=30)

    def ask(self, method: str, path: str, headers: dict | None = None, body: dict | None = None) -> tuple[int, bytes]:
        self.connection.request(method, path, json.dumps(body) if body else None, headers or {})
        answer = self.connection.getresponse()
        return answer.status, answer.read()


def users(stack: Stack) -> list[User]:
    made = []
    for number in range(USERS):
        email = f"user{number}@example.org"
        stack.command("user", "create", "--email", email)
        key = stack.command("api-key", "create", "--user", email, "--name", "bench")
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        ids = []
        for asset, timeframe in (("EQUITY", "1d"), ("CRYPTO", "1h")):
            draft = {"name": asset, "asset_type": asset, "timeframe": timeframe, "definition": DEFINITION}
            status, body = stack.request("POST", "/api/strategies", draft, headers)
            if status != 201:
                raise RuntimeError(f"the strategy was refused: {body[:300]!r}")
            ids.append(json.loads(body)["id"])
        made.append(User(headers, *ids))
    return made


def order(client: Client, user: User, symbol: str, first: str, last: str, number: int) -> str:
    body = {
        "strategy_id": user.strategy, "symbol": symbol, "timeframe": "1d", "start_date": first, "end_date": last,
        "initial_equity": f"{10_000 + number}.00",
    }
    status, text = client.ask("POST", "/api/backtests", user.headers, body)
    if status not in (200, 202):
        raise RuntimeError(f"a backtest was answered {status}: {text[:300]!r}")
    return json.loads(text)["id"]


class Queue:
    """Runs that wait because the daemon is stopped."""

    def __init__(self, stack: Stack, people: list[User], counts: list[int], symbol: str, first: str, last: str):
        self.stack, self.people = stack, people
        (self.daemon,) = stack.pids("backtestd")
        self.stop()
        # Nobody rings at a socket that is not there, so no request waits for a daemon that sleeps.
        bell = Path(stack.status()["backtestd_socket"])
        away = bell.rename(bell.with_suffix(".away"))

        def fill(number: int, count: int) -> list[str]:
            client, base = Client(stack), random.randrange(1_000_000)
            return [order(client, people[number], symbol, first, last, base + run) for run in range(count)]

        # The one with most comes first: behind all of those runs everybody would wait without turns.
        with ThreadPoolExecutor(USERS) as pool:
            self.ids = [fill(0, counts[0]), *pool.map(fill, range(1, len(people)), counts[1:])]
        away.rename(bell)

    def stop(self) -> None:
        os.kill(self.daemon, signal.SIGSTOP)

    def go(self) -> None:
        os.kill(self.daemon, signal.SIGCONT)

    def left(self) -> int:
        return sum(self.count(number, "pending") for number in range(len(self.people)))

    def count(self, number: int, status: str) -> int:
        found, body = self.stack.request(
            "GET", f"/api/backtests?status={status}&limit=100", headers=self.people[number].headers)
        return len(json.loads(body)["backtests"]) if found == 200 else 0

    def drain(self) -> list[list[dict]]:
        """Waits for the end, and gives every user's runs of this queue."""
        self.go()
        deadline = time.monotonic() + 120
        while self.left() or any(self.count(number, "running") for number in range(len(self.people))):
            if time.monotonic() > deadline:
                raise RuntimeError("the queue does not empty")
            time.sleep(0.2)
        return [self.runs(number) for number in range(len(self.people))]

    def runs(self, number: int) -> list[dict]:
        wanted, found = set(self.ids[number]), []
        while len(found) < len(wanted):
            status, body = self.stack.request(
                "GET", f"/api/backtests?limit=100&offset={len(found)}", headers=self.people[number].headers)
            page = json.loads(body)["backtests"]
            if status != 200 or not page:
                raise RuntimeError("runs are missing")
            found += [run for run in page if run["id"] in wanted]
        return found


def shares(done: list[list[dict]]) -> tuple[float, float, float]:
    """The worst user's wait and the worst run's place against a fair share, and runs a second.

    Where all users get the same part of the machine, a user's n-th run ends when everybody has had n, or all they have:
    when so many runs have ended in all, however fast the machine was until then.
    """
    if any(run["status"] != "completed" for user in done for run in user):
        raise RuntimeError("not every run was completed")
    starts = [sorted(seconds(run["started_at"]) for run in user) for user in done]
    begin = min(user[0] for user in starts)
    ends = [sorted(seconds(run["finished_at"]) - begin for run in user) for user in done]
    ended = sorted(end for user in ends for end in user)
    order = sorted((start, number) for number, user in enumerate(starts) for start in user)
    place, wait = 0.0, 0.0
    for number, user in enumerate(ends):
        fair = [sum(min(len(other), n + 1) for other in ends) for n in range(len(user))]
        places = [index + 1 for index, (_, owner) in enumerate(order) if owner == number]
        place = max(place, *(own / share for own, share in zip(places, fair)))
        wait = max(wait, statistics.mean(user) / statistics.mean(ended[share - 1] for share in fair))
    return wait, place, len(ended) / ended[-1]


def others(stack: Stack, client: Client, user: User, paths: list[str]) -> list[float]:
    """Waits of other requests for one slice of time, in milliseconds."""
    until, waits, number = time.perf_counter() + SLICE, [], 0
    while time.perf_counter() < until:
        begin = time.perf_counter()
        # A cookie goes around the micro-cache.
        status, body = client.ask("GET", paths[number % len(paths)], user.headers)
        waits.append((time.perf_counter() - begin) * 1000)
        if status != 200:
            raise RuntimeError(f"{paths[number % len(paths)]} was answered {status}: {body[:200]!r}")
        number += 1
        time.sleep(0.002)
    return waits


def seconds(text: str) -> float:
    """One of the API's times."""
    return datetime.datetime.fromisoformat(text.removesuffix("Z")).timestamp()


def p95(waits: list[float]) -> float:
    return sorted(waits)[int(len(waits) * 0.95)]


def slices(queue: Queue, paths: list[str], say) -> list[tuple[float, float]]:
    """The p95 of neighbouring slices, without and with load, until the queue is empty."""
    client, found = Client(queue.stack), []
    others(queue.stack, client, queue.people[1], paths)
    while len(found) < 12:
        quiet = p95(others(queue.stack, client, queue.people[1], paths))
        queue.go()
        loaded = p95(others(queue.stack, client, queue.people[1], paths))
        queue.stop()
        if not queue.left():
            break
        found.append((quiet, loaded))
        say(f"p95 {quiet:.1f} ms, under load {loaded:.1f} ms")
    if not found:
        raise RuntimeError("the queue was empty before anything could be timed")
    return found


def cancels(stack: Stack, user: User, count: int) -> list[float]:
    """Cancels runs of 17 years of hours at any moment of theirs."""
    client, other, waits = Client(stack), Client(stack), []
    deadline = time.monotonic() + 90
    while len(waits) < count and time.monotonic() < deadline:
        body = {
            "strategy_id": user.hourly, "symbol": "LONG-USD", "timeframe": "1h", "start_date": "2008-01-01",
            "end_date": "2024-12-31", "initial_equity": f"{random.randrange(1_000, 1_000_000)}.00",
        }
        with ThreadPoolExecutor(1) as pool:
            # The daemon has the run while its request still waits.
            asked = pool.submit(client.ask, "POST", "/api/backtests", user.headers, body)
            run = None
            while run is None and not asked.done():
                status, text = other.ask("GET", "/api/backtests?status=running&limit=1", user.headers)
                page = json.loads(text)["backtests"]
                run = page[0]["id"] if status == 200 and page else None
            if run is not None:
                time.sleep(random.uniform(0, 0.25))
                begin = time.perf_counter()
                status, text = other.ask("POST", f"/api/backtests/{run}/cancel", user.headers)
                while status == 202:
                    status, text = other.ask("GET", f"/api/backtests/{run}", user.headers)
                    status = 202 if json.loads(text)["status"] == "running" else status
                elapsed = (time.perf_counter() - begin) * 1000
                # 409: it had ended by then.
                if status == 200 and json.loads(text)["status"] == "cancelled":
                    waits.append(elapsed)
            status, text = asked.result()
            if status not in (200, 202):
                raise RuntimeError(f"a backtest was answered {status}: {text[:300]!r}")
    return sorted(waits)


def measure(stack: Stack, symbol: str, first: str, last: str, say) -> Sharing:
    people = users(stack)
    finished = order(Client(stack), people[1], symbol, first, last, 1)
    paths = [
        f"/api/symbols/{symbol}", "/api/strategies", f"/api/backtests/{finished}",
        "/api/market-data/crypto/candles?symbol=BENCH-USD&interval=1h&limit=500",
    ]
    say("1,000 queued runs of 10 users, other requests meanwhile")
    queue = Queue(stack, people, [100] * USERS, symbol, first, last)
    pairs = slices(queue, paths, say)
    queue.drain()
    say("1,000 queued runs, 550 of them of one user who came first")
    user, place, rate = shares(Queue(stack, people, [550] + [50] * (USERS - 1), symbol, first, last).drain())
    say(f"the worst user waited {user:.2f} fair shares, {rate:.0f} runs/s")
    say("cancelling runs of 149,000 hours")
    long = stack.work / "long.csv"
    bars.hourly(long, 149_000, year=2008)
    stack.command("import", "--symbol", "LONG-USD", "--asset-type", "CRYPTO", "--timeframe", "1h", str(long))
    return Sharing(
        user, place, rate, statistics.median(quiet for quiet, _ in pairs),
        statistics.median(loaded for _, loaded in pairs),
        statistics.median(loaded / quiet for quiet, loaded in pairs), cancels(stack, people[2], 30),
    )
