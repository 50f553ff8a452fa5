"""Prices come in from a file: brought, understood, asked about, stored, found again. Files of the tests of PriceFiles."""

import json
import re
import time
import unittest
from pathlib import Path

from axe import AxeTest
from harness import api, expect
from passkeys import DATABASE, new_email, sql
from strategies import StrategyTest

FILES = Path(__file__).resolve().parents[2] / "PriceFilesTests" / "Fixtures"

# Files as they are dragged from the desktop.
DRAGGED = """files => {
    const carried = new DataTransfer();
    for (const [name, text] of files) carried.items.add(new File([text], name));
    return carried;
}"""


class ImportTest(StrategyTest):
    def operator(self, path: str = "", **options):
        email = new_email()
        page, _ = self.user(email=email, **options)
        sql(f"UPDATE users SET role = 'operator' WHERE email = '{email}'")
        if path:
            page.goto(self.url(path))
        return page

    def symbol(self) -> str:
        """A new symbol, retired when the test is over; last in every list, below what others look at."""
        symbol = f"ZZ{time.time_ns():X}"
        self.addCleanup(self.retire, symbol)
        return symbol

    def retire(self, symbol: str) -> None:
        where = f"symbol_id IN (SELECT id FROM symbols WHERE symbol = '{symbol}')"
        for table in ("data_findings", "series_checks", "equity_daily_bars", "bar_series"):
            sql(f"DELETE FROM {table} WHERE {where}")
        # A symbol stays: what once hung on it must not hang on another.
        sql(f"UPDATE symbols SET is_active = false WHERE symbol = '{symbol}'")

    def choose(self, page, name: str) -> None:
        """By the button."""
        page.goto(self.url("/data/import"))
        with page.expect_file_chooser() as chooser:
            page.get_by_role("button", name="Choose files").click()
        chooser.value.set_files(FILES / name)
        expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()

    def drop(self, page, *names: str) -> None:
        self.drop_texts(page, [[name, (FILES / name).read_text()] for name in names])

    def drop_texts(self, page, files) -> None:
        carried = page.evaluate_handle(DRAGGED, files)
        page.get_by_test_id("drop-zone").dispatch_event("drop", {"dataTransfer": carried})

    def name_symbol(self, page, symbol: str) -> None:
        page.get_by_label("Symbol", exact=True).fill(symbol)
        page.keyboard.press("Enter")

    def store(self, page, symbol: str) -> None:
        page.get_by_role("button", name="Store the bars").click()
        expect(page.get_by_role("link", name=f"Chart of {symbol}")).to_be_visible()

    def first_day(self, page):
        return page.get_by_test_id("first-bars").locator("tbody th").first


