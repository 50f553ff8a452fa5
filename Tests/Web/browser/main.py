"""
Runs the browser tests, in as many processes at once as the machine has processors (four at most).

usage: main.py SUMMARY [PATTERN...]        writes 'PASSED FAILED' to the file SUMMARY

Each process has a Chromium of its own and takes the next class of tests when it has finished one: tests of different
classes share nothing but the server, where each has users of its own.
"""

import io
import os
import sys
import time
import unittest
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from harness import BASE, CHROMIUM, Chromium

MOST_PROCESSES = 4


def loader(patterns: tuple[str, ...]) -> unittest.TestLoader:
    made = unittest.TestLoader()
    if patterns:
        made.testNamePatterns = [f"*{pattern}*" for pattern in patterns]
    return made


def classes(patterns: tuple[str, ...]) -> list[tuple[str, int]]:
    """The classes that have tests to run, by name, and how many."""
    found: dict[str, int] = {}

    def walk(suite) -> None:
        for test in suite:
            if isinstance(test, unittest.TestSuite):
                walk(test)
            else:
                name = f"{type(test).__module__}.{type(test).__qualname__}"
                found[name] = found.get(name, 0) + 1

    walk(loader(patterns).discover(str(Path(__file__).parent)))
    # The longest first: nothing long is left for the end.
    return sorted(found.items(), key=lambda one: -one[1])


def run(name: str, patterns: tuple[str, ...]) -> tuple[int, int, str]:
    """Runs one class; how many of its tests passed and failed, and what it printed."""
    sys.path.insert(0, str(Path(__file__).parent))
    text = io.StringIO()
    start = time.monotonic()
    result = unittest.TextTestRunner(stream=text, verbosity=2).run(loader(patterns).loadTestsFromName(name))
    # A test with several failed parts counts once.
    failed = len({str(getattr(test, "test_case", test)) for test, _ in result.failures + result.errors})
    print(f"{name}: {result.testsRun} tests in {time.monotonic() - start:.0f} s, {failed} failed", flush=True)
    return result.testsRun - failed, failed, "" if result.wasSuccessful() else text.getvalue()


def start() -> None:
    # A process of the pool ends without a word; its Chromium ends with it.
    import multiprocessing.util

    multiprocessing.util.Finalize(None, Chromium.close, exitpriority=10)


def main(summary: str, *patterns: str) -> int:
    if not Path(CHROMIUM).exists():
        sys.exit(f"main.py: error: {CHROMIUM} is missing (apt-get install chromium)")
    names = [name for name, _ in classes(patterns)]
    count = max(1, min(os.cpu_count() or 1, MOST_PROCESSES, len(names)))
    print(f"browser tests against {BASE}, {count} at once", flush=True)
    with ProcessPoolExecutor(count, initializer=start) as pool:
        done = [one.result() for one in [pool.submit(run, name, patterns) for name in names]]
    for _, _, text in done:
        if text:
            print(text, flush=True)
    passed, failed = sum(one[0] for one in done), sum(one[1] for one in done)
    Path(summary).write_text(f"{passed} {failed}\n", encoding="utf-8")
    return 0 if failed == 0 and passed else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
