"""Asks a site 200 times a second, or as often as it answers, a new connection each time: for readiness, the page and a file
that the page names.

usage: load.py NAME [BALANCER]     the site's name; behind a balancer, which asks for readiness itself, for symbols instead
       load.py NAME --write FILE   half of it saves strategies instead, each with the number that is its name, and is asked
                                   once; a line a strategy, "NUMBER ANSWER", comes into FILE. KEYS in the environment are
                                   keys of the people who do, with a comma between them

Says when it has begun, goes on until its standard input ends and a moment longer, and then says how many requests that
were, how many of them did not get a 200 or 201, and what they got.
"""

import collections
import http.client
import json
import multiprocessing
import os
import re
import socket
import ssl
import sys
import time

name, address = sys.argv[1], sys.argv[2] if len(sys.argv) == 3 else sys.argv[1]
keys, written = os.environ.get("KEYS", "").split(","), sys.argv[3] if len(sys.argv) == 4 else None
# Readiness costs the most and matters the most. No cache has what nobody has asked for.
api = "/api/health/ready" if name == address else "/api/symbols/search?q={}"
strategies = "/api/strategies"
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE


def ask(path, body=None, fields={}):
    connection = http.client.HTTPSConnection(name, timeout=20, context=context)
    try:
        connection.sock = context.wrap_socket(socket.create_connection((address, 443), 20), server_hostname=name)
        connection.request("GET" if body is None else "POST", path, body, fields)
        answer = connection.getresponse()
        text = answer.read().decode()
        return answer.status, answer.headers.get("Retry-After"), text
    finally:
        connection.close()


def strategy(number):
    level = number % 10**5
    return json.dumps({"name": str(number), "asset_type": "EQUITY", "timeframe": "1d", "definition": {
        "indicators": [],
        "entry": {"logic": "AND", "conditions": [{"left": {"price": "close"}, "op": "gt", "right": {"literal": level}}]},
        "exit": {"logic": "AND", "conditions": [{"left": {"price": "close"}, "op": "lt", "right": {"literal": level}}]},
        "risk": {"stop_loss": {"type": "percent", "value": 5}, "take_profit": {"type": "percent", "value": 9}}}})


def outcome(request):
    """The status that a request got, and whether it says when to ask again; or what became of the connection."""
    try:
        status, wait, _ = ask(*request)
        return status if wait is None else f"{status} with Retry-After"
    except (OSError, http.client.HTTPException) as error:
        return type(error).__name__


def ask_on(turns, first, key, over, counts):
    answers, number = collections.Counter(), first
    turn = time.monotonic()
    while not over.is_set():
        for path in turns:
            number += 1
            turn = max(turn + 4 / 200, time.monotonic() - 1)
            time.sleep(max(0, turn - time.monotonic()))
            if path != strategies:
                got = outcome((path.format(number),))
            else:
                fields = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
                got = outcome((path, strategy(number), fields))
                with open(written, "a") as file:
                    file.write(f"{number} {got}\n")
            answers[got] += 1
    counts.put(answers)


asset = re.search(r'"(/assets/[^"]+)"', ask("/")[2]).group(1)
over, counts = multiprocessing.Event(), multiprocessing.Queue()
turns = (strategies, api, strategies, "/markets/AAPL") if written else (api, api, "/markets/AAPL", asset)
# From the clock, finely: no number comes twice, though one load may follow another within a second.
first = time.time_ns() // 10**6 * 4
askers = [
    multiprocessing.Process(
        target=ask_on, args=(turns, (first + i) * 10**5, keys[i % len(keys)], over, counts), daemon=True) for i in range(4)]
for asker in askers:
    asker.start()
print("begun", flush=True)
sys.stdin.read()
over.wait(0.3)
over.set()
answers = sum((counts.get() for _ in askers), collections.Counter())
print(answers.total(), answers.total() - answers[200] - answers[201], dict(answers))
