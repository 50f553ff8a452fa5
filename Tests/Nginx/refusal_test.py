"""Tests of nginx/: who is refused for asking too often, what stands in a log, and what is said when nobody answers."""

import collections
import http.client
import json
import os
import socket
import ssl
import time
import unittest

from nginx_site import CANDLES, ProblemAssertions, Site


class RefusalTest(ProblemAssertions, unittest.TestCase):
    def test_an_address_over_its_rate_gets_429_and_others_do_not(self):
        site = Site(anonymous_rate=6)
        self.addCleanup(site.close)
        def status(address, path="/api/auth/providers", **more):
            return site.request(path, {"X-Forwarded-For": address} | more)
        for first, same, other in (("192.0.2.1", "192.0.2.1", "192.0.2.2"), ("2001:db8::1", "2001:db8::ffff:1", "2001:db8:0:1::1")):
            answers = [status(first).status for _ in range(260)]
            self.assertEqual(answers[:200], [200] * 200, "a page load must not trip the limit")
            self.assert_problem(answer := status(same), 429, "RATE_LIMITED", "/api/auth/providers")
            self.assertEqual(answer.headers["Retry-After"], "1")
            self.assertEqual(status(other).status, 200)
            token = "Ab-_" * 10 + "abc"
            key = {"Authorization": f"Bearer bsk_{token}"}
            session = {"Cookie": f"a=1; __Host-session={token}"}
            for open_path in ("/api/auth/providers", "/api/symbols/A", "/api//symbols/search?q=a", "/api/openapi.json",
                              CANDLES + "?symbol=A", "/api/strategies/indicators", "/api/auth/webauthn/login/options",
                              "/api/auth/recover", "/api/auth/oauth/google/start", "/api/metrics"):
                for claim in ({}, key, session, key | session):
                    self.assertEqual(status(first, open_path, **claim).status, 429, (open_path, claim))
            # Where somebody must be signed in the responder counts, by user or by address.
            for claim in (key, session, {"Cookie": f"__Host-session={token}; a=1"}):
                for path in ("/api/strategies", "/api/auth/me", "/api/auth/logout", "/api/auth/reauthenticate/options",
                             "/api/auth/providers/x", "/api/market-data/other", "/api/me/oauth/google"):
                    self.assertEqual(status(first, path, **claim).status, 200, (path, claim))
            # What can be no key and no session of ours is answered without a look at a database, and counts here.
            for claim in ({}, {"Authorization": "Basic abc", "Cookie": f"x__Host-session={token}"},
                          {"Cookie": f"0;Bearer bsk_{token};"}, {"Authorization": "Bearer x"},
                          {"Authorization": f"Bearer bsk_{token}x"}, {"Authorization": f"Bearer {token}"},
                          {"Cookie": "__Host-session=abc"}, {"Cookie": f"__Host-session={token}x"}):
                self.assertEqual(status(first, "/api/strategies", **claim).status, 429)
            # What nginx refuses by its method, and asks a responder about.
            self.assert_problem(site.request("/", {"X-Forwarded-For": first}, "TRACE"), 429, "RATE_LIMITED", "/")

    def assert_counted(self, site, name, counts):
        """Requests are logged when they are over, a moment after their answer."""
        deadline = time.monotonic() + 20
        while True:
            files = {path.name: path.read_bytes() for path in (site.home / "log").glob("*refused-*")}
            found = {int(file.removeprefix(f"{name}-").removesuffix(".log")): len(text) for file, text in files.items()}
            if {status: count for status, count in found.items() if count} == counts or time.monotonic() > deadline:
                break
            time.sleep(0.02)
        self.assertEqual(found, {status: counts.get(status, 0) for status in (400, 408, 413, 429, 500, 502, 504)})
        self.assertEqual(set(b"".join(files.values())), {ord("\n")})

    def test_what_nginx_refuses_itself_is_counted_by_status(self):
        site = Site(anonymous_rate=6, patience=1)
        self.addCleanup(site.close)
        known = {"Authorization": f"Bearer bsk_{'x' * 43}"}
        counts = collections.Counter()
        def ask(status, path, more=None, method="GET", body=None, is_counted=True):
            self.assertEqual(site.request(path, known | (more or {}), method, body).status, status, (path, more))
            counts[status] += is_counted
        slow = socket.create_connection(("127.0.0.1", site.port), 10)
        self.addCleanup(slow.close)
        slow.sendall(b"GET /api/x HTTP/1.1\r\n")
        counts[408] += 1
        counts[429] += sum(site.request("/api/auth/providers").status == 429 for _ in range(230))
        self.assertGreater(counts[429], 0)
        for _ in range(3):
            ask(413, "/api/x", method="POST", body=b"x" * 300_000)
        self.assertIn(b" 400 ", site.raw(b"GET /api/x HTTP/1.1\r\nConnection: close\r\n\r\n").splitlines()[0])
        self.assertIn(b" 400 ", site.raw(b"GET /%ZZ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").splitlines()[0])
        counts[400] += 2
        ask(502, "/api/killer", {"X-Fake-Deaths": "9"})
        ask(502, "/api/killer", {"X-Fake-Deaths": "9"}, "POST")
        ask(504, "/api/slow", {"X-Fake-Hold": "3"})
        os.chmod(site.home / "nginx/body", 0)
        ask(500, "/api/market-data/imports", method="POST", body=b"x" * 400_000)
        # What a responder has said is counted there, also where another one had died before.
        for status in (400, 408, 413, 429, 500, 502, 504):
            ask(status, f"/api/said/{status}", {"X-Fake-Status": str(status)}, is_counted=False)
            ask(status, f"/api/said/again/{status}", {"X-Fake-Status": str(status), "X-Fake-Deaths": "1"}, is_counted=False)
        for status, path in ((200, "/"), (200, "/api/x"), (404, "/assets/none.js"), (404, "/.env")):
            ask(status, path, is_counted=False)
        self.assert_counted(site, "refused", dict(+counts))

    def test_the_production_site_counts_them_too(self):
        site = Site(production=True)
        self.addCleanup(site.close)
        connection = http.client.HTTPSConnection(
            "127.0.0.1", site.tls_port, context=ssl._create_unverified_context(), timeout=20)
        answer = site.request("/api/x", {"Host": "site.test"}, "POST", b"x" * 300_000, connection)
        self.assertEqual(answer.status, 413)
        self.assert_counted(site, "bitstockerz-refused", {413: 1})

    def test_no_log_holds_a_secret_of_a_request(self):
        for production in (False, True):
            with self.subTest(production=production):
                site = Site(production=production, anonymous_rate=6)
                self.addCleanup(site.close)
                if production:
                    trust = ssl._create_unverified_context()
                    def send(path, headers=None, method="GET", body=None):
                        connection = http.client.HTTPSConnection("127.0.0.1", site.tls_port, context=trust, timeout=20)
                        return site.request(path, {"Host": "site.test"} | (headers or {}), method, body, connection)
                else:
                    send = site.request
                marks = ("planted-query", "planted-key", "planted-cookie", "planted-body", "planted-referer")
                def ask(path, method="GET", body=None):
                    headers = {"Authorization": f"Bearer bsk_{marks[1]:-<43}", "Cookie": f"__Host-session={marks[2]:-<43}",
                               "Referer": f"https://site.test/?{marks[4]}", "Content-Type": "application/json"}
                    return send(f"{path}?code={marks[0]}&q={marks[0]}", headers, method, body).status
                # Limited, too large, not readable, no responder, one that dies, plain HTTP: whatever nginx complains of.
                statuses = {ask("/api/auth/oauth/google/callback") for _ in range(230)}
                self.assertIn(200, statuses)
                self.assertTrue(production or 429 in statuses, statuses)
                ask("/api/strategies", "POST", json.dumps({"secret": marks[3]}).encode() * 20)
                self.assertEqual(ask("/api/strategies", "POST", marks[3].encode() * 40_000), 413)
                self.assertEqual(ask("/assets/missing.js"), 404)
                for pool in (site.responder, site.outbound):
                    pool.close()
                self.assertEqual((ask("/api/backtests/x/report.json"), ask("/api/me/oauth/apple")), (502, 502))
                os.unlink(site.socket)
                self.assertEqual(ask("/api/strategies"), 502)
                if production:
                    site.request(f"/.well-known/acme-challenge/x?{marks[0]}", {"Host": "site.test"})
                    site.request(f"/markets?q={marks[0]}", {"Host": "site.test"})
                    site.raw(f"GET /?{marks[0]} HTTP/1.1\r\nHost: other.test\r\n\r\n".encode())
                    site.raw(f"GET /{marks[0] * 1000} HTTP/1.1\r\nHost: other.test\r\n\r\n".encode())
                logs = {path.name: path.read_text(errors="replace") for path in (site.home / "log").iterdir()}
                self.assertTrue(any("/api/backtests/x/report.json" in text for text in logs.values()), logs.keys())
                for name, text in logs.items():
                    for mark in marks:
                        self.assertNotIn(mark, text, name)

    def test_dead_and_missing_responders_are_problems(self):
        site = Site()
        self.addCleanup(site.close)
        site.responder.close()
        self.assert_problem(site.request("/api/health/live"), 502, "SERVICE_UNAVAILABLE", "/api/health/live")
        os.unlink(site.socket)
        answer = site.request("/api/symbols/A?q=1")
        self.assert_problem(answer, 502, "SERVICE_UNAVAILABLE", "/api/symbols/A")
        self.assertEqual(answer.headers["Retry-After"], "1")
        self.assertEqual(site.request("/").status, 200)
