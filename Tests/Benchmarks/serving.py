"""Requests a second and CPU a request: the responder against its yardsticks under the same nginx.

usage: serving.py WORK STATUS_JSON      WORK has state/, tree/ and hello; STATUS_JSON is of `bitstockerz dev status`

Every server is a pool of four processes. Rounds alternate between them, and medians are compared, so that a slow moment
of the machine does not fall on one of them only.
"""

import glob
import importlib.util
import json
import os
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import sys
import threading
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROUNDS, SECONDS = 5, 3
CANDLES = "/api/market-data/crypto/candles?symbol=BTC-USD&interval=1h"
TICKS = os.sysconf("SC_CLK_TCK")


class Bench:
    def __init__(self, work, status):
        self.work, self.status = pathlib.Path(work), status
        self.sockets = pathlib.Path(status["backtestd_socket"]).parent
        self.children, self.ports = [], {}

    def start(self, name, command, **environment):
        log = open(self.work / f"{name}.log", "wb")
        self.children.append(subprocess.Popen(command, stdout=log, stderr=log, env=os.environ | environment))

    def stop(self):
        for child in self.children:
            child.terminate()
        for child in self.children:
            child.wait(20)

    def start_peers(self):
        subprocess.run(
            ["spawn-fcgi", "-s", self.work / "hello.sock", "-F", "4", "-P", self.work / "hello.pids", "--", self.work / "hello"],
            check=True, capture_output=True)
        peers = ["hello"]
        php = sorted(glob.glob("/usr/sbin/php-fpm*"))
        if php and glob.glob("/usr/lib/php/*/pdo_pgsql.so"):
            (self.work / "php.conf").write_text(
                f"[global]\nerror_log = /dev/stderr\ndaemonize = no\n[bench]\nlisten = {self.work}/php.sock\npm = static\n"
                f"pm.max_children = 4\nuser = {os.environ.get('USER', 'root')}\ngroup = {os.getgid()}\n"
                f"env[BENCH_PDO] = \"pgsql:{self.database(';')}\"\n")
            self.start("php", [php[-1], "-R", "-F", "-y", self.work / "php.conf"])
            peers.append("php")
        if importlib.util.find_spec("fastapi"):
            self.start(
                "fastapi", [sys.executable, "-m", "uvicorn", "candles:app", "--app-dir", HERE, "--workers", "4", "--uds",
                            self.work / "fastapi.sock", "--log-level", "warning", "--no-access-log"],
                BENCH_CONNINFO=self.database(" "))
            peers.append("fastapi")
        return peers

    def database(self, separator):
        return separator.join((f"host={self.sockets}", "dbname=bitstockerz", "user=bitstockerz"))

    def start_nginx(self, peers):
        """The site's own files for every server; only where a request is passed on differs."""
        home = self.work / "nginx"
        shutil.copytree(self.work / "tree/usr/share/bitstockerz/nginx", home / "bitstockerz")
        fastcgi = (home / "bitstockerz/fastcgi.conf").read_text()
        api = (home / "bitstockerz/api.conf").read_text()
        servers = ""
        for name in ["bitstockerz", *peers]:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self.ports[name] = probe.getsockname()[1]
            inner = "include bitstockerz/locations.conf;"
            if name == "fastapi":
                inner = "include bitstockerz/errors.conf; location / { proxy_pass http://fastapi; proxy_buffers 64 16k; }"
            elif name != "bitstockerz":
                script = f"fastcgi_param SCRIPT_FILENAME {HERE}/candles.php;" if name == "php" else ""
                (home / f"bitstockerz/fastcgi-{name}.conf").write_text(fastcgi.replace("bitstockerz_responder", name) + script)
                (home / f"bitstockerz/api-{name}.conf").write_text(api.replace("fastcgi.conf", f"fastcgi-{name}.conf"))
                inner = f"include bitstockerz/errors.conf; location / {{ include bitstockerz/api-{name}.conf; }}"
            servers += (f"server {{ listen 127.0.0.1:{self.ports[name]}; root {self.work}/tree/usr/share/bitstockerz/web;"
                        f"access_log off; include bitstockerz/limits.conf; include bitstockerz/security-headers.conf; {inner} }}\n")
        upstreams = "".join(f'upstream {name} {{ server "unix:{self.work}/{name}.sock"; }}\n' for name in peers)
        user = "user root;" if os.geteuid() == 0 else ""
        (home / "nginx.conf").write_text(
            f"daemon off; {user} worker_processes 2; pid nginx.pid; error_log stderr warn; events {{ worker_connections 1024; }}\n"
            "http { include /etc/nginx/mime.types; include bitstockerz/http.conf;\n"
            + "".join(f"{part}_temp_path {part};" for part in ("client_body", "fastcgi", "proxy", "scgi", "uwsgi"))
            + f'upstream bitstockerz_responder {{ server "unix:{self.sockets}/responder.sock"; }}\n{upstreams}'
            "fastcgi_cache_path cache keys_zone=bitstockerz_market:8m;\n"
            + "".join(f"limit_req_zone ${key} zone={zone}:1m rate=1000000r/s;\n" for key, zone in (
                ("bitstockerz_anonymous", "bitstockerz_anonymous"), ("bitstockerz_address", "bitstockerz_addresses")))
            + "limit_conn_zone $bitstockerz_address zone=bitstockerz_connections:1m; map $https $bitstockerz_hsts { default ''; }\n"
            + servers + "}\n")
        nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin")
        self.start("nginx", [nginx, "-p", home, "-c", home / "nginx.conf"])

    def get(self, name, path):
        """The body, once the server is up."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.ports[name]}{path}", headers={"Cookie": "bench=1"})
        for attempt in range(100):
            try:
                with urllib.request.urlopen(request, timeout=20) as answer:
                    return answer.read()
            except OSError as error:
                if attempt == 99:
                    raise SystemExit(f"error: {name} does not answer: {error}") from error
                threading.Event().wait(0.1)

    def wrk(self, name, path, connections=16):
        """Requests a second, and how many there were."""
        # A cookie keeps the micro-cache out of it: the servers are measured, not nginx.
        output = subprocess.run(
            ["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", "-H", "Cookie: bench=1", f"http://127.0.0.1:{self.ports[name]}{path}"],
            check=True, capture_output=True, text=True).stdout
        if "Non-2xx" in output or "Socket errors" in output:
            raise SystemExit(f"error: {name} failed under load:\n{output}")
        return float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1]), int(re.search(r"(\d+) requests in", output)[1])

    def cpu(self):
        """Seconds of CPU that the servers, nginx and the database have used so far, their ended children included."""
        table, total = {}, 0
        for path in glob.glob("/proc/[0-9]*/stat"):
            try:
                text = pathlib.Path(path).read_text()
            except OSError:
                continue
            fields = text[text.rindex(")") + 2 :].split()
            table[int(path.split("/")[2])] = (int(fields[1]), sum(map(int, fields[11:15])))
        wanted = {self.status["pid"], *(child.pid for child in self.children)}
        grown = True
        while grown:
            more = {pid for pid, (parent, _) in table.items() if parent in wanted} - wanted
            wanted, grown = wanted | more, bool(more)
        total = sum(table[pid][1] for pid in wanted if pid in table)
        return total / TICKS


def main(work, status):
    bench = Bench(work, json.loads(status))
    try:
        peers = bench.start_peers()
        bench.start_nginx(peers)
        live(bench)
        candles(bench, [peer for peer in peers if peer != "hello"])
    finally:
        bench.stop()
        for pid in (bench.work / "hello.pids").read_text().split():
            os.kill(int(pid), 15)


def live(bench):
    rates = {"bitstockerz": [], "hello": []}
    for name in rates:
        bench.get(name, "/api/health/live")
    for _ in range(ROUNDS):
        for name, list_ in rates.items():
            list_.append(bench.wrk(name, "/api/health/live")[0])
    ours, theirs = (statistics.median(list_) for list_ in rates.values())
    verdict = "as wanted" if ours / theirs >= 0.9 else "below what is wanted"
    print(f"/api/health/live: responder {ours:,.0f} requests/s, C libfcgi {theirs:,.0f}; ratio {ours / theirs:.2f}; {verdict}: 0.90")


def candles(bench, peers):
    names = ["bitstockerz", *peers]
    answers = {name: json.loads(bench.get(name, CANDLES)) for name in names}
    for name, answer in answers.items():
        same = [{key: value for key, value in bar.items()} for bar in (answer[0], answer[-1])]
        if len(answer) != 5000 or same != [answers["bitstockerz"][0], answers["bitstockerz"][-1]]:
            raise SystemExit(f"error: {name} answers other candles: {len(answer)}, {same}")
    rates, costs = {name: [] for name in names}, {name: [] for name in names}
    for _ in range(ROUNDS):
        for name in names:
            before = bench.cpu()
            rate, count = bench.wrk(name, CANDLES, connections=8)
            rates[name].append(rate)
            costs[name].append((bench.cpu() - before) / count)
    ours, best = statistics.median(rates["bitstockerz"]), 0
    for name in names:
        rate, cost = statistics.median(rates[name]), statistics.median(costs[name])
        line = f"5,000 candles: {name:<11} {rate:7,.0f} requests/s, {cost * 1000:6.2f} ms CPU a request (server, nginx, database)"
        if name != "bitstockerz":
            line += f"; we serve {ours / rate:.1f} times as many"
        print(line)
        best = max(best, ours / rate) if name != "bitstockerz" else best
    if peers:
        print(f"5,000 candles: {'as wanted' if best >= 2.5 else 'below what is wanted'}: 2.5 times as many as PHP-FPM or FastAPI")
    for name in {"php", "fastapi"} - set(peers):
        print(f"5,000 candles: {name} is not installed here, so it is left out")


if __name__ == "__main__":
    main(*sys.argv[1:])
