"""A real nginx with the real files of nginx/, before a fake responder, in a temporary directory."""


import gzip
import http.client
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile

from fake_responder import FakeResponder

SOURCE = pathlib.Path(__file__).resolve().parents[2] / "nginx"
NGINX = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin") or "nginx"
PUBLIC = {"Cache-Control": "public, max-age=60", "ETag": '"r1"', "Vary": "Accept"}
CANDLES = "/api/market-data/equities/candles"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Site:
    """One nginx with its own directory, page and fake responder."""

    def __init__(self, production=False, anonymous_rate=600_000, https_port=None, patience=None):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="bsz-nginx-"))
        self.port, self.tls_port = free_port(), free_port()
        for folder in ("nginx/cache", "log", "web/assets", "etc"):
            (self.home / folder).mkdir(parents=True)
        (self.home / "web/index.html").write_text("<!doctype html>the page")
        (self.home / "web/robots.txt").write_text("User-agent: *")
        script = b"export {};" * 300
        (self.home / "web/assets/app-1a2b.js").write_bytes(script)
        (self.home / "web/assets/app-1a2b.js.gz").write_bytes(gzip.compress(script))
        # nginx does not look into it.
        (self.home / "web/assets/app-1a2b.js.br").write_bytes(b"brotli")
        (self.home / "web/assets/old.css").write_bytes(b"a{}")
        self.socket = str(self.home / "responder.sock")
        self.responder = FakeResponder(self.socket)
        self.outbound = FakeResponder(str(self.home / "outbound.sock"))
        shutil.copytree(SOURCE, self.home / "nginx/bitstockerz")
        locations = self.home / "nginx/bitstockerz/locations.conf"
        locations.write_text(locations.read_text().replace("/var/lib/bitstockerz", str(self.home)))
        if patience:
            for file, line in (("limits", "client_header_timeout 10s;"), ("fastcgi", "fastcgi_read_timeout 30s;")):
                path = self.home / f"nginx/bitstockerz/{file}.conf"
                self.assert_present(text := path.read_text(), line)
                path.write_text(text.replace(line, f"{line.split()[0]} {patience}s;"))
        (self.home / "before/assets").mkdir(parents=True)
        (self.home / "before/assets/app-0.js").write_bytes(b"export {};")
        text = self._production(https_port) if production else self._development(anonymous_rate)
        (self.home / "nginx/nginx.conf").write_text(text)
        # Started as root, nginx answers as www-data, which must reach what this test made as root.
        if os.geteuid() == 0:
            subprocess.run(["chmod", "-R", "a+rwX", self.home], check=True)
        command = [NGINX, "-p", str(self.home), "-c", str(self.home / "nginx/nginx.conf")]
        checked = subprocess.run([*command, "-t"], capture_output=True, text=True)
        # Newer releases spell `listen ... http2` in another way, which Debian 12 does not know.
        warnings = [line for line in checked.stderr.splitlines() if "[warn]" in line and "http2" not in line]
        if checked.returncode != 0 or warnings:
            raise AssertionError(checked.stderr)
        self.log = open(self.home / "log/error.log", "wb")
        self.process = subprocess.Popen(command, stderr=self.log)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                try:
                    self.process.wait(0.05)
                except subprocess.TimeoutExpired:
                    continue
                break
        raise AssertionError("nginx did not start: " + (self.home / "log/error.log").read_text())

    def _development(self, rate):
        text = (SOURCE / "development.conf").read_text()
        for name, value in {
            "SOCKETS": self.home, "ANONYMOUS_RATE": rate, "ADDRESS_RATE": 10_000,
            "LISTEN": f"listen 127.0.0.1:{self.port};",
        }.items():
            text = text.replace(f"@{name}@", str(value))
        trust = "server_name localhost;\nset_real_ip_from 127.0.0.1;\nreal_ip_header X-Forwarded-For;"
        return text.replace("server_name localhost;", trust)

    def _production(self, https_port):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
             "-subj", "/CN=site.test", "-keyout", self.home / "etc/key.pem", "-out", self.home / "etc/certificate.pem"],
            check=True, capture_output=True)
        (self.home / "etc/site.conf").write_text(
            f"server_name site.test;\nssl_certificate {self.home}/etc/certificate.pem;\n"
            f"ssl_certificate_key {self.home}/etc/key.pem;\n")
        site = (SOURCE / "bitstockerz.conf").read_text()
        settings = ["trusted-proxies.conf", "other-names.conf", "listen-https.conf", "listen-http.conf"]
        texts = {name: (SOURCE / name).read_text() for name in settings}
        texts |= {f"conf.d/{path.name}": path.read_text() for path in (SOURCE / "conf.d").iterdir()}
        (self.home / "etc/conf.d").mkdir()
        for real, here in {
            "/etc/bitstockerz/nginx": self.home / "etc", "/run/bitstockerz": self.home, "/usr/share/bitstockerz": self.home,
            "/var/cache/nginx/bitstockerz": self.home / "nginx/cache", "/var/log/nginx": self.home / "log",
            "/var/lib/bitstockerz": self.home, "listen 443": f"listen 127.0.0.1:{self.tls_port}",
            "listen [::]:443 ssl http2;": "", "listen 80;": f"listen 127.0.0.1:{self.port};", "listen [::]:80;": "",
        }.items():
            self.assert_present(site + "".join(texts.values()), real)
            site = site.replace(real, str(here))
            texts = {name: text.replace(real, str(here)) for name, text in texts.items()}
        if https_port:
            # As the file itself says.
            line = "#set $bitstockerz_https_port :8443;"
            self.assert_present(texts["listen-http.conf"], line)
            texts["listen-http.conf"] = texts["listen-http.conf"].replace(line, line[1:].replace("8443", str(https_port)))
        for name, text in texts.items():
            (self.home / "etc" / name).write_text(text)
        # The lines of Debian's own nginx.conf that a site file must get along with.
        return (f"daemon off; pid {self.home}/nginx.pid; error_log stderr warn; events {{}}\nhttp {{\nsendfile on; tcp_nopush on; gzip on;"
                f"ssl_prefer_server_ciphers on; access_log {self.home}/log/access.log; include /etc/nginx/mime.types; default_type application/octet-stream;\n"
                + "".join(f"{part}_temp_path {self.home}/nginx/{part};\n" for part in ("client_body", "fastcgi", "proxy", "scgi", "uwsgi"))
                + site + "}\n")

    @staticmethod
    def assert_present(text, part):
        if part not in text:
            raise AssertionError(f"the site no longer says {part!r}")

    def close(self):
        self.process.terminate()
        self.process.wait(20)
        self.log.close()
        for pool in (self.responder, self.outbound):
            try:
                pool.close()
            except OSError:
                pass
        shutil.rmtree(self.home)

    def request(self, path, headers=None, method="GET", body=None, connection=None):
        connection = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        chunked = not isinstance(body, (bytes, type(None)))
        try:
            connection.request(method, path, body, headers or {}, encode_chunked=chunked)
            answer = connection.getresponse()
            answer.content = answer.read()
            return answer
        finally:
            connection.close()

    def json(self, path, headers=None, method="GET", body=None):
        return json.loads(self.request(path, headers, method, body).content)

    def raw(self, text):
        with socket.create_connection(("127.0.0.1", self.port), 10) as connection:
            connection.sendall(text)
            return b"".join(iter(lambda: connection.recv(65536), b""))


class ProblemAssertions:
    """For a `unittest.TestCase`."""

    def assert_problem(self, answer, status, code, instance):
        problem = json.loads(answer.content)
        self.assertEqual(answer.status, status)
        self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
        self.assertEqual((problem["status"], problem["code"], problem["instance"]), (status, code, instance))
        self.assertEqual(problem["request_id"], answer.headers["X-Request-Id"])
        self.assertTrue(problem["type"].startswith("https://bitstockerz.dev/errors/"))
        self.assertTrue(problem["title"])
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertIn("default-src 'none'", answer.headers["Content-Security-Policy"])
