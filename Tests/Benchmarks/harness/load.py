"""Load from one client on loopback, bounded in time, in turns: what disturbs a machine disturbs every side alike."""

import re
import shutil
import statistics
import subprocess
from collections.abc import Callable
from dataclasses import dataclass

from processes import Meter

CONNECTIONS = 16


def is_there() -> bool:
    return shutil.which("wrk") is not None


@dataclass
class Load:
    per_second: float
    cpu_milliseconds: float
    """Of everything that serves, for one request; the client not counted."""
    times_slower: float = 1
    """How many times as many requests the first side answered: the median over the rounds, each compared with itself,
    because a busy machine is not equally busy for minutes."""
    times_dearer: float = 1
    """The same of the processors' time of a request."""


def run(url: str, seconds: int, roots: list[int]) -> Load:
    """`roots`: the processes that serve, with all their children."""
    meter = Meter(roots)
    command = ["wrk", "-t", "1", "-c", str(CONNECTIONS), "-d", f"{seconds}s", "--timeout", "20s", url]
    text = subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + 30).stdout
    spent = meter.spent()
    requests = re.search(r"(\d+) requests in", text)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", text)
    if requests is None or rate is None or "Non-2xx" in text or "Socket errors" in text or int(requests[1]) == 0:
        raise RuntimeError(f"the load on {url} was not answered well:\n{text}")
    return Load(float(rate[1]), spent / int(requests[1]))


def in_turns(
    sides: dict[str, Callable[[int], Load]], rounds: int, seconds: int, say: Callable[[str], None]
) -> dict[str, Load]:
    """The medians of every side, the first being ours; each round begins with another one."""
    names = list(sides)
    for name in names:
        sides[name](1)  # warm
    found: dict[str, list[Load]] = {name: [] for name in names}
    for number in range(rounds):
        for name in names[number % len(names) :] + names[: number % len(names)]:
            found[name].append(sides[name](seconds))
        say(", ".join(f"{name} {found[name][-1].per_second:.0f}/s" for name in names))
    return {
        name: Load(
            statistics.median(load.per_second for load in loads),
            statistics.median(load.cpu_milliseconds for load in loads),
            statistics.median(first.per_second / load.per_second for first, load in zip(found[names[0]], loads)),
            statistics.median(load.cpu_milliseconds / first.cpu_milliseconds for first, load in zip(found[names[0]], loads)),
        )
        for name, loads in found.items()
    }
