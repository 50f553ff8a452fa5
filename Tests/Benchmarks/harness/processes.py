"""Processes as the kernel accounts for them: which there are, what they cost, what they hold."""

import os
import signal
import subprocess
import time
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the third on: the name before them may hold anything."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    parents: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                parents.setdefault(int(stat(int(entry))[1]), []).append(int(entry))
            except OSError:
                continue  # it ended meanwhile
    found, new = [], [pid]
    while new:
        found += new
        new = [child for parent in new for child in parents.get(parent, [])]
    return found


class Meter:
    """CPU milliseconds, user and system, of process families between two readings. Sessions that end are counted by
    their parent (the fields cutime and cstime), so nothing is lost."""

    def __init__(self, roots: list[int]):
        self.roots = roots
        self.before = self.reading()

    def reading(self) -> float:
        total = 0
        for pid in {pid for root in self.roots for pid in family(root)}:
            try:
                total += sum(int(field) for field in stat(pid)[11:15])
            except OSError:
                continue
        return total * 1000 / TICKS

    def spent(self) -> float:
        return self.reading() - self.before


def resident_megabytes(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"process {pid} has no resident memory")


def start(arguments: list[str], log: Path, **options) -> subprocess.Popen:
    """Starts a program that does not outlive this one, however this one ends."""
    with log.open("ab") as output:
        return subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", "--", *arguments],
            stdout=output, stderr=subprocess.STDOUT, **{"stdin": subprocess.DEVNULL, **options},
        )


def stop(processes: list[subprocess.Popen], seconds: float = 20) -> None:
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + seconds
    for process in processes:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
