"""Tests of nginx/: the real files under a real nginx in a temporary directory, before a fake responder.

    python3 -m unittest discover -s Tests/Nginx -p '*_test.py'
"""

import gzip
import http.client
import json
import re
import socket
import ssl
import subprocess
import threading
import time
import unittest

from nginx_site import CANDLES, NGINX, PUBLIC, SOURCE, ProblemAssertions, Site


class SiteTest(ProblemAssertions, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = Site()
        cls.addClassCleanup(cls.site.close)

    def test_a_request_reaches_the_responder_with_its_parameters(self):
        seen = self.site.json("/api/strategies?a=%2F&b=1", {"Content-Type": "application/json", "X-Thing": "t"}, "POST", b"{}")
        expected = {"REQUEST_METHOD": "POST", "REQUEST_URI": "/api/strategies?a=%2F&b=1", "QUERY_STRING": "a=%2F&b=1",
                    "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": "2", "REMOTE_ADDR": "127.0.0.1", "HTTP_X_THING": "t"}
        self.assertEqual({name: seen["parameters"].get(name) for name in expected}, expected)
        self.assertEqual((seen["body_bytes"], seen["keep"]), (2, 0))
        self.assertNotIn("HTTPS", seen["parameters"])

    def test_only_what_asks_other_servers_goes_to_the_outbound_pool(self):
        for path, is_outbound in (("/api/auth/oauth/google/start", True), ("/api/auth/oauth/apple/callback?code=c", True),
                                  ("/api/me/oauth/google", True), ("/api/webhooks", True), ("/api/webhooks/x/test", True), ("/api/webhooksx", False), ("/api/auth/providers", False), ("/api/me", False),
                                  ("/api/auth/oauth", False), ("/api/symbols/auth/oauth/", False)):
            with self.subTest(path):
                served = self.site.outbound.served
                self.site.request(path, method="GET")
                self.assertEqual(self.site.outbound.served - served, 1 if is_outbound else 0)

    def test_a_chunked_body_arrives_whole_with_its_length(self):
        seen = self.site.json("/api/strategies", {"Transfer-Encoding": "chunked"}, "POST", iter([b"x" * 1000, b"y" * 1000]))
        self.assertEqual((seen["body_bytes"], seen["parameters"]["CONTENT_LENGTH"]), (2000, "2000"))

    def test_a_valid_request_id_is_kept_and_another_is_replaced(self):
        for sent, kept in (("Abc-1._", True), ("a" * 64, True), ("a" * 65, False), ("a b", False), ('a"b', False), ("", False)):
            with self.subTest(sent):
                answer = self.site.request("/api/health/live", {"X-Request-Id": sent})
                handed = json.loads(answer.content)["parameters"]
                self.assertEqual(answer.headers.get_all("X-Request-Id"), [handed["REQUEST_ID"]])
                self.assertEqual(handed["HTTP_X_REQUEST_ID"], handed["REQUEST_ID"])
                self.assertEqual(handed["REQUEST_ID"] == sent, kept)
                self.assertRegex(handed["REQUEST_ID"], r"^[A-Za-z0-9._-]{1,64}$")

    def test_a_responders_own_refusal_passes_unchanged(self):
        answer = self.site.request("/api/x", {"X-Fake-Status": "404"})
        self.assertEqual((answer.status, "serial" in json.loads(answer.content)), (404, True))

    def test_a_body_over_the_bound_is_refused(self):
        self.assertEqual(self.site.json("/api/x", method="POST", body=b"x" * 262_144)["body_bytes"], 262_144)
        answer = self.site.request("/api/x?secret=1", method="POST", body=b"x" * 262_145)
        self.assert_problem(answer, 413, "PAYLOAD_TOO_LARGE", "/api/x")

    def test_a_file_of_prices_may_be_larger(self):
        most = 64 << 20
        self.assertEqual(self.site.json("/api/market-data/imports?file_name=a", method="POST", body=b"x" * most)["body_bytes"], most)
        answer = self.site.request("/api/market-data/imports", method="POST", body=b"x" * (most + 1))
        self.assert_problem(answer, 413, "PAYLOAD_TOO_LARGE", "/api/market-data/imports")
        self.assertIn(str(most), json.loads(answer.content)["detail"])
        answer = self.site.request("/api/market-data/imports/1/confirm", method="POST", body=b"x" * 262_145)
        self.assertIn("262144", json.loads(answer.content)["detail"])

    def test_one_address_has_only_so_many_files_on_the_way(self):
        head = b"POST /api/market-data/imports HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n12345"
        held = [socket.create_connection(("127.0.0.1", self.site.port)) for _ in range(4)]
        self.addCleanup(lambda: [connection.close() for connection in held])
        for connection in held:
            connection.sendall(head)
        deadline = time.monotonic() + 10
        while True:  # until nginx has read the heads of all four
            answer = self.site.request("/api/market-data/imports", method="POST", body=b"123456789")
            if answer.status == 429 or time.monotonic() > deadline:
                break
        self.assert_problem(answer, 429, "RATE_LIMITED", "/api/market-data/imports")
        self.assertEqual(self.site.request("/api/x").status, 200)

    def test_an_instance_that_json_would_escape_is_not_repeated(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=20)
        answer = self.site.request('/api/"},{\\', method="POST", body=b"x" * 300_000, connection=connection)
        self.assert_problem(answer, 413, "PAYLOAD_TOO_LARGE", "/api")

    def test_a_request_that_cannot_be_read_is_a_problem_too(self):
        for text in (b"GET /api/x HTTP/1.1\r\nHost: a\r\nContent-Length: no\r\n\r\n",
                     b"GET /api/" + b"x" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
                     b"GET /api/x HTTP/1.1\r\nHost: a\r\nX-Long: " + b"x" * 9000 + b"\r\n\r\n",
                     b"GET /api/x HTTP/1.1\r\n\r\n", b"GET /api/\x01 HTTP/1.1\r\nHost: a\r\n\r\n"):
            with self.subTest(text[:60]):
                head, _, content = self.site.raw(text).partition(b"\r\n\r\n")
                self.assertIn(b" 400 ", head.splitlines()[0])
                self.assertIn(b"application/problem+json", head)
                self.assertEqual(json.loads(content)["code"], "VALIDATION_ERROR")

    def test_an_address_of_the_page_that_cannot_be_read_is_answered_with_the_page(self):
        for path in (b"/markets/%E0%A4%A", b"/%", b"/strategies/%zz?x=1", b"/apiary/%"):
            with self.subTest(path):
                head, _, content = self.site.raw(b"GET " + path + b" HTTP/1.1\r\nHost: a\r\n\r\n").partition(b"\r\n\r\n")
                self.assertIn(b" 400 ", head.splitlines()[0])
                self.assertIn(b"Content-Type: text/html", head)
                self.assertIn(b"Content-Security-Policy", head)
                self.assertEqual(content, b"<!doctype html>the page")
        for request in (b"GET /api/symbols/%E0%A4%A", b"POST /markets/%E0%A4%A"):
            with self.subTest(request):
                head, _, content = self.site.raw(request + b" HTTP/1.1\r\nHost: a\r\n\r\n").partition(b"\r\n\r\n")
                self.assertIn(b"application/problem+json", head)
                self.assertEqual(json.loads(content)["code"], "VALIDATION_ERROR")

    def test_over_http2_an_address_that_cannot_be_read_is_answered_with_the_page(self):
        site = Site(production=True)
        self.addCleanup(site.close)

        def ask(protocol, path, *options):
            command = ["curl", "-sk", "-i", "--max-time", "10", protocol, "--path-as-is", *options, "--request-target", path,
                       "--resolve", f"site.test:{site.tls_port}:127.0.0.1", f"https://site.test:{site.tls_port}/"]
            head, _, content = subprocess.run(command, capture_output=True, check=True).stdout.partition(b"\r\n\r\n")
            return head, content

        malformed = ("/%zz", "/markets/%E0%A4%A", "/../..", "/a%00b", "/%")
        for path in malformed:
            with self.subTest(path):
                head, content = ask("--http2", path)
                self.assertTrue(head.startswith(b"HTTP/2 400"), head)
                self.assertIn(b"content-type: text/html", head)
                self.assertIn(b"content-security-policy", head)
                self.assertEqual(content, b"<!doctype html>the page")
                head, content = ask("--http1.1", path)
                self.assertTrue(head.startswith(b"HTTP/1.1 400"), head)
                self.assertEqual(content, b"<!doctype html>the page")
        # nginx keeps nothing of it, so it cannot know that this was one of the API; over HTTP/1.1 it does.
        self.assertTrue(ask("--http2", "/api/%zz")[0].startswith(b"HTTP/2 400"))
        self.assertEqual(json.loads(ask("--http1.1", "/api/%zz")[1])["code"], "VALIDATION_ERROR")
        # What can be read is answered as ever.
        head, content = ask("--http2", "/api/x", "-H", "X-Fake-Status: 404")
        self.assertTrue(head.startswith(b"HTTP/2 404"), head)
        head, content = ask("--http2", "/api/" + "x" * 9000)
        self.assertTrue(head.startswith(b"HTTP/2 "), head)

    def test_plain_http_where_tls_is_spoken_is_told_so_in_our_form(self):
        site = Site(production=True)
        self.addCleanup(site.close)
        for path, kind in (("/api/x", b"application/problem+json"), ("/markets/AAPL", b"text/html")):
            with self.subTest(path), socket.create_connection(("127.0.0.1", site.tls_port), 10) as connection:
                connection.sendall(f"GET {path} HTTP/1.1\r\nHost: site.test\r\nConnection: close\r\n\r\n".encode())
                head, _, content = b"".join(iter(lambda: connection.recv(65536), b"")).partition(b"\r\n\r\n")
                self.assertIn(b" 400 ", head.splitlines()[0])
                self.assertIn(kind, head)
                self.assertNotIn(b"nginx</center>", content)

    def test_what_nginx_refuses_by_its_method_is_left_to_the_responder_who_knows_the_others(self):
        for text, path in ((b"TRACE /api/x?secret=1 HTTP/1.1\r\nHost: a\r\n\r\n", "/api/x?secret=1"),
                           (b"TRACE /api/symbols/AAPL HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "/api/symbols/AAPL"),
                           (b"POST /robots.txt HTTP/1.1\r\nHost: a\r\nX-Fake-Status: 405\r\nConnection: close\r\n"
                            b"Content-Length: 0\r\n\r\n", "/robots.txt")):
            with self.subTest(text[:60]):
                head, _, content = self.site.raw(text).partition(b"\r\n\r\n")
                # It comes in one chunk.
                parameters = json.loads(content[content.index(b"{") : content.rindex(b"}") + 1])["parameters"]
                self.assertEqual((parameters["REQUEST_METHOD"], parameters["REQUEST_URI"]), ("TRACE", path))
                if b"X-Fake-Status" in text:
                    self.assertEqual(head.split()[1], b"405")

    def test_what_nginx_does_not_speak_is_a_problem_too(self):
        for text, status, code in (
                (b"POST /api/x?secret=1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501, "NOT_IMPLEMENTED"),
                (b"GET /api/x?secret=1 HTTP/2.5\r\nHost: a\r\n\r\n", 505, "HTTP_VERSION_NOT_SUPPORTED")):
            with self.subTest(text[:60]):
                head, _, content = self.site.raw(text).partition(b"\r\n\r\n")
                self.assertIn(f" {status} ".encode(), head.splitlines()[0])
                self.assertIn(b"application/problem+json", head)
                self.assertIn(b"Content-Security-Policy", head)
                problem = json.loads(content)
                self.assertEqual((problem["status"], problem["code"]), (status, code))
                self.assertNotIn("secret", problem["instance"])

    def test_methods_that_nobody_knows_are_left_to_the_responder(self):
        for method in ("PROPFIND", "FOO", "OPTIONS"):
            self.assertEqual(self.site.json("/api/x", method=method)["parameters"]["REQUEST_METHOD"], method)

    def test_security_headers_are_on_every_kind_of_answer(self):
        for path in ("/", "/markets/AAPL", "/assets/app-1a2b.js", "/assets/none.js", "/api/health/live", CANDLES):
            with self.subTest(path):
                headers = self.site.request(path).headers
                policy = headers["Content-Security-Policy"]
                self.assertNotIn("unsafe", policy.partition("script-src")[2].partition(";")[0])
                self.assertIn("frame-ancestors 'none'", policy)
                self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
                self.assertEqual(headers["Cross-Origin-Opener-Policy"], "same-origin")
                self.assertNotIn("Strict-Transport-Security", headers)
                self.assertNotIn("/", headers["Server"])

    def test_the_page_answers_deep_links_and_assets_never_change(self):
        for path in ("/", "/markets/AAPL", "/markets/BRK.B", "/backtests/1?points=2"):
            answer = self.site.request(path)
            self.assertEqual((answer.status, answer.content[-8:], answer.headers["Cache-Control"]), (200, b"the page", "no-cache"))
        answer = self.site.request("/assets/app-1a2b.js", {"Accept-Encoding": "gzip"})
        self.assertEqual(answer.headers["Content-Encoding"], "gzip")
        self.assertEqual(answer.headers["Cache-Control"], "public, max-age=31536000, immutable")
        self.assertEqual(self.site.request("/assets/gone.js").status, 404)

    def test_a_page_from_before_an_upgrade_finds_its_files(self):
        for accepted in ("br", ""):
            answer = self.site.request("/assets/app-0.js", {"Accept-Encoding": accepted})
            self.assertEqual((answer.status, answer.content, answer.headers["Content-Encoding"]), (200, b"export {};", None))
            self.assertEqual(answer.headers["Content-Type"], "application/javascript")
            self.assertEqual(answer.headers["Cache-Control"], "public, max-age=31536000, immutable")

    def test_scripts_come_in_brotli_where_it_is_taken(self):
        for accepted, encoding in (("gzip, deflate, br, zstd", "br"), ("br", "br"), ("br;q=0.5,gzip", "br"), ("gzip", "gzip"),
                                   ("gzip, br;q=0", "gzip"), ("gzip,br;q=0.0", "gzip"), ("gzip, brotli", "gzip"), ("", None)):
            with self.subTest(accepted):
                answer = self.site.request("/assets/app-1a2b.js", {"Accept-Encoding": accepted})
                self.assertEqual((answer.status, answer.headers["Content-Encoding"]), (200, encoding))
                self.assertEqual(answer.content == b"brotli", encoding == "br")
                self.assertEqual(answer.headers["Content-Type"], "application/javascript")
                self.assertEqual(answer.headers["Cache-Control"], "public, max-age=31536000, immutable")
                self.assertEqual(answer.headers.get_all("Vary"), ["Accept-Encoding"])
                self.assertIn("Content-Security-Policy", answer.headers)
        answer = self.site.request("/assets/old.css", {"Accept-Encoding": "br"})
        self.assertEqual((answer.content, answer.headers["Content-Encoding"], answer.headers["Content-Type"]), (b"a{}", None, "text/css"))

    def test_the_api_is_never_the_page(self):
        for path in ("/api", "/api/", "/api/markets"):
            self.assertIn("serial", self.site.json(path))

    def test_public_market_data_is_cached_by_method_query_and_form(self):
        headers = {"X-Fake-Headers": json.dumps(PUBLIC)}
        def serial(path, **more):
            return self.site.json(path, headers | more)["serial"]
        first = serial(CANDLES + "?symbol=A")
        self.assertEqual(serial(CANDLES + "?symbol=A"), first)
        self.assertEqual(serial(CANDLES + "?symbol=A", Accept="text/html, */*;q=0.1"), first)
        self.assertNotEqual(serial(CANDLES + "?symbol=A", Accept="text/csv"), first)
        self.assertNotEqual(serial(CANDLES + "?symbol=B"), first)
        # Nobody looks at credentials here, so they are no way around the cache.
        self.assertEqual(serial(CANDLES + "?symbol=A", Authorization="Bearer x"), first)
        self.assertEqual(serial(CANDLES + "?symbol=A", Cookie="__Host-session=b"), first)
        # Who claims a session and has just changed something asks anew, and whoever comes after gets that.
        anew = {"Cache-Control": "no-cache"}
        self.assertEqual(serial(CANDLES + "?symbol=A", **anew), first)
        second = serial(CANDLES + "?symbol=A", Cookie="a=b; __Host-session=b", **anew)
        self.assertNotEqual(second, first)
        self.assertEqual(serial(CANDLES + "?symbol=A"), second)

    def test_a_head_does_not_poison_the_get(self):
        headers, path = {"X-Fake-Headers": json.dumps(PUBLIC)}, "/api/symbols/HEAD"
        self.assertEqual(self.site.request(path, headers, "HEAD").content, b"")
        self.assertIn("serial", self.site.json(path, headers))
        self.assertEqual(self.site.request(path, headers, "HEAD").content, b"")

    def test_only_public_200s_are_cached(self):
        for path, more in (("/api/symbols/GONE", {"X-Fake-Status": "404", "X-Fake-Headers": json.dumps(PUBLIC)}),
                           ("/api/symbols/PRIVATE", {"X-Fake-Headers": json.dumps({"Cache-Control": "no-store"})}),
                           ("/api/symbols/NONE", {}), ("/api/strategies", {"X-Fake-Headers": json.dumps(PUBLIC)})):
            with self.subTest(path):
                self.assertNotEqual(self.site.json(path, more)["serial"], self.site.json(path, more)["serial"])

    def test_a_cached_answer_answers_304_and_carries_the_new_request_id(self):
        headers, path = {"X-Fake-Headers": json.dumps(PUBLIC)}, "/api/symbols/ETAG"
        self.site.request(path, headers)
        answer = self.site.request(path, {"If-None-Match": '"r1"', "X-Request-Id": "mine"})
        self.assertEqual((answer.status, answer.headers["X-Request-Id"]), (304, "mine"))
        answer = self.site.request(path, {"If-None-Match": '"r1"', "Authorization": "Bearer x"})
        self.assertEqual((answer.status, answer.headers["X-Cache"]), (304, "HIT"))

    def test_a_stale_answer_hides_an_error_upstream(self):
        path, aged = "/api/symbols/STALE", json.dumps(PUBLIC | {"X-Accel-Expires": "1"})
        first = self.site.json(path, {"X-Fake-Headers": aged})["serial"]
        broken = {"X-Fake-Headers": aged, "X-Fake-Status": "503"}
        for _ in range(200):
            answer = self.site.request(path, broken)
            self.assertEqual((answer.status, json.loads(answer.content)["serial"]), (200, first))
            if answer.headers["X-Cache"] in ("STALE", "UPDATING"):
                return
            threading.Event().wait(0.02)
        self.fail("the answer never grew stale")

    def test_many_requests_for_one_missing_answer_ask_the_responder_once(self):
        headers = {"X-Fake-Headers": json.dumps(PUBLIC), "X-Fake-Hold": "0.3"}
        serials, threads = set(), []
        for _ in range(8):
            threads.append(threading.Thread(target=lambda: serials.add(self.site.json("/api/symbols/LOCK", headers)["serial"])))
            threads[-1].start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(serials), 1)

    def test_json_is_compressed_for_those_who_ask(self):
        answer = self.site.request("/api/x", {"Accept-Encoding": "gzip", "X-Fake-Length": "5000"})
        self.assertEqual(len(json.loads(gzip.decompress(answer.content))["padding"]), 5000)

    def test_only_an_export_waits_on_the_disk_for_a_reader_that_stalls(self):
        exports = [f"/api/backtests/7/{file}" for file in ("trades.csv", "equity.csv", "report.json")]
        exports += ["/api/me/export", "/api/trading/executions.csv"]
        for path in ["/api/backtests/7", *exports]:
            reader = socket.socket()
            self.addCleanup(reader.close)
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            reader.connect(("127.0.0.1", self.site.port))
            reader.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nX-Fake-Length: 20000000\r\n\r\n".encode())
        deadline = time.monotonic() + 20
        while not set(exports) <= set(self.site.responder.written) and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertLessEqual(set(exports), set(self.site.responder.written))
        # The one that asked first still holds its responder.
        self.assertNotIn("/api/backtests/7", self.site.responder.written)


class CatalogTest(unittest.TestCase):
    def test_every_problem_says_what_the_catalog_of_the_api_says(self):
        catalog = (SOURCE.parent / "Sources/App/API/ErrorCatalog.swift").read_text()
        titles = dict(re.findall(r'case \.(\w+): "([^"]+)"', catalog))
        problems = [json.loads(text) for text in re.findall(r"return \d+ '(\{.*\})';", (SOURCE / "errors.conf").read_text())]
        self.assertEqual(len(problems), 10)
        for problem in problems:
            first, *rest = problem["code"].lower().split("_")
            self.assertEqual(problem["title"], titles[first + "".join(map(str.capitalize, rest))])
            self.assertEqual(problem["type"].rpartition("/")[2], problem["code"].lower().replace("_", "-"))


class AnotherPortTest(unittest.TestCase):
    def test_plain_http_is_sent_to_the_port_that_the_operator_sets(self):
        site = Site(production=True, https_port=8443)
        self.addCleanup(site.close)
        answer = site.request("/markets/AAPL?x=1", {"Host": "site.test"})
        self.assertEqual((answer.status, answer.headers["Location"]), (308, "https://site.test:8443/markets/AAPL?x=1"))
        answer = site.request("/", {"Host": "site.test:80"})
        self.assertEqual(answer.headers["Location"], "https://site.test:8443/")


class ProductionTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = Site(production=True)
        cls.addClassCleanup(cls.site.close)
        cls.trust = ssl.create_default_context(cafile=cls.site.home / "etc/certificate.pem")
        cls.trust.check_hostname = False

    def secure(self, path, headers):
        connection = http.client.HTTPSConnection("127.0.0.1", self.site.tls_port, context=self.trust, timeout=20)
        return self.site.request(path, {"Host": "site.test"} | headers, connection=connection)

    def test_the_site_speaks_tls_and_sends_plain_http_there(self):
        answer = self.site.request("/markets/AAPL?x=1", {"Host": "site.test"})
        self.assertEqual((answer.status, answer.headers["Location"]), (308, "https://site.test/markets/AAPL?x=1"))
        answer = self.secure("/api/health/live", {"X-Forwarded-For": "192.0.2.1"})
        seen = json.loads(answer.content)["parameters"]
        self.assertEqual((seen["HTTPS"], seen["REMOTE_ADDR"]), ("on", "127.0.0.1"), "an unlisted proxy is not believed")
        self.assertEqual(answer.headers["Strict-Transport-Security"], "max-age=63072000")
        self.assertEqual(self.secure("/markets/AAPL", {}).content[-8:], b"the page")
        trust = ssl.create_default_context(cafile=self.site.home / "etc/certificate.pem")
        trust.set_alpn_protocols(["h2"])
        with socket.create_connection(("127.0.0.1", self.site.tls_port), 10) as plain, \
                trust.wrap_socket(plain, server_hostname="site.test") as secure:
            self.assertEqual(secure.selected_alpn_protocol(), "h2")

    def test_other_names_are_not_answered(self):
        for host in ("evil.example", "127.0.0.1", "[::1]", "site.test.evil.example", "x.site.test", "bitstockerz.example"):
            with self.subTest(host):
                for ask in (self.site.request, self.secure):
                    with self.assertRaises(http.client.RemoteDisconnected):
                        ask("/", {"Host": host})
        self.assertEqual(self.site.raw(b"GET / HTTP/1.0\r\n\r\n"), b"")
        for name in ("evil.example", "x.site.test"):
            with socket.create_connection(("127.0.0.1", self.site.tls_port), 10) as plain, \
                    self.assertRaisesRegex(ssl.SSLError, "(?i)unrecognized.name"):
                self.trust.wrap_socket(plain, server_hostname=name)

    def test_challenges_for_certificates_are_answered_without_tls(self):
        folder = self.site.home / "acme/.well-known/acme-challenge"
        folder.mkdir(parents=True)
        (folder / "token").write_text("token.key")
        answer = self.site.request("/.well-known/acme-challenge/token", {"Host": "site.test"})
        self.assertEqual((answer.status, answer.content, answer.headers["Content-Type"]), (200, b"token.key", "text/plain"))

    def test_other_names_may_be_left_to_another_site(self):
        site = Site(production=True)
        self.addCleanup(site.close)
        (site.home / "etc/other-names.conf").unlink()
        checked = subprocess.run([NGINX, "-p", str(site.home), "-c", str(site.home / "nginx/nginx.conf"), "-t"], capture_output=True)
        self.assertEqual(checked.returncode, 0, checked.stderr)



if __name__ == "__main__":
    unittest.main()
