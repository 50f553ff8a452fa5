"""Whether every reader of untrusted bytes does work in proportion to them: what is read is doubled, and the instructions
counted. Whatever touches memory takes instructions, so memory grows no faster.

usage: work.py PROGRAM [PATTERN]     a PATTERN shows only inputs whose line has it
"""

import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SIZES = (8_000, 16_000, 32_000)
MOST = 2.6
# Instructions a byte that nobody counts: copying takes fewer or more of them with the length, on either side of a size.
COPYING = 8


def reading(program: str) -> str:
    """How the linker calls the function that reads one input."""
    symbols = subprocess.run(["nm", program], check=True, capture_output=True, text=True).stdout
    return re.search(r" t (\S*readHostileInput\S*)$", symbols, re.M)[1]


def instructions(program: str, function: str, size: int) -> list[int]:
    """Of reading each input once, in the order of the list. Callgrind writes a file each time the function is left."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["valgrind", "--quiet", "--tool=callgrind", f"--callgrind-out-file={folder}/out",
             f"--zero-before={function}", f"--dump-after={function}", program, "work", str(size)],
            check=True, timeout=600)
        files = sorted(Path(folder).glob("out.*"), key=lambda file: int(file.suffix[1:]))
        return [int(re.search(r"^(?:totals|summary): (\d+)", file.read_text(), re.M)[1]) for file in files]


def main() -> None:
    program, pattern = sys.argv[1], "".join(sys.argv[2:])
    function = reading(program)
    inputs = subprocess.run([program, "list"], check=True, capture_output=True, text=True).stdout.splitlines()
    with ThreadPoolExecutor(2) as pool:
        columns = list(pool.map(lambda size: instructions(program, function, size), SIZES))
    missed = 0
    for column in columns:
        if len(column) != len(inputs):
            sys.exit(f"work.py: {len(inputs)} inputs, and {len(column)} counts")
    for name, *counts in zip(inputs, *columns, strict=True):
        sums = [count + COPYING * size for count, size in zip(counts, SIZES)]
        ratios = [after / before for before, after in zip(sums, sums[1:])]
        verdict = "ok" if max(ratios) < MOST else "MISSED"
        missed += verdict != "ok"
        if pattern in name:
            told = " ".join(f"{ratio:5.2f}" for ratio in ratios)
            print(f"{verdict:6} {told} {counts[-1] / SIZES[-1]:7.0f} a byte  {name.replace(chr(9), ': ')}")
    print(f"{len(inputs)} inputs of {SIZES[0]} to {SIZES[-1]} bytes, {missed} whose work grows by {MOST} or more when they double")
    sys.exit(1 if missed else 0)


main()