@unittest.skipUnless(DATABASE, "BITSTOCKERZ_DATABASE is not set")
class ImportTests(ImportTest):
    def test_a_file_is_dropped_looked_at_stored_and_charted(self):
        page = self.operator("/data/import")
        symbol = self.symbol()
        name = "yahoo-columns.csv"
        self.drop(page, name)
        expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
        expect(page.get_by_test_id("refusal")).to_contain_text("The file names no symbol.")
        # What is in it is seen before anything is answered.
        expect(self.first_day(page)).to_have_text("2015-01-05")
        self.chart_ready(page)
        self.assertEqual(self.bars(page), 20)
        self.name_symbol(page, symbol)
        expect(page.get_by_test_id("outcome")).to_contain_text(f"20 new daily bars of {symbol}.")
        expect(page.get_by_test_id("outcome")).to_contain_text("A new symbol.")
        # The address says all of it: a reload loses nothing.
        page.reload()
        expect(page.get_by_test_id("outcome")).to_contain_text("20 new daily bars")
        self.store(page, symbol)
        expect(page.get_by_role("note")).to_contain_text("Done. 20 new daily bars")
        page.get_by_role("link", name=f"Chart of {symbol}").click()
        self.chart_ready(page)
        expect(page.get_by_role("heading", level=1)).to_contain_text(symbol)
        self.choose(page, name)
        self.name_symbol(page, symbol)
        expect(page.get_by_test_id("outcome")).to_contain_text("Nothing new: 20 bars")
        expect(page.get_by_role("button", name="Store the bars")).to_have_count(0)

    def test_several_files_are_sent_one_after_the_other_and_a_busy_server_is_asked_again(self):
        self.expects_failed_requests = True
        page = self.operator("/data/import")
        names = ("yahoo-columns.csv", "null-rows.csv", "bom-crlf.csv")
        asked: list[str] = []
        under_way: list = []
        at_once: list[int] = []

        def busy_once(route):
            if route.request.method != "POST":
                return route.fallback()
            under_way.append(route)
            asked.append(route.request.url.rpartition("=")[2])
            at_once.append(len(under_way))
            if len(asked) == 2:
                route.fulfill(
                    status=503,
                    content_type="application/problem+json",
                    headers={"Retry-After": "0"},
                    body=json.dumps({"title": "Busy", "status": 503}),
                )
            else:
                route.fulfill(response=route.fetch())
            under_way.remove(route)

        page.route("**/api/market-data/imports?*", busy_once)
        self.drop(page, *names)
        waiting = page.get_by_role("region", name="Not stored yet")
        for name in names:
            expect(waiting.get_by_role("link", name=name)).to_be_visible()
        self.assertEqual(asked, [names[0], names[1], names[1], names[2]])
        self.assertEqual(set(at_once), {1})
        expect(page.get_by_role("alert")).to_have_count(0)
        for name in names:
            waiting.get_by_role("button", name=f"Remove {name}").click()
            expect(waiting.get_by_role("link", name=name)).to_have_count(0)

    def test_a_day_that_could_be_a_month_is_asked_about(self):
        page = self.operator()
        self.choose(page, "day-or-month-first.csv")
        question = page.get_by_role("group", name="Dates")
        expect(page.get_by_test_id("refusal")).to_contain_text("cannot be known from this file.")
        question.get_by_role("button", name="Day first").click()
        # Then they are the first of May, of June, of July, which are no days in a row.
        expect(page.get_by_test_id("refusal")).to_contain_text("apart")
        self.assertIn("date_order=day-first", page.url)
        page.go_back()
        question.get_by_role("button", name="Month first").click()
        expect(self.first_day(page)).to_have_text("2015-01-05")

    def test_what_is_mistyped_is_said_at_its_field_and_the_file_stays(self):
        self.expects_failed_requests = True
        page = self.operator()
        self.choose(page, "yahoo-columns.csv")
        self.name_symbol(page, "ZZPAGEWRONG")
        expect(page.get_by_test_id("outcome")).to_contain_text("20 new daily bars")
        # Its field is gone with its answer.
        self.wait_for(lambda: page.evaluate("document.activeElement !== document.body"), "the focus is kept")
        page.locator("summary", has_text="How the file is read").click()
        zone = page.get_by_label("Time zone", exact=True)
        zone.fill("Mars")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("The file could not be looked at.")
        expect(zone).to_have_attribute("aria-invalid", "true")
        expect(zone).to_have_value("Mars")
        expect(self.first_day(page)).to_have_text("2015-01-05")
        expect(page.get_by_role("button", name="Store the bars")).to_be_disabled()
        # The address alone has its fields, too.
        page.reload()
        expect(zone).to_have_attribute("aria-invalid", "true")
        zone.fill("")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Store the bars")).to_be_enabled()
        page.get_by_role("button", name="Remove the file").click()
        expect(page).to_have_url(self.url("/data/import"))

    def test_a_yes_is_taken_back_and_does_not_follow_to_another_symbol(self):
        page = self.operator()
        self.choose(page, "one-row-misplaced.csv")
        address = page.url
        page.goto(f"{address}?symbol=ZZPAGEYES&replace=true&skip_invalid=true")
        expect(page.get_by_role("button", name="Replace the series")).to_be_visible()
        page.get_by_role("checkbox", name="Leave out").click()
        expect(page.get_by_role("button", name="Leave these lines out")).to_be_visible()
        page.go_back()
        self.name_symbol(page, "ZZPAGENO")
        expect(page.get_by_role("button", name="Store the bars")).to_be_visible()
        expect(page.get_by_role("checkbox", name="Put this file")).to_have_count(0)
        # A look at the file that is still on its way would not find it any more.
        self.at_rest(page)
        page.get_by_role("button", name="Remove the file").click()
        expect(page).to_have_url(self.url("/data/import"))

    def test_a_line_that_is_no_bar_is_named_and_left_out_on_demand(self):
        page = self.operator()
        self.choose(page, "one-row-misplaced.csv")
        lines = page.get_by_test_id("refused-lines").locator("tbody tr")
        expect(lines).to_have_count(1)
        expect(lines.first).to_contain_text("out of order")
        page.get_by_role("button", name="Leave these lines out").click()
        expect(page.get_by_test_id("refusal")).to_contain_text("The file names no symbol.")
        self.name_symbol(page, "ZZPAGELINE")
        expect(page.get_by_test_id("outcome")).to_contain_text("19 new daily bars of ZZPAGELINE.")
        # Looked at only: nothing was stored, and the file goes when it is told to.
        self.assertEqual(api("/api/market-data/series?symbol=ZZPAGELINE")["series"], [])
        page.get_by_role("button", name="Remove the file").click()
        expect(page).to_have_url(self.url("/data/import"))
        expect(page.get_by_text("Not stored yet")).to_have_count(0)

    def test_a_file_that_waits_is_found_again_and_one_that_is_gone_said(self):
        self.expects_failed_requests = True
        page = self.operator()
        self.choose(page, "bom-crlf.csv")
        address = page.url
        page.goto(self.url("/data/import"))
        page.get_by_role("link", name="bom-crlf.csv").click()
        expect(page).to_have_url(address)
        page.get_by_role("button", name="Remove the file").click()
        page.goto(address)
        expect(page.get_by_text("This file is not here.")).to_be_visible()

    def test_what_is_no_file_of_prices_is_told_why(self):
        page = self.operator("/data/import")
        self.drop_texts(page, [["letter.txt", "Dear all,\nno prices today.\n<b>Yours</b>\n"]])
        expect(page.get_by_test_id("refusal")).to_be_visible()
        expect(page.get_by_role("button", name="Store the bars")).to_have_count(0)

    def test_a_finding_is_dismissed_and_counts_again(self):
        page = self.operator()
        symbol = self.symbol()
        self.choose(page, "null-rows.csv")
        self.name_symbol(page, symbol)
        self.store(page, symbol)

        def found() -> list:
            return api(f"/api/market-data/series?symbol={symbol}")["series"][0]["findings_shown"]

        # The worker looks at new bars in its own time.
        self.wait_for(lambda: found() != [], "the bars are checked")
        page.goto(self.url(f"/data/series/{symbol}"))
        state = page.get_by_test_id("state-1d")
        count = sum(one["severity"] == "warning" for one in found())
        self.assertEqual(count, 2)
        expect(state).to_contain_text("2 warnings")
        page.get_by_role("button", name=re.compile("^Dismiss: ")).first.click()
        expect(page.get_by_role("button", name=re.compile("^Restore: "))).to_have_count(1)
        expect(state).to_contain_text("1 warning,")
        page.get_by_role("button", name=re.compile("^Restore: ")).click()
        expect(state).to_contain_text("2 warnings")

    def test_who_is_no_operator_reads_and_changes_nothing(self):
        page, _ = self.user("/data/import")
        expect(page.get_by_text("Operators bring prices in.")).to_be_visible()
        expect(page.get_by_role("button", name="Choose files")).to_have_count(0)
        page.goto(self.url("/data/series/EOS-USD"))
        expect(page.locator(".finding").first).to_be_visible()
        expect(page.get_by_role("button", name=re.compile("^Dismiss: "))).to_have_count(0)
        page.goto(self.url("/data/sources"))
        expect(page.get_by_test_id("sources")).to_be_visible()
        expect(page.get_by_role("button", name="Fetch it")).to_have_count(0)


