"""Runs the browser tests. usage: main.py SUMMARY [PATTERN...]; writes 'PASSED FAILED' to the file SUMMARY."""

import sys
import unittest
from pathlib import Path

from harness import BASE, CHROMIUM, Chromium


def main(summary: str, *patterns: str) -> int:
    if not Path(CHROMIUM).exists():
        sys.exit(f"main.py: error: {CHROMIUM} is missing (apt-get install chromium)")
    loader = unittest.TestLoader()
    if patterns:
        loader.testNamePatterns = [f"*{pattern}*" for pattern in patterns]
    tests = loader.discover(str(Path(__file__).parent))
    print(f"browser tests against {BASE}", flush=True)
    try:
        result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(tests)
    finally:
        Chromium.close()
    # A test with several failed parts counts once.
    failed = len({str(getattr(test, "test_case", test)) for test, _ in result.failures + result.errors})
    Path(summary).write_text(f"{result.testsRun - failed} {failed}\n", encoding="utf-8")
    return 0 if result.wasSuccessful() and result.testsRun else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
