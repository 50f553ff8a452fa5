"""The measured values against their targets."""

import sys
from dataclasses import dataclass, field

from load import Load


@dataclass
class Row:
    name: str
    ours: str
    baseline: str = ""
    ratio: str = ""
    target: str = ""
    verdict: str = ""


@dataclass
class Table:
    rows: list[Row] = field(default_factory=list)

    def compare(self, name: str, ours: Load, baseline: Load, who: str, at_least: float) -> None:
        ratio = baseline.times_slower
        self.rows.append(
            Row(
                name, f"{ours.per_second:,.0f} /s", f"{who} {baseline.per_second:,.0f} /s", f"{ratio:.2f} x",
                f">= {at_least} x", "ok" if ratio >= at_least else "missed",
            )
        )

    def ratio(self, name: str, ours: str, baseline: str, ratio: float, at_least: float, digits: int = 1) -> None:
        self.rows.append(
            Row(name, ours, baseline, f"{ratio:.{digits}f} x", f">= {at_least} x", "ok" if ratio >= at_least else "missed"))

    def dearer(self, name: str, ours: Load, baseline: Load, who: str, at_least: float) -> None:
        """By the processors' time of a request."""
        self.ratio(
            name, f"{ours.cpu_milliseconds:.2f} ms", f"{who} {baseline.cpu_milliseconds:.2f} ms", baseline.times_dearer,
            at_least, digits=2)

    def bound(self, name: str, value: float, unit: str, at_most: float, digits: int = 1, beside: str = "") -> None:
        verdict = "ok" if value <= at_most else "missed"
        self.rows.append(
            Row(name, f"{value:.{digits}f} {unit}", beside, target=f"<= {at_most:g} {unit}", verdict=verdict)
        )

    def tell(self, name: str, ours: str, baseline: str = "") -> None:
        self.rows.append(Row(name, ours, baseline))

    def promise(self, name: str, ours: str, faults: list[str]) -> None:
        """What has to hold whatever the machine: a fault is no slow day."""
        self.rows.append(Row(name, ours, target="no fault", verdict=self.kept(not faults)))
        for fault in faults[:20]:
            print(f"FAIL: {name}: {fault}", file=sys.stderr, flush=True)

    @staticmethod
    def kept(is_kept: bool) -> str:
        return "PASS" if is_kept else "FAIL"

    def skip(self, name: str, reason: str) -> None:
        self.rows.append(Row(name, "", verdict=f"skipped: {reason}"))

    def markdown(self) -> str:
        """Aligned, so that it reads in a terminal too."""
        cells = [["what", "BitStockerz", "baseline", "ratio", "target", ""]]
        cells += [[row.name, row.ours, row.baseline, row.ratio, row.target, row.verdict] for row in self.rows]
        widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
        lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |" for line in cells]
        lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
        return "\n".join(lines)

    @property
    def missed(self) -> int:
        return sum(row.verdict == "missed" for row in self.rows)

    @property
    def broken(self) -> int:
        """Promises that are not kept."""
        return sum(row.verdict == "FAIL" for row in self.rows)