@unittest.skipUnless(DATABASE, "BITSTOCKERZ_DATABASE is not set")
class SourceTests(ImportTest):
    def sources(self, page, **change) -> None:
        """Has the page hear of one vendor, as it stands."""
        answer = api("/api/market-data/health?limit=500")
        vendor = {
            "name": "coinbase", "title": "Coinbase Exchange", "is_configured": True, "asset_types": ["CRYPTO"],
            "breaker": "closed", "open_until": None, "failures": 0, "last_success_at": None, "last_failure_at": None,
            "last_error_code": None, "series": 0, **change,
        }  # fmt: skip
        body = json.dumps({**answer, "providers": [vendor]})
        page.unroute("**/api/market-data/health?*")
        page.route(
            "**/api/market-data/health?*", lambda route: route.fulfill(content_type="application/json", body=body)
        )

    def job(self, page) -> dict:
        """One of somebody's own."""
        self.make_run(page, self.make(page))
        return self.call(page, "GET", "/api/jobs?limit=1")["jobs"][0]

    def test_a_symbol_is_fetched_and_its_job_watched_and_cancelled(self):
        page = self.operator()
        # No test asks a vendor: the server's part is its own tests'.
        payload = {"symbol": "DOGE-USD", "asset_type": "CRYPTO", "interval": "1d", "provider": "coinbase"}
        job = {**self.job(page), "job_type": "ingest_bars", "payload": payload, "status": "running", "progress": 0.25}
        job = {**job, "symbol": "DOGE-USD", "result": None, "error": None, "finished_at": None}
        state = {"now": job}
        asked = []

        def start(route):
            asked.append(route.request.post_data_json)
            route.fulfill(status=202, content_type="application/json", body=json.dumps({"jobs": [job]}))

        def cancel(route):
            state["now"] = {**job, "status": "cancelled", "finished_at": job["created_at"]}
            route.fulfill(content_type="application/json", body=json.dumps(state["now"]))

        page.route("**/api/market-data/ingestion/crypto", start)
        page.route(
            f"**/api/jobs/{job['id']}",
            lambda route: route.fulfill(content_type="application/json", body=json.dumps(state["now"])),
        )
        page.route(f"**/api/jobs/{job['id']}/cancel", cancel)
        self.sources(page)
        page.goto(self.url("/data/sources"))
        page.get_by_role("button", name="Fetch it").click()
        expect(page.get_by_label("Symbol", exact=True)).to_be_focused()
        expect(page.get_by_text("Say which symbol.")).to_be_visible()
        page.get_by_label("Symbol", exact=True).fill("doge-usd")
        page.get_by_role("button", name="Fetch it").dblclick()
        expect(page).to_have_url(self.url(f"/data/jobs/{job['id']}"))
        self.assertEqual(asked, [{"symbol": "doge-usd"}])
        expect(page.get_by_role("heading", level=1)).to_contain_text("Fetching prices DOGE-USD, 1d, from coinbase")
        expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "25")
        state["now"] = {**job, "progress": 0.5}
        expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "50")
        page.get_by_role("button", name="Cancel").click()
        expect(page.get_by_role("note")).to_contain_text("Cancelled.")

    def test_a_source_says_how_it_stands(self):
        page = self.operator()
        for change, words in (
            ({}, "Never asked"),
            ({"last_success_at": "2026-11-28T10:00:00.000Z"}, "Answers"),
            ({"is_configured": False, "asset_types": []}, "No key"),
            ({"breaker": "open", "failures": 5, "open_until": "2026-11-29T10:00:00.000Z"}, "Paused until 29 Nov 2026"),
        ):
            self.sources(page, **change)
            page.goto(self.url("/data/sources"))
            expect(page.get_by_test_id("sources")).to_contain_text(words)

    def test_jobs_are_listed_and_lead_to_what_they_came_to(self):
        page = self.operator()
        self.job(page)
        page.goto(self.url("/data/jobs"))
        row = page.get_by_test_id("jobs").locator("tbody tr").filter(has_text="Backtest").first
        expect(row).to_contain_text("Done")
        row.click()
        expect(page).to_have_url(re.compile("/data/jobs/[0-9a-f-]{36}$"))
        expect(page.get_by_role("note")).to_contain_text("Done.")


@unittest.skipUnless(DATABASE, "BITSTOCKERZ_DATABASE is not set")
class ImportLookTests(ImportTest, AxeTest):
    def test_axe_finds_nothing_and_a_phone_never_scrolls_sideways(self):
        page = self.operator()
        self.choose(page, "one-row-misplaced.csv")
        self.chart_ready(page)
        self.at_rest(page)
        self.assert_good_looks(page, "question")
        self.name_symbol(page, "ZZPAGELOOK")
        page.get_by_role("button", name="Leave these lines out").click()
        expect(page.get_by_test_id("outcome")).to_be_visible()
        page.locator("summary", has_text="How the file is read").click()
        self.assert_good_looks(page, "outcome")
        page.get_by_role("button", name="Remove the file").click()
        for path in ("/data/import", "/data/jobs", "/data/sources"):
            page.goto(self.url(path))
            self.at_rest(page)
            self.assert_good_looks(page, path)
