"""The product against other programs behind the same nginx, with as many processes each."""

import json
from collections.abc import Callable

import load
from load import Load
from peers import CProgram, FastAPI, NumericText, Peer, PHP, Unavailable
from stack import Stack
from table import Table

CANDLES = "/api/market-data/crypto/candles?symbol=BENCH-USD&interval=1h&limit=5000"
LIVE = "/api/health/live"
Peers = dict[str, Peer | Unavailable]

NAMES = {"numeric": "numeric as text", "php": "PHP-FPM", "fastapi": "FastAPI with asyncpg"}
# Of a request for 5,000 candles, of all parts, on the machine where they were measured first: ours 4.6 ms at the most.
DEARER = {"numeric": 6.0 / 4.6, "fastapi": 15.6 / 4.6}


def live(stack: Stack, peers: Peers, table: Table, options, say: Callable[[str], None]) -> None:
    name, peer = "requests/s, /api/health/live", peers["c"]
    if isinstance(peer, Unavailable):
        return table.skip(name, str(peer))
    if not load.is_there():
        return table.skip(name, "wrk is not installed (apt-get install wrk)")
    answers = {stack.request("GET", LIVE, port=port) for port in (stack.port, stack.ports[peer.name])}
    if answers != {(200, b'{"status":"ok"}')}:
        raise RuntimeError(f"the C program does not answer like the responder: {answers}")
    say(f"{LIVE}, {stack.responders} responders and as many C processes")
    nginx = stack.pids("nginx")
    found = load.in_turns(
        {
            "responder": lambda seconds: load.run(
                f"http://127.0.0.1:{stack.port}{LIVE}", seconds, nginx + stack.pids("responder")),
            "C": lambda seconds: load.run(
                f"http://127.0.0.1:{stack.ports[peer.name]}{LIVE}", seconds, nginx + peer.pids()),
        },
        options.rounds, options.seconds, say,
    )
    ours, baseline = found["responder"], found["C"]
    table.compare(name, ours, baseline, "C program", at_least=0.9)
    table.tell(
        "CPU of such a request, nginx included", f"{ours.cpu_milliseconds * 1000:.0f} µs",
        f"C program {baseline.cpu_milliseconds * 1000:.0f} µs")


def candles(stack: Stack, peers: Peers, table: Table, options, say: Callable[[str], None]) -> None:
    if not load.is_there():
        return table.skip("requests/s, 5,000 candles", "wrk is not installed (apt-get install wrk)")
    status, body = stack.request("GET", CANDLES)
    expected = json.loads(body)
    if status != 200 or len(expected) != 5_000:
        raise RuntimeError(f"the product does not answer 5,000 candles but {status} {body[:200]!r}")
    NumericText.fill(stack)
    shared = stack.pids("nginx") + stack.pids("postgres")

    def side(port: int, pids: list[int]) -> Callable[[int], Load]:
        return lambda seconds: load.run(f"http://127.0.0.1:{port}{CANDLES}", seconds, shared + pids)

    responders = stack.pids("responder")
    sides = {"responder": side(stack.ports["uncached"], responders)}
    for name in NAMES:
        if isinstance(peer := peers[name], Unavailable):
            table.skip("requests/s, 5,000 candles", str(peer))
            continue
        status, other = stack.request("GET", CANDLES, port=stack.ports[name])
        if status != 200 or json.loads(other) != expected:
            raise RuntimeError(f"{name} does not answer the same candles: {status} {other[:200]!r}")
        sides[name] = side(stack.ports[name], peer.pids())
    say(f"5,000 candles, {len(body):,} bytes, {stack.responders} processes each, without nginx's cache")
    found = load.in_turns(sides, options.rounds, options.seconds, say)
    ours = found.pop("responder")
    for name, one in found.items():
        if name != "numeric":
            table.compare("requests/s, 5,000 candles", ours, one, NAMES[name], at_least=2.5)
    for name, one in found.items():
        row = "CPU of such a request, nginx and Postgres included"
        if name in DEARER:
            table.dearer(row, ours, one, NAMES[name], at_least=round(DEARER[name], 2))
        else:
            table.tell(row, f"{ours.cpu_milliseconds:.2f} ms", f"{NAMES[name]} {one.cpu_milliseconds:.2f} ms")
    kept = load.in_turns(
        {"cached": side(stack.port, responders), "responder": sides["responder"]}, options.rounds, options.seconds, say)
    cached, whole = kept["cached"], kept["responder"]
    table.compare("requests/s, the same from nginx's cache", cached, whole, "without it", at_least=20)
    # The client has to read as many bytes either way, on the same processors.
    table.tell(
        "... CPU of such a request", f"{cached.cpu_milliseconds:.2f} ms",
        f"without it {whole.cpu_milliseconds:.2f} ms, {whole.times_dearer:.0f} x")


# Each part, and what it is compared with.
PARTS: dict[str, tuple[Callable[..., None], list[type[Peer]]]] = {
    "live": (live, [CProgram]),
    "candles": (candles, [NumericText, PHP, FastAPI]),
}


class Lineup:
    """The peers of some parts, as far as they can be had. They are known to nginx before it starts."""

    def __init__(self, stack: Stack, parts: list[str], say: Callable[[str], None]):
        self.say = say
        self.peers: Peers = {}
        for kind in (kind for part in parts for kind in PARTS[part][1]):
            peer = kind(stack.work, stack.responders)
            self.attempt(peer, peer.check)
            if isinstance(self.peers[peer.name], Peer):
                peer.prepare(stack)

    def start(self, database_url: str) -> None:
        for peer in self.running():
            self.attempt(peer, lambda: peer.start(database_url))

    def stop(self) -> None:
        for peer in self.running():
            peer.stop()

    def running(self) -> list[Peer]:
        return [peer for peer in self.peers.values() if isinstance(peer, Peer)]

    def attempt(self, peer: Peer, step: Callable[[], None]) -> None:
        try:
            step()
            self.peers[peer.name] = peer
        except Unavailable as reason:
            self.say(f"{peer.name} is left out: {reason}")
            peer.stop()
            self.peers[peer.name] = reason
