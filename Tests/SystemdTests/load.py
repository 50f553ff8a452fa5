"""Asks a site 200 times a second, or as often as it answers, a new connection each time: for readiness, the page and a file
that the page names.

usage: load.py NAME [BALANCER]     the site's name; behind a balancer, which asks for readiness itself, for symbols instead

Says when it has begun, goes on until its standard input ends and a moment longer, and then says how many requests that
were, and how many of them did not get a 200.
"""

import collections
import http.client
import multiprocessing
import os
import re
import socket
import ssl
import sys
import time

name, address = sys.argv[1], sys.argv[-1]
# Readiness costs the most and matters the most. No cache has what nobody has asked for.
api = "/api/health/ready" if name == address else "/api/symbols/search?q={}"
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE


def get(path):
    connection = http.client.HTTPSConnection(name, timeout=20, context=context)
    try:
        connection.sock = context.wrap_socket(socket.create_connection((address, 443), 20), server_hostname=name)
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def ask(asset, over, counts):
    answers, number = collections.Counter(), os.getpid() * 1000
    turn = time.monotonic()
    while not over.is_set():
        for path in (api, api, "/markets/AAPL", asset):
            number += 1
            turn = max(turn + 4 / 200, time.monotonic() - 1)
            time.sleep(max(0, turn - time.monotonic()))
            try:
                answers[get(path.format(number))[0]] += 1
            except (OSError, http.client.HTTPException) as error:
                answers[repr(error)] += 1
    counts.put(answers)


asset = re.search(r'"(/assets/[^"]+)"', get("/")[1]).group(1)
over, counts = multiprocessing.Event(), multiprocessing.Queue()
askers = [multiprocessing.Process(target=ask, args=(asset, over, counts), daemon=True) for _ in range(4)]
for asker in askers:
    asker.start()
print("begun", flush=True)
sys.stdin.read()
over.wait(0.3)
over.set()
answers = sum((counts.get() for _ in askers), collections.Counter())
print(answers.total(), answers.total() - answers[200], dict(answers))
