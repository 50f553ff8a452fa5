"""
Runs the browser tests, in one process more than the machine has processors (four at most): a test waits now and then.

usage: main.py SUMMARY [PATTERN...]        writes 'PASSED FAILED' to the file SUMMARY

Each process has a Chromium of its own and takes the next test when it has finished one: tests share nothing but the
server, where each has users of its own.
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


def names(patterns: tuple[str, ...]) -> list[str]:
    """Every test that is to run."""

    def walk(suite):
        for test in suite:
            if isinstance(test, unittest.TestSuite):
                yield from walk(test)
            else:
                yield test.id()

    found = list(walk(loader(patterns).discover(str(Path(__file__).parent))))
    # Those that look at every room take longest: nothing long is left for the end.
    return sorted(found, key=lambda name: not name.startswith(("test_baseline", "test_rooms", "test_look")))


def run(name: str) -> tuple[int, int, str]:
    """Runs one test; how many passed and failed, and what it printed when it failed."""
    sys.path.insert(0, str(Path(__file__).parent))
    text = io.StringIO()
    start = time.monotonic()
    result = unittest.TextTestRunner(stream=text, verbosity=2).run(unittest.defaultTestLoader.loadTestsFromName(name))
    # A test with several failed parts counts once.
    failed = 0 if result.wasSuccessful() else 1
    print(f"{'FAILED' if failed else 'passed'} {name} in {time.monotonic() - start:.1f} s", flush=True)
    return result.testsRun - failed, failed, text.getvalue() if failed else ""


def start() -> None:
    # A process of the pool ends without a word; its Chromium ends with it.
    import multiprocessing.util

    multiprocessing.util.Finalize(None, Chromium.close, exitpriority=10)


def main(summary: str, *patterns: str) -> int:
    if not Path(CHROMIUM).exists():
        sys.exit(f"main.py: error: {CHROMIUM} is missing (apt-get install chromium-headless-shell)")
    tests = names(patterns)
    count = max(1, min((os.cpu_count() or 1) + 1, MOST_PROCESSES, len(tests)))
    print(f"{len(tests)} browser tests against {BASE}, {count} at once", flush=True)
    with ProcessPoolExecutor(count, initializer=start) as pool:
        done = [one.result() for one in [pool.submit(run, name) for name in tests]]
    for _, _, text in done:
        if text:
            print(text, flush=True)
    passed, failed = sum(one[0] for one in done), sum(one[1] for one in done)
    Path(summary).write_text(f"{passed} {failed}\n", encoding="utf-8")
    return 0 if failed == 0 and passed else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
