"""Signing in with a passkey: the module against the bare signature check of `openssl speed`, and against py_webauthn.

Each is one process on one core, runs for a second and counts its own processor time, in turns; of every side the best
round counts, for that is the one its neighbours disturbed least.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from load import Load
from table import Table

PEER = Path(__file__).resolve().parents[1] / "peers" / "passkeys.py"
NAME = "passkey sign-ins/s on one core: read, check, verify ES256"


def measure(program: str, work: Path, table: Table, rounds: int, say: Callable[[str], None]) -> None:
    say("signing in with passkeys")
    ceremonies = str(work / "ceremonies.json")
    subprocess.run([program, ceremonies], check=True, timeout=60)
    sides: dict[str, Callable[[], float]] = {"ours": lambda: assertions([program, ceremonies, "1"])}
    python = os.environ.get("BENCH_PYTHON")
    if shutil.which("openssl"):
        sides["openssl speed"] = openssl_verifications
    else:
        table.skip(NAME, "there is no openssl to compare with (apt-get install openssl)")
    if python:
        sides["py_webauthn"] = lambda: assertions([python, str(PEER), ceremonies, "1"])
    else:
        table.skip(NAME, "py_webauthn could not be installed (no network?)")
    best = dict.fromkeys(sides, 0.0)
    for _ in range(rounds):
        found = {name: run() for name, run in sides.items()}
        best = {name: max(best[name], rate) for name, rate in found.items()}
        say(", ".join(f"{name} {rate:.0f}/s" for name, rate in found.items()))
    ours = best.pop("ours")
    for name, rate in best.items():
        at_least = 0.85 if name == "openssl speed" else 1.3
        table.compare(NAME, load(ours), load(rate, ours / rate), name, at_least)


def load(per_second: float, ratio: float = 1) -> Load:
    return Load(per_second, 1000 / per_second, ratio)


def assertions(command: list[str]) -> float:
    done = json.loads(subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout)
    return done["assertions"] / done["cpu_seconds"]


def openssl_verifications() -> float:
    """The line of P-256 in the machine-readable report: +F4:number:bits:signatures:verifications, each a second."""
    command = ["openssl", "speed", "-mr", "-seconds", "1", "ecdsap256"]
    text = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    line = re.search(r"^\+F4:\d+:256:[\d.]+:([\d.]+)", text, re.MULTILINE)
    if line is None:
        raise RuntimeError(f"openssl speed says something else:\n{text}")
    return float(line[1])
