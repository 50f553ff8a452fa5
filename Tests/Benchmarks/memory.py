"""Prints what an idle responder keeps in memory. usage: memory.py STATUS_JSON"""

import json
import sys


def kilobytes(pid, name):
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        return sum(int(line.split()[1]) for line in file if line.split(":")[0] in name)


status = json.loads(sys.argv[1])
pids = [child["pid"] for child in status["children"] if child["name"].startswith("responder")]
resident = max(kilobytes(pid, ("Rss",)) for pid in pids)
private = max(kilobytes(pid, ("Private_Clean", "Private_Dirty")) for pid in pids)
verdict = "as wanted" if resident <= 12 * 1024 else "above what is wanted"
print(f"idle responder: {resident / 1024:.1f} MB resident ({private / 1024:.1f} MB its own); {verdict}: 12 MB at most")
