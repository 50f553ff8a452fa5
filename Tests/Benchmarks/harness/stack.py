"""The product as `bitstockerz-dev` runs it, with one more nginx server for each peer: the same configuration word for
word, in the same nginx, apart from where a request goes."""

import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

import processes


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Stack:
    def __init__(self, work: Path, responders: int):
        self.work, self.responders = work, responders
        self.prefix = work / "tree" / "usr"
        self.tool = str(self.prefix / "bin" / "bitstockerz")
        self.dev = self.tool + "-dev"
        self.state = work / "state"
        self.share = work / "share"
        self.port = free_port()
        self.ports: dict[str, int] = {}
        self.process: subprocess.Popen | None = None
        shutil.copytree(self.prefix / "share" / "bitstockerz", self.share, ignore=shutil.ignore_patterns("web"))

    def add_uncached(self) -> None:
        """The product once more, at `ports["uncached"]`."""
        self.add_peer("uncached", "@SOCKETS@/responder.sock")

    def add_peer(self, name: str, server: str, *, parameters: str = "", http: bool = False) -> None:
        """A server block like the product's own, without its micro-cache, for what listens at `server`. Before `start`."""
        nginx = self.share / "nginx"
        copy = nginx / f"peer-{name}"
        copy.mkdir()
        for file in nginx.glob("*.conf"):
            text = file.read_text().replace("bitstockerz_responder", f"peer_{name}")
            text = text.replace("include bitstockerz/", f"include bitstockerz/peer-{name}/")
            if http:
                text = text.replace(f"fastcgi_pass peer_{name}", f"proxy_pass http://peer_{name}")
            if file.name == "fastcgi.conf":
                text = self.proxy() if http else text + parameters
            # What a peer keeps by itself it may keep; nginx answers nothing in its place.
            (copy / file.name).write_text("" if file.name == "market-cache.conf" else text)
        site = nginx / "development.conf"
        text = site.read_text()
        block = re.search(r"\n    server \{\n        @LISTEN@\n.*?\n    \}\n", text, re.S)
        if block is None:
            raise RuntimeError("nginx/development.conf has no server block of the expected form")
        self.ports[name] = free_port()
        # Like the product's: connections to its own pool are not kept, over HTTP they are, as is usual there.
        keepalive = "keepalive 16;" if http else ""
        server_block = block[0].replace("@LISTEN@", f"listen 127.0.0.1:{self.ports[name]};")
        server_block = server_block.replace("include bitstockerz/", f"include bitstockerz/peer-{name}/")
        # Like the product's, each stands there once more for what nginx may ask again.
        addition = "".join(
            f"\n    upstream peer_{name}{again} {{\n" + f'        server "unix:{server}" max_fails=0;\n' * times
            + f"        {keepalive}\n    }}\n" for again, times in (("", 1), ("_again", 2)))
        site.write_text(text.rstrip().removesuffix("}") + addition + server_block + "}\n")

    @staticmethod
    def proxy() -> str:
        """fastcgi.conf for a peer that speaks HTTP."""
        return """
proxy_http_version 1.1;
proxy_set_header Connection "";
proxy_set_header Host $host;
proxy_set_header X-Request-Id $bitstockerz_request_id;
proxy_connect_timeout 2s;
proxy_read_timeout 30s;
proxy_next_upstream off;
proxy_buffer_size 16k;
proxy_buffers 64 16k;
proxy_busy_buffers_size 32k;
proxy_max_temp_file_size 0;
proxy_ignore_client_abort on;
"""

    def start(self) -> None:
        log = self.work / "stack.log"
        self.process = processes.start(
            [
                self.dev, "run", "--state", str(self.state), "--port", str(self.port),
                "--responders", str(self.responders), "--rate-scale", "10000", "--share", str(self.share),
                "--web", str(self.prefix / "share" / "bitstockerz" / "web"), "--stop-with-input",
                # A process that leaves after its 50,000 requests takes its CPU time out of the measurement.
                "--set", "RESPONDER_MAX_REQUESTS=1000000",
            ],
            log, stdin=subprocess.PIPE,
        )
        deadline = time.monotonic() + 90
        while True:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the stack does not start: {log.read_text()[-800:]}")
            try:
                if self.request("GET", "/api/health/ready")[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.1)

    def stop(self) -> None:
        if self.process is not None:
            self.process.stdin.close()
            try:
                self.process.wait(40)
            except subprocess.TimeoutExpired:
                processes.stop([self.process])

    def status(self) -> dict:
        output = subprocess.run(
            [self.dev, "status", "--json", "--state", str(self.state)],
            check=True, capture_output=True, text=True, timeout=30,
        ).stdout
        return json.loads(output)

    def pids(self, name: str) -> list[int]:
        """Of those that run; what has just ended waits for its next start."""
        children = self.status()["children"]
        return [child["pid"] for child in children if child["name"].startswith(name) and child.get("pid")]

    def command(self, *arguments: str) -> str:
        """Runs the admin tool on this stack's database."""
        environment = {
            **os.environ, "DATABASE_URL": self.status()["database_url"], "ENVIRONMENT": "development",
            "SERVER_SECRET_FILE": str(self.state / "server-secret")}
        done = subprocess.run(
            [self.tool, *arguments], env=environment, capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            raise RuntimeError(f"bitstockerz {' '.join(arguments)}: {done.stderr or done.stdout}")
        return done.stdout.strip()

    def sql(self, text: str) -> str:
        """As the owner of the server, who may go around triggers."""
        url = self.status()["database_url"].replace(" user=bitstockerz ", " user=postgres ", 1)
        done = subprocess.run(
            ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url],
            input=text, capture_output=True, text=True, timeout=3_600)
        if done.returncode != 0:
            raise RuntimeError(f"psql: {done.stderr[-800:]}")
        return done.stdout.strip()

    def request(
        self, method: str, path: str, body: dict | None = None, headers: dict | None = None, port: int | None = None
    ) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=30)
        try:
            fields = dict(headers or {})
            if body is not None:
                fields["Content-Type"] = "application/json"
            connection.request(method, path, json.dumps(body) if body is not None else None, fields)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()
