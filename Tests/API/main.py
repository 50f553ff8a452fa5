"""See run.sh. usage: main.py FOLDER_OF_PROGRAMS WORK"""

import importlib
import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import session

URL = os.environ["BITSTOCKERZ_URL"]
KEY = os.environ["BITSTOCKERZ_KEY"]
# Of each of the two runs, with what starting takes.
SECONDS = 30
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance"


def story(programs: Path, work: Path, document: dict) -> None:
    """The README's: what there is to build with, a strategy, a run of it, its report."""
    (work / "config.yaml").write_text("post_hooks: []\n")
    subprocess.run(
        [programs / "openapi-python-client", "generate", "--path", "openapi.json", "--config", "config.yaml", "--meta", "none",
         "--output-path", "bitstockerz_client", "--fail-on-warning"], cwd=work, check=True)
    sys.path.insert(0, str(work))

    def operation(name: str):
        tag = "".join(letter if letter.isalnum() else "_" for letter in tags[name].lower())
        snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
        return importlib.import_module(f"bitstockerz_client.api.{tag}.{snake}")

    def example(path: str) -> dict:
        return document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["example"]

    tags = {one["operationId"]: one["tags"][0] for path in document["paths"].values() for one in path.values()}
    models = importlib.import_module("bitstockerz_client.models")
    client = importlib.import_module("bitstockerz_client.client").AuthenticatedClient(base_url=URL, token=KEY)
    catalog = operation("getStrategiesIndicators").sync(client=client)
    assert [one.type_ for one in catalog.indicators][:1] == ["SMA"], catalog
    body = models.PostStrategiesBody.from_dict(example("/api/strategies") | {"name": f"Story of {time.time_ns()}"})
    strategy = operation("postStrategies").sync(client=client, body=body)
    assert isinstance(strategy, models.Strategy) and strategy.summary, strategy
    wish = models.PostBacktestsBody.from_dict(example("/api/backtests") | {"strategy_id": str(strategy.id)})
    run = operation("postBacktests").sync(client=client, body=wish)
    assert isinstance(run, models.Backtest), run
    deadline = time.monotonic() + 30
    while True:
        found = operation("getBacktestsById").sync(client=client, id=run.id)
        assert found.id == run.id, found
        if found.status.value == "completed":
            break
        assert found.status.value in ("pending", "running") and time.monotonic() < deadline, found
        time.sleep(0.05)
    report = operation("getBacktestsByIdReportJson").sync(client=client, id=run.id)
    assert report.format_ == "bitstockerz.report.1" and report.bars.close, report
    print(f"a generated client ran the README's story: {strategy.summary}")


# With these the session of the test may end in the middle, and all that follows be refused: they come last.
# schemathesis takes ids from earlier answers, so the first admin can make somebody else admin and shut out itself.
ENDS_SESSIONS = ["postAuthLogout", "deleteMe", "deleteMeSessions", "deleteMeSessionsById", "patchUsersById"]


def chosen(how: str, operations: list[str]) -> list[str]:
    return [word for operation in operations for word in (f"{how}-operation-id", operation)]


def ask(path: str, headers: dict[str, str], body: dict | None = None) -> dict:
    fields = headers | {"Content-Type": "application/json", "Origin": URL}
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(URL + path, data, fields)) as answer:
        return json.load(answer)


def conformance(programs: Path, work: Path, text: str, who: str, name: str, value: str) -> bool:
    """Nothing undocumented is answered, and what the examples say is made: a strategy, and runs of one that is there."""
    document = json.loads(text)

    def example(path: str) -> dict:
        return document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["example"]

    def own() -> tuple[int, int]:
        strategies = ask("/api/strategies?limit=100", {name: value})["strategies"]
        return len(strategies), len(ask("/api/backtests?limit=100", {name: value})["backtests"])

    strategy = ask("/api/strategies", {name: value}, example("/api/strategies") | {"name": f"Of {who}, {time.time_ns()}"})

    # One request after another, so that what it finds can be found again.
    def schemathesis(*options: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [programs / "schemathesis", "run", "openapi.json", "--url", URL, "--header", f"{name}: {value}",
             "--header", f"Origin: {URL}", "--checks", CHECKS, "--seed", "1", "--continue-on-failure", "--no-color",
             "--workers", "1", "--suppress-health-check", "all", "--warnings", "off", *options],
            cwd=work, capture_output=True, text=True, timeout=SECONDS + 60)

    # Only the id of a strategy cannot be known beforehand.
    (work / "openapi.json").write_text(text.replace(example("/api/backtests")["strategy_id"], strategy["id"]))
    before = own()
    begun = schemathesis("--phases", "examples", *chosen("--include", ["postStrategies", "postBacktests"]))
    made = own()
    done = schemathesis(
        "--phases", "examples,coverage,fuzzing", "--max-time", str(SECONDS), *chosen("--exclude", ENDS_SESSIONS))
    own()  # still signed in
    ended = schemathesis("--phases", "examples,coverage,fuzzing", "--max-time", "5", *chosen("--include", ENDS_SESSIONS))
    print(f"schemathesis as {who}:", *done.stdout.splitlines()[-12:], sep="\n    ")
    print(f"    examples made {made[0] - before[0]} strategies and {made[1] - before[1]} backtests")
    for run in (begun, done, ended):
        if run.returncode != 0:
            print(run.stdout[-12_000:], run.stderr[-2_000:])
    return begun.returncode == done.returncode == ended.returncode == 0 and made[0] > before[0] and made[1] > before[1]


def main() -> None:
    programs, work = Path(sys.argv[1]), Path(sys.argv[2])
    with urllib.request.urlopen(f"{URL}/api/openapi.json") as answer:
        text = answer.read()
    (work / "openapi.json").write_bytes(text)
    story(programs, work, json.loads(text))
    cookie = session.begin(URL, work)
    good = [conformance(programs, work, text.decode(), "key", "Authorization", f"Bearer {KEY}"),
            conformance(programs, work, text.decode(), "session", "Cookie", cookie)]
    print(f"{sum(good)} passed, {len(good) - sum(good)} failed")
    sys.exit(0 if all(good) else 1)


main()
