"""Asks the local site without pause while a command runs, and a moment longer. usage: load.py COMMAND...

Four askers, a new connection each time. Exits 0 when every single answer was 200 and the command succeeded.
"""

import http.client
import ssl
import subprocess
import sys
import threading

context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
over = threading.Event()
answers = {}


def ask():
    while not over.is_set():
        try:
            connection = http.client.HTTPSConnection("localhost", timeout=20, context=context)
            connection.request("GET", "/api/health/ready")
            answer = connection.getresponse()
            answer.read()
            outcome = answer.status
        except (OSError, http.client.HTTPException) as error:
            outcome = repr(error)
        answers[outcome] = answers.get(outcome, 0) + 1
        connection.close()


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
