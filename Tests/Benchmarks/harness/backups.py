"""An archive of a database of 1 GB, and the way back."""

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from stack import Stack
from table import Table

BYTES = 1 << 30


def sql(url: str, text: str) -> str:
    return subprocess.run(
        ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url], input=text, check=True, capture_output=True,
        text=True, timeout=900,
    ).stdout.strip()


def peak(pid: int) -> int:
    """The most kB of a process that were resident. What the kernel tells at its end counts from before its program was
    started, when it was still a copy of this harness."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")), 0)


def timed(stack: Stack, url: str, *arguments: str) -> tuple[float, float]:
    """Seconds, and the megabytes that were resident at most."""
    environment = {
        **os.environ, "DATABASE_URL": url, "MIGRATIONS_DIR": str(stack.share / "Migrations"),
        "SERVER_SECRET_FILE": str(stack.state / "server-secret")}
    start = time.perf_counter()
    process, kilobytes = subprocess.Popen([stack.tool, *arguments], env=environment, stdout=subprocess.DEVNULL), 0
    while process.poll() is None:
        kilobytes = max(kilobytes, peak(process.pid))
        time.sleep(0.02)
    if process.returncode != 0:
        raise RuntimeError(f"bitstockerz {arguments[0]} ended with {process.returncode}")
    return time.perf_counter() - start, kilobytes / 1024


def fill(admin: str) -> None:
    """With bars, which are nearly all there is in a large installation. Past their triggers: nobody is to check them."""
    for number in range(200):
        if int(sql(admin, "SELECT pg_database_size(current_database())")) >= BYTES:
            return
        sql(admin, f"""
            SET session_replication_role = replica;
            INSERT INTO symbols (symbol, name, asset_type, base_asset, quote_asset)
                VALUES ('BACKUP{number}-USD', 'Bench', 'CRYPTO', 'BACKUP{number}', 'USD');
            INSERT INTO crypto_hourly_bars (symbol_id, ts, open, high, low, close, volume, provider)
                SELECT s.id, timestamptz '2008-01-01Z' + i * interval '1 hour', p, p + 3, p - 2, p + 1, round(v), 'bench'
                FROM symbols s, (SELECT i, 100 + round((random() * 1e4)::numeric, 2) p, random() * 1e6 v
                    FROM generate_series(1, 150000) i) b WHERE s.symbol = 'BACKUP{number}-USD'""")
    raise RuntimeError("the database does not grow")


def measure(stack: Stack, work: Path, table: Table, say: Callable[[str], None]) -> None:
    # Databases of its own: what else is measured meets no more symbols than before.
    url = stack.status()["database_url"]
    large, restored = [url.replace("dbname=bitstockerz", f"dbname={name}") for name in ("large", "restored")]
    owner = url.replace("user=bitstockerz", "user=postgres")
    for name in ("large", "restored"):
        sql(owner, f"CREATE DATABASE {name} OWNER bitstockerz TEMPLATE template0")
    say("a database of 1 GB, its backup, and its restore")
    timed(stack, large, "migrate")
    fill(large.replace("user=bitstockerz", "user=postgres"))
    folder, key = work / "backups", str(work / "backup-key")
    folder.mkdir()
    stack.command("backup-key", key)
    seconds, megabytes = timed(stack, large, "backup", str(folder), "--key", key)
    size = sum(path.stat().st_size for path in folder.iterdir())
    table.bound("a backup of a database of 1 GB", seconds, "s", 120)
    table.tell("... and its archive", f"{size / 1e6:,.0f} MB")
    back, more = timed(stack, url, "restore", str(folder), "--into", "restored", "--key", key, "--no-journal")
    table.bound("... its restore, with all that is checked", back, "s", 180)
    table.bound("... resident memory of either", max(megabytes, more), "MB", 64)
    for name in ("large", "restored"):
        sql(owner, f"DROP DATABASE {name}")
