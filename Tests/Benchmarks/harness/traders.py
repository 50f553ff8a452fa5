"""People who trade through nginx with keys of their own, and the prices they trade at."""

import datetime
import http.client
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from stack import Stack


@dataclass
class Trader:
    email: str
    headers: dict[str, str]
    connection: http.client.HTTPConnection

    @classmethod
    def new(cls, stack: Stack, email: str) -> "Trader":
        stack.command("user", "create", "--email", email)
        key = stack.command("api-key", "create", "--user", email, "--name", "bench", "--scopes", "read,trade")
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        return cls(email, headers, http.client.HTTPConnection("127.0.0.1", stack.port, timeout=30))

    def again(self) -> "Trader":
        """The same person with another connection."""
        return Trader(
            self.email, self.headers,
            http.client.HTTPConnection(self.connection.host, self.connection.port, timeout=30))

    def begin(self, method: str, path: str, body: dict | None = None) -> None:
        self.connection.request(method, path, json.dumps(body) if body else None, self.headers)

    def end(self) -> tuple[int, dict]:
        answer = self.connection.getresponse()
        return answer.status, json.loads(answer.read())

    def send(self, method: str, path: str, body: dict | None = None) -> tuple[int, dict]:
        self.begin(method, path, body)
        return self.end()

    def ask(self, method: str, path: str, body: dict | None = None) -> dict:
        status, answer = self.send(method, path, body)
        if status != 200:
            raise RuntimeError(f"{method} {path} was answered {status}: {str(answer)[:300]}")
        return answer


def sql(stack: Stack, text: str) -> str:
    done = subprocess.run(
        ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", stack.status()["database_url"]],
        input=text, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise RuntimeError(f"psql: {done.stderr[-500:]}")
    return done.stdout.strip()


def bars(stack: Stack, work: Path, symbol: str, days: dict[datetime.date, tuple[str, str, str, str]]) -> None:
    """Imports days of a coin: open, high, low, close."""
    file = work / f"{symbol}.csv"
    file.write_text("timestamp,open,high,low,close,volume\n" + "".join(
        f"{day},{','.join(prices)},1\n" for day, prices in days.items()))
    stack.command("import", "--symbol", symbol, "--asset-type", "CRYPTO", "--timeframe", "1d", str(file))


def series(stack: Stack, work: Path, symbol: str, last: datetime.date) -> None:
    """Ten days of a coin up to `last`, whose price is 100 and never moves."""
    days = [last - datetime.timedelta(days=before) for before in range(9, -1, -1)]
    bars(stack, work, symbol, {day: ("100", "101", "99", "100") for day in days})
