"""Asks the local site without pause while a command runs, and a moment longer. usage: load.py COMMAND...

Four askers, a new connection each time: for readiness, the page and a file that the page names. Exits 0 when every single answer was 200 and the command succeeded.
"""

import http.client
import re
import ssl
import subprocess
import sys
import threading

context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
over = threading.Event()
answers = {}


def get(path):
    connection = http.client.HTTPSConnection("localhost", timeout=20, context=context)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


asset = re.search(r'"(/assets/[^"]+)"', get("/")[1]).group(1)


def ask():
    number = 0
    while not over.is_set():
        # Readiness costs the most and matters the most.
        path = ("/api/health/ready", "/api/health/ready", "/markets/AAPL", asset)[number % 4]
        number += 1
        try:
            outcome = get(path)[0]
        except (OSError, http.client.HTTPException) as error:
            outcome = repr(error)
        answers[outcome] = answers.get(outcome, 0) + 1


askers = [threading.Thread(target=ask) for _ in range(4)]
for asker in askers:
    asker.start()
status = subprocess.run(sys.argv[1:], check=False).returncode
over.wait(0.5)
over.set()
for asker in askers:
    asker.join()
print(f"     {answers}")
sys.exit(status or set(answers) != {200})
