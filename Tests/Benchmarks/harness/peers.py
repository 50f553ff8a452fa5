"""What the product is measured against. Each is left out with a word where it cannot be had."""

import getpass
import glob
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import processes
from stack import Stack

HERE = Path(__file__).resolve().parents[1] / "peers"


class Unavailable(Exception):
    pass


class Peer:
    """One way to answer the same requests, with as many processes as there are responders."""

    name = ""

    def __init__(self, work: Path, count: int):
        self.work, self.count = work, count
        self.socket = work / f"{self.name}.sock"
        self.log = work / f"{self.name}.log"
        self.running: list[subprocess.Popen] = []

    def check(self) -> None:
        """Throws `Unavailable` with the reason when this peer cannot be had."""

    def prepare(self, stack: Stack) -> None:
        stack.add_peer(self.name, str(self.socket))

    def start(self, database_url: str) -> None:
        raise NotImplementedError

    def stop(self) -> None:
        processes.stop(self.running)

    def pids(self) -> list[int]:
        return [process.pid for process in self.running]

    def wait_for_socket(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if self.running[0].poll() is not None:
                break
            with socket.socket(socket.AF_UNIX) as one:
                try:
                    one.connect(str(self.socket))
                    os.chmod(self.socket, 0o666)
                    return
                except OSError:
                    time.sleep(0.1)
        raise Unavailable(f"{self.name} does not start: {self.log.read_text()[-300:]}")


class CProgram(Peer):
    name = "c"

    def check(self) -> None:
        if shutil.which("cc") is None:
            raise Unavailable("there is no C compiler")
        subprocess.run(
            ["cc", "-O2", "-o", str(self.work / "live"), str(HERE / "live.c"), "-lfcgi"], check=True, timeout=60)

    def start(self, database_url: str) -> None:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(self.socket))
            os.chmod(self.socket, 0o666)
            listening.listen(1024)
            self.running = [
                processes.start([str(self.work / "live")], self.log, stdin=listening) for _ in range(self.count)
            ]


class NumericText(Peer):
    """The product's own parts on a table of `numeric`, whose digits come as text."""

    name = "numeric"
    program = ""
    """Set by the harness."""

    def start(self, database_url: str) -> None:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(self.socket))
            os.chmod(self.socket, 0o666)
            listening.listen(1024)
            environment = {**os.environ, "DATABASE_URL": database_url}
            self.running = [
                processes.start([self.program], self.log, stdin=listening, env=environment) for _ in range(self.count)
            ]

    @staticmethod
    def fill(stack: Stack) -> None:
        """The same bars once more, in a table of the same form but for its type of numbers."""
        numbers = "".join(f"{name}::numeric AS {name}, " for name in ("open", "high", "low", "close", "volume"))
        stack.sql(f"""
            CREATE TABLE numeric_hourly_bars AS
                SELECT symbol_id, ts, {numbers} provider, created_at FROM crypto_hourly_bars ORDER BY symbol_id, ts;
            ALTER TABLE numeric_hourly_bars ADD PRIMARY KEY (symbol_id, ts);
            GRANT SELECT ON numeric_hourly_bars TO bitstockerz;""")
        stack.sql("VACUUM (ANALYZE) numeric_hourly_bars")
        stack.sql("VACUUM (ANALYZE) crypto_hourly_bars")


class PHP(Peer):
    name = "php"

    def check(self) -> None:
        programs = sorted(glob.glob("/usr/sbin/php-fpm[0-9]*"))
        if not programs:
            raise Unavailable("PHP-FPM is not installed (apt-get install php-fpm php-pgsql)")
        self.program = programs[-1]
        if not glob.glob("/usr/lib/php/*/pgsql.so"):
            raise Unavailable("PHP cannot reach Postgres (apt-get install php-pgsql)")

    def prepare(self, stack: Stack) -> None:
        shutil.copy(HERE / "candles.php", self.work)
        parameters = f"\nfastcgi_param SCRIPT_FILENAME {self.work}/candles.php;\n"
        stack.add_peer(self.name, str(self.socket), parameters=parameters)

    def start(self, database_url: str) -> None:
        user = "postgres" if os.geteuid() == 0 else getpass.getuser()
        configuration = self.work / "php-fpm.conf"
        configuration.write_text(
            f"""[global]
error_log = {self.log}
daemonize = no
[bench]
user = {user}
listen = {self.socket}
listen.backlog = 1024
listen.mode = 0666
pm = static
pm.max_children = {self.count}
env[DATABASE_URL] = "{database_url}"
"""
        )
        self.running = [processes.start([self.program, "-F", "-y", str(configuration)], self.log)]
        self.wait_for_socket()


class FastAPI(Peer):
    name = "fastapi"

    def check(self) -> None:
        self.python = os.environ.get("BENCH_PYTHON")
        if not self.python:
            raise Unavailable("FastAPI could not be installed (no network?)")

    def prepare(self, stack: Stack) -> None:
        stack.add_peer(self.name, str(self.socket), http=True)

    def start(self, database_url: str) -> None:
        command = [
            self.python, "-m", "uvicorn", "candles_app:app", "--app-dir", str(HERE), "--uds", str(self.socket),
            "--workers", str(self.count), "--no-access-log", "--log-level", "warning",
        ]
        self.running = [
            processes.start(command, self.log, env={**os.environ, "DATABASE_URL": database_url})
        ]
        self.wait_for_socket()
