"""Tests of nginx/: what a killed responder costs, what monitors may ask, what is no address, and what is logged."""

import gzip
import http.client
import json
import threading
import unittest

from nginx_site import Site


# What may be one is not counted by address.
KEY = "Bearer bsk_" + "x" * 43


class ResilienceTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = Site(anonymous_rate=6)
        cls.addClassCleanup(cls.site.close)

    def ask(self, path, method, deaths, pool=None):
        """Status and how often the request came to a responder."""
        answer = self.site.request(path, {"X-Fake-Deaths": str(deaths), "Authorization": KEY}, method)
        return answer.status, (pool or self.site.responder).asked.count((method, path))

    def test_a_killed_responder_costs_no_request_that_changes_nothing(self):
        for number, path in enumerate(("/api/x", "/api/symbols/X", "/api/me/export", "/api/health/ready", "/api")):
            for method in ("GET", "HEAD"):
                with self.subTest(path, method=method):
                    self.assertEqual(self.ask(f"{path}?a={number}", method, 1), (200, 2))
        self.assertEqual(self.ask("/api/auth/oauth/google/start", "GET", 1, self.site.outbound), (200, 2))

    def test_it_is_asked_once_more_and_not_for_ever(self):
        self.assertEqual(self.ask("/api/killer", "GET", 9), (502, 2))

    def test_a_request_that_may_change_something_is_never_sent_twice(self):
        for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "LOCK"):
            for path, pool in (("/api/x", self.site.responder), ("/api/symbols/X", self.site.responder),
                               ("/api/me/oauth/google", self.site.outbound)):
                with self.subTest(path, method=method):
                    self.assertEqual(self.ask(path, method, 1, pool), (502, 1))

    def test_a_part_of_an_answer_never_looks_like_the_whole(self):
        for number, path in enumerate((
                "/api/me/export", "/api/backtests/7/trades.csv", "/api/backtests/7/report.json", "/api/symbols/X/candles",
                "/api/market-data/equities/candles")):
            for cut in ("between", "inside"):
                for coding in ("identity", "gzip"):
                    headers = {"X-Fake-Length": "700000", "Accept-Encoding": coding}
                    with self.subTest(path, cut=cut, coding=coding):
                        answer = self.site.request(f"{path}?{number}.{cut}.{coding}", headers)
                        content = gzip.decompress(answer.content) if coding == "gzip" else answer.content
                        self.assertEqual(len(json.loads(content)["padding"]), 700_000)
                        with self.assertRaises((http.client.IncompleteRead, ConnectionResetError)):
                            self.site.request(f"{path}?{number}.{cut}.{coding}.cut", headers | {"X-Fake-Cut": cut})

    def test_the_responder_knows_who_sees_no_end_of_an_answer_without_a_length(self):
        for version in ("HTTP/1.0", "HTTP/1.1"):
            with self.subTest(version):
                text = self.site.raw(f"GET /api/me/export HTTP/{version[-3:]}\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
                content = text.partition(b"\r\n\r\n")[2]
                parameters = json.loads(content[content.index(b"{") : content.rindex(b"}") + 1])["parameters"]
                self.assertEqual(parameters["SERVER_PROTOCOL"], version)

    def test_responders_that_are_killed_under_load_cost_nothing(self):
        answers = {}

        def client(number):
            for question in range(50):
                # Every third is in the hands of a process that is killed.
                outcome = self.ask(f"/api/load?{number}.{question}", "GET", int(question % 3 == 0))
                answers[outcome] = answers.get(outcome, 0) + 1

        threads = [threading.Thread(target=client, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(answers, {(200, 1): 8 * 33, (200, 2): 8 * 17})

    def test_a_monitor_may_ask_as_often_as_it_likes(self):
        for path in ("/api/health/live", "/api/health/ready"):
            self.assertEqual({self.site.request(path, {"X-Forwarded-For": "192.0.2.7"}).status for _ in range(300)}, {200})

    def test_what_is_no_address_of_the_page_is_not_found(self):
        for path in ("/nope.js", "/.git/config", "/.env", "/index.php", "/backup.tar.gz", "/a.b/c", "/settings/x.js",
                     "/markets.js", "/markets/.git", "/markets/A/b.js", "/assets/none.js", "/%2egit/config"):
            with self.subTest(path):
                answer = self.site.request(path)
                self.assertEqual((answer.status, b"the page" in answer.content), (404, False))
                self.assertIn("default-src 'none'", answer.headers["Content-Security-Policy"])
        for path in ("/", "/markets", "/markets/BRK.B", "/markets/BRK.B/", "/markets/BRK%2EB?range=1y", "/settings/api-keys",
                     "/join", "/index.html"):
            with self.subTest(path):
                answer = self.site.request(path)
                self.assertEqual((answer.status, b"the page" in answer.content), (200, True))
                self.assertEqual(answer.headers["Cache-Control"], "no-cache")

    def logged(self, request_id):
        text = (self.site.home / "log/access.log").read_text()
        return next((line for line in map(json.loads, text.splitlines()) if line["request_id"] == request_id), None)

    def wait_for_log(self, request_id):
        for _ in range(500):
            if line := self.logged(request_id):
                return line
            threading.Event().wait(0.01)
        self.fail("the request was not logged")

    def test_the_log_tells_who_asked_and_how_long_each_part_took(self):
        self.site.request("/api/x?secret=1", {
            "X-Request-Id": "who", "User-Agent": 'Mon"itor/1', "X-Forwarded-For": "192.0.2.8", "Host": "localhost",
            "X-Fake-Deaths": "1"})
        line = self.wait_for_log("who")
        self.assertEqual(
            [line[name] for name in ("client", "host", "protocol", "user_agent", "path", "upstream_status", "trace_id")],
            ["192.0.2.8", "localhost", "HTTP/1.1", 'Mon"itor/1', "/api/x", "502, 200", ""])
        for name in ("upstream_connect_s", "upstream_header_s", "upstream_s"):
            self.assertRegex(line[name], r"^[0-9.-]+, [0-9.]+$")
        self.assertNotIn("secret", (self.site.home / "log/access.log").read_text())

    def test_a_callers_trace_is_logged_and_nothing_else_as_one(self):
        trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        for number, (header, logged) in enumerate((
                (f"00-{trace}-00f067aa0ba902b7-01", trace), (f"01-{trace}-00f067aa0ba902b7-01-later", trace),
                (f"00-{trace}-00f067aa0ba902b7-01-later", ""), (f"ff-{trace}-00f067aa0ba902b7-01", ""),
                (f"00-{trace.upper()}-00f067aa0ba902b7-01", ""), (f"00-{'0' * 32}-00f067aa0ba902b7-01", ""),
                (f"00-{trace}-{'0' * 16}-01", ""), ("secret", ""))):
            with self.subTest(header):
                self.site.request("/api/x", {"X-Request-Id": f"trace-{number}", "traceparent": header})
                self.assertEqual(self.wait_for_log(f"trace-{number}")["trace_id"], logged)


if __name__ == "__main__":
    unittest.main()
