"""The result of a run: its figures, its chart, what it rests on; and runs side by side."""

import csv
import json
import re
import struct
from pathlib import Path

from axe import AxeTest
from harness import expect, money
from strategies import StrategyTest

MINUS = "\u2212"


def percent(value: float) -> str:
    return f"{value:,.2f}%".replace("-", MINUS)


def fall(value: float) -> str:
    """A drawdown: the API counts it as positive, the page writes the loss it is."""
    return percent(-value)


def signed(value: float) -> str:
    return ("+" if value > 0 else "") + percent(value)


# Pixels of curves where a legend stands.
BEHIND_LEGENDS = """() => {
    let found = 0;
    for (const legend of document.querySelectorAll('[data-legend]')) {
        const box = legend.getBoundingClientRect();
        for (const canvas of document.querySelectorAll('.chart-canvas canvas')) {
            const at = canvas.getBoundingClientRect();
            const [left, top] = [Math.max(box.left, at.left), Math.max(box.top, at.top)];
            const [width, height] = [Math.min(box.right, at.right) - left, Math.min(box.bottom, at.bottom) - top];
            if (width < 1 || height < 1) continue;
            const scale = canvas.width / at.width;
            const part = [left - at.left, top - at.top, width, height].map(length => Math.floor(length * scale));
            const { data } = canvas.getContext('2d').getImageData(...part);
            for (let pixel = 0; pixel < data.length; pixel += 4) {
                const [red, green, blue, alpha] = data.slice(pixel, pixel + 4);
                if (alpha > 200 && Math.max(red, green, blue) - Math.min(red, green, blue) > 60) found++;
            }
        }
    }
    return found;
}"""


class ResultTest(StrategyTest, AxeTest):
    def opened(self, **changes):
        """Somebody before the result of a run; the run as the API tells it."""
        page, _ = self.user()
        run = self.make_run(page, self.make(page), **changes)
        self.show(page, run)
        return page, run

    def show(self, page, run, *, has_chart=True, query=""):
        page.goto(self.url(f"/backtests/{run['id']}{query}"))
        if has_chart:
            self.chart_ready(page)

    def answer(self, page, run, change):
        """Has the page get the run with something changed; `change` gets the answer and the request's URL."""

        def fulfil(route):
            body = json.loads(json.dumps(run))
            change(body, route.request.url)
            route.fulfill(content_type="application/json", body=json.dumps(body))

        page.route(re.compile(f"/api/backtests/{run['id']}[?]"), fulfil)

    def always(self, body):
        return lambda route: route.fulfill(content_type="application/json", body=json.dumps(body))

    def figure(self, page, key):
        return page.locator(f"tr[data-figure={key}] td")

    def stat(self, page, label):
        return page.locator(".stat", has_text=label)

    def whole(self, page, run):
        return self.call(page, "GET", f"/api/backtests/{run['id']}?trades_limit=1000&points=10000")


class ResultTests(ResultTest):
    def test_the_figures_are_the_apis(self):
        page, run = self.opened()
        results, statistics = run["results"], run["statistics"]
        expect(page.get_by_role("heading", level=1)).to_have_text("Cross on AAPL")
        for label, value, held in (
            ("Total return", signed(results["total_return_pct"]), signed(results["benchmark_return_pct"])),
            ("Max drawdown", fall(results["max_drawdown_pct"]), fall(results["benchmark_max_drawdown_pct"])),
        ):
            expect(self.stat(page, label)).to_contain_text(value)
            expect(self.stat(page, label)).to_contain_text(f"Holding {held}")
        for key, value in (
            ("totalReturnPct", signed(results["total_return_pct"])),
            ("cagrPct", signed(results["cagr_pct"])),
            ("maxDrawdownPct", fall(results["max_drawdown_pct"])),
            ("sharpeRatio", money(results["sharpe_ratio"]).replace("-", MINUS)),
            ("winRatePct", percent(results["win_rate_pct"])),
            ("numTrades", str(int(results["num_trades"]))),
            ("trials", str(statistics["trials"])),
        ):
            expect(self.figure(page, key).first).to_have_text(value)
        # Without a stop loss there is no such figure, and the reason stands with it.
        self.assertIsNone(results["sqn"])
        expect(self.figure(page, "sqn").first).to_have_text("\u2013")
        page.get_by_role("button", name="About System quality (SQN)").click()
        expect(page.locator(".explained-panel")).to_contain_text("no stop loss")

    def test_what_the_page_computes_agrees_with_the_server(self):
        page, run = self.opened()
        initial = float(run["initial_equity"])
        held = initial * (1 + run["results"]["benchmark_return_pct"] / 100)
        expect(self.figure(page, "finalEquity").nth(1)).to_have_text(money(held))
        expect(self.figure(page, "maxDrawdownPct").nth(1)).to_have_text(
            fall(run["results"]["benchmark_max_drawdown_pct"])
        )
        ends = {}
        for point in self.whole(page, run)["equity"]:
            ends[point["time"][:4]] = point["equity"]
        before = initial
        for year, end in ends.items():
            row = page.get_by_test_id("returns").locator("tr", has=page.get_by_role("rowheader", name=year))
            expect(row.locator("td").last).to_have_text(self.month(end / before - 1))
            before = end

    def month(self, fraction: float) -> str:
        text = f"{fraction * 100:,.1f}"
        if not re.search("[1-9]", text):
            return text.lstrip("-")
        return ("+" if fraction > 0 else "") + text.replace("-", MINUS)

    def test_the_verdict_counts_what_was_tried(self):
        page, run = self.opened()
        verdict = page.get_by_test_id("verdict")
        expect(verdict).to_contain_text("You have tried 1 variant here (N = 1)")
        strategy = {"id": run["strategy_id"], "timeframe": "1d"}
        costs = {"execution_timing": "next_open", "commission_bps": 9, "slippage_bps": 5}
        second = self.make_run(page, strategy, simulation=costs)
        self.assertEqual(second["statistics"]["trials"], 2)
        self.show(page, second)
        expect(verdict).to_contain_text("at least 2 variants here (N = 2)")
        expect(verdict).to_contain_text("flip coins")

    def test_a_trade_leads_to_the_chart_and_back(self):
        page, run = self.opened()
        trades = run["trades"]["trades"]
        bars = self.bars(page)
        self.assertEqual(bars, run["results"]["returns_count"] + 1)
        rows = page.get_by_test_id("trades").locator("tbody tr")
        rows.nth(2).get_by_role("button", name="3", exact=True).click()
        expect(page).to_have_url(re.compile("[?]trade=3$"))
        expect(page.locator(".chart-canvas")).to_be_focused()
        chosen = page.get_by_role("group", name="The chosen trade")
        expect(chosen).to_contain_text("Trade 3")
        expect(chosen).to_contain_text(signed(trades[2]["pnl_pct"]))
        # The crosshair stands on the bar of the entry.
        times = [point["time"] for point in self.whole(page, run)["equity"]]
        entry = times.index(trades[2]["entry_time"])
        expect(page.get_by_test_id("legend")).to_have_attribute("data-index", str(entry))
        chosen.get_by_role("button", name="Next trade").click()
        expect(chosen).to_contain_text("Trade 4")
        expect(page).to_have_url(re.compile("[?]trade=4$"))
        chosen.get_by_role("button", name="Back to the trade").click()
        expect(rows.nth(3).get_by_role("button", name="4", exact=True)).to_be_focused()
        # The way back leads to the table, and the next one out of the result.
        page.go_back()
        expect(page).to_have_url(self.url(f"/backtests/{run['id']}"))
        expect(chosen).to_have_count(0)
        expect(rows.nth(2).get_by_role("button", name="3", exact=True)).to_be_focused()
        page.go_forward()
        expect(chosen).to_contain_text("Trade 4")
        # The address alone leads to the same place.
        page.reload()
        self.chart_ready(page)
        expect(chosen).to_contain_text("Trade 4")
        expect(page.get_by_test_id("legend")).to_have_attribute("data-index", str(times.index(trades[3]["entry_time"])))
        chosen.get_by_role("button", name="Show all").click()
        expect(chosen).to_have_count(0)
        expect(page).to_have_url(self.url(f"/backtests/{run['id']}"))
        self.show(page, run, query="?trade=999")
        expect(page.get_by_text("There is no such trade in this run.")).to_be_visible()

    def test_trades_are_sorted_filtered_and_say_why_they_ended(self):
        page, run = self.opened()
        trades = run["trades"]["trades"]
        table = page.get_by_test_id("trades")
        rows = table.locator("tbody tr")
        expect(rows).to_have_count(min(12, len(trades)))
        best = max(trades, key=lambda trade: trade["pnl_pct"])
        table.get_by_role("button", name="Return", exact=True).click()
        expect(rows.first.locator("th")).to_have_text(str(best["trade_no"]))
        table.get_by_role("button", name="Lost", exact=True).click()
        lost = [trade for trade in trades if trade["pnl_abs"] < 0]
        expect(table.locator(".table-count")).to_have_text(f"{len(lost)} trades")
        self.answer(page, run, lambda body, _: [one.update(pnl_abs=1, pnl_pct=1) for one in body["trades"]["trades"]])
        self.show(page, run, query="?again")
        table.get_by_role("button", name="Lost", exact=True).click()
        expect(page.get_by_text("No trade lost money.")).to_be_visible()
        page.unroute_all()
        self.show(page, run)
        table.get_by_role("button", name="All", exact=True).click()
        table.get_by_label("Filter trades").fill("exit rule")
        rule = [trade for trade in trades if trade["exit_reason"] == "rule"]
        expect(table.locator(".table-count")).to_have_text(f"{len(rule)} of {len(trades)} trades")

    def test_a_run_is_verified(self):
        page, run = self.opened()
        page.get_by_role("button", name="Verify", exact=True).click()
        expect(page.get_by_text("It matches.")).to_be_visible()
        pair = {"run": 1, "now": 2}
        texts = {"run": "a", "now": "b"}
        for outcome, words in (
            ("INPUT_CHANGED", "The prices have been corrected since."),
            ("ENGINE_CHANGED", "The engine has changed since."),
            ("mismatch", "It does not match."),
        ):
            body = {
                "id": run["id"], "outcome": outcome, "result_hash": texts, "bars_hash": texts, "bar_revision": pair,
                "engine_version": texts, "final_equity": pair, "total_return_pct": pair, "num_trades": pair,
            }  # fmt: skip
            page.unroute("**/verify")
            page.route("**/verify", self.always(body))
            page.get_by_role("button", name="Verify", exact=True).click()
            expect(page.get_by_text(words)).to_be_visible()
            expect(page.get_by_text("Revision of the bars: 1 in this run, 2 now")).to_be_visible()

    def test_the_files_are_the_runs(self):
        page, run = self.opened()
        menu = page.locator("summary", has_text="More")
        for name, check in (
            ("Trades (CSV)", lambda path: len(list(csv.reader(path.open()))) == run["results"]["num_trades"] + 1),
            ("Equity (CSV)", lambda path: len(list(csv.reader(path.open()))) == run["results"]["returns_count"] + 2),
            ("Whole report (JSON)", lambda path: json.loads(path.read_text())["id"] == run["id"]),
        ):
            menu.click()
            with page.expect_download() as download:
                page.get_by_role("link", name=name).click()
            self.assertTrue(check(Path(download.value.path())), name)
        menu.click()
        with page.expect_download() as picture:
            page.get_by_role("button", name="Save image").click()
        size = Path(picture.value.path()).read_bytes()[:24]
        self.assertEqual(size[:4], b"\x89PNG")
        wide, tall = struct.unpack(">II", size[16:])
        self.assertEqual(wide, 1200)
        self.assertTrue(1100 <= tall <= 1900, f"{tall} pixels tall")

    def test_it_prints_as_one_sheet(self):
        page, run = self.opened()
        self.is_one_sheet(page)
        # As much as can stand on it: a long name, and more years than a table of months has room for.
        later = [{"time": f"{year}-06-03", "equity": 10_000 + 37 * year} for year in range(1960, 2024)]

        def change(body, _):
            body.update(strategy_name="W" * 255)
            body["equity"] = later
            body["results"].update(returns_count=len(later) - 1, notices=["RUINED", "SIGNAL_CLOSE_TIMING", "NO_TICK_SCALE"])

        self.answer(page, run, change)
        self.show(page, run, query="?again")
        self.is_one_sheet(page)
        self.assertEqual(page.evaluate("document.documentElement.dataset.theme"), "dark", "the screen is as it was")

    def is_one_sheet(self, page):
        for paper in ("A4", "Letter"):
            sheet = page.pdf(format=paper)
            self.assertEqual(len(re.findall(rb"/Type\s*/Page\b(?!s)", sheet)), 1, f"pages of {paper}")
        expect(page.get_by_test_id("sheet")).to_have_count(0)
        # What the browser takes for paper: all of the sheet, and nothing that is pressed.
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 703, "height": 960})
        sheet = page.get_by_test_id("sheet")
        expect(sheet.get_by_text("Total return")).to_be_visible()
        expect(sheet.get_by_text(re.compile("^Content [0-9a-f]{64}"))).to_be_visible()
        self.assertEqual(page.locator("button:visible").count(), 0)
        whole, seen = sheet.evaluate("sheet => [sheet.scrollHeight, sheet.clientHeight]")
        self.assertLessEqual(whole, seen, "nothing is cut off")
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        page.emulate_media(media="screen")
        page.set_viewport_size({"width": 1440, "height": 900})

    def test_it_is_run_again_with_one_thing_changed(self):
        page, run = self.opened()
        page.locator("summary", has_text="Run again with").click()
        page.get_by_role("link", name="Twice the costs (10 and 10 bps)").click()
        expect(page.get_by_role("textbox", name="Commission")).to_have_value("10")
        expect(page.get_by_role("textbox", name="Slippage")).to_have_value("10")
        expect(page.get_by_label("First day", exact=True)).to_have_value(run["start_date"])
        expect(page.get_by_role("combobox", name="Symbol")).to_have_value(re.compile("AAPL"))
        # Another rule is another version: from the builder to the form, which has everything else as it was.
        self.show(page, run)
        page.locator("summary", has_text="Run again with").click()
        page.get_by_role("link", name="A changed rule").click()
        page.get_by_label("period of SMA(10)", exact=True).fill("12")
        page.get_by_role("button", name="Save and backtest").click()
        expect(page.get_by_label("First day", exact=True)).to_have_value(run["start_date"])
        expect(page.get_by_label("Last day", exact=True)).to_have_value(run["end_date"])
        expect(page.get_by_role("combobox", name="Symbol")).to_have_value(re.compile("AAPL"))
        expect(page.get_by_role("textbox", name="Commission")).to_have_value("5")

    def test_its_heading_leads_to_the_strategy_on_its_symbol(self):
        page, _ = self.user()
        strategy = self.make(page)
        self.show(page, self.make_run(page, strategy, symbol="NVDA"))
        page.get_by_role("link", name="Strategy, version 1").click()
        expect(page).to_have_url(self.url(f"/strategies/{strategy['id']}?symbol=NVDA"))
        expect(page.get_by_test_id("legend")).to_contain_text("NVDA")

    def test_a_deleted_run_is_gone_from_the_list(self):
        page, run = self.opened()
        page.locator("summary", has_text="More").click()
        page.get_by_role("button", name="Delete\u2026").click()
        question = page.get_by_role("dialog", name="Delete this backtest?")
        question.get_by_role("button", name="Delete it").click()
        expect(page).to_have_url(self.url("/backtests"))
        expect(page.get_by_text("No backtests yet.")).to_be_visible()

    def test_axe_finds_nothing_and_a_phone_never_scrolls_sideways(self):
        page, run = self.opened()
        self.assert_axe_silent(page)
        # Twelve months and the year stand side by side where there is room; where there is none, the year stays in view.
        returns = page.get_by_role("region", name="Returns by month and year")
        page.set_viewport_size({"width": 1280, "height": 900})
        whole, seen = returns.evaluate("one => [one.scrollWidth, one.clientWidth]")
        self.assertLessEqual(whole, seen)
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 390, "height": 844})
        self.show(page, run, query="?trade=2")
        self.assert_fits(page, 390)
        edge = returns.bounding_box()
        total = returns.locator(".returns-year").first.bounding_box()
        self.assertLessEqual(total["x"] + total["width"], edge["x"] + edge["width"] + 1)
        # A number of one digit is a button that a finger hits, too.
        self.assertGreaterEqual(page.get_by_test_id("trades").locator(".row-name").first.bounding_box()["width"], 24)
        self.assert_axe_silent(page)


class CompareTests(ResultTest):
    def test_two_runs_stand_side_by_side(self):
        page, run = self.opened()
        strategy = {"id": run["strategy_id"], "timeframe": "1d"}
        other = self.make_run(page, strategy, symbol="NVDA")
        self.show(page, run, query="?again")
        page.get_by_role("button", name="Compare with\u2026").click()
        dialog = page.get_by_role("dialog", name="Compare with")
        dialog.get_by_label(re.compile("NVDA")).check()
        dialog.get_by_role("button", name="Compare").click()
        expect(page).to_have_url(self.url(f"/backtests/compare?ids={run['id']},{other['id']}"))
        self.chart_ready(page)
        first, second = (one["results"]["sharpe_ratio"] for one in (run, other))
        # What differs stands before what came of it, and holding is drawn beside the runs.
        headings = page.locator(".compared h2").all_inner_texts()
        self.assertEqual(headings, ["What differs", "Growth from one start", "Figures"])
        expect(page.get_by_test_id("legend")).to_contain_text(re.compile(r"Holding AAPL \(A\) [+\u2212]?\d"))
        expect(page.get_by_test_id("legend")).to_contain_text(re.compile(r"Holding NVDA \(B\) [+\u2212]?\d"))
        cells = self.figure(page, "sharpeRatio")
        expect(cells.first).to_have_text(money(first).replace("-", MINUS))
        expect(cells.nth(1)).to_contain_text(money(second).replace("-", MINUS))
        expect(cells.nth(1).locator(".difference")).to_contain_text("better" if second > first else "worse")
        expect(page.get_by_text("They are on different symbols")).to_be_visible()
        expect(page.get_by_role("region", name="Settings that differ")).to_contain_text("Symbol")
        expect(page.get_by_text("The same rules as A.")).to_be_visible()
        page.get_by_role("link", name="Use as baseline").click()
        expect(page).to_have_url(self.url(f"/backtests/compare?ids={other['id']},{run['id']}"))
        expect(cells.first).to_have_text(money(second).replace("-", MINUS))
        self.assert_good_looks(page, "comparison")
        # On the phone that it is on now the legends take several lines, and no curve goes behind one.
        self.wait_for(lambda: page.evaluate(BEHIND_LEGENDS) == 0, "no curve is behind a legend")

    def test_an_address_that_names_no_two_runs_says_so(self):
        page, run = self.opened()
        missing = "00000000-0000-4000-8000-000000000000"
        self.expects_failed_requests = True
        for ids, words in (
            ("", "Choose at least 2 runs."),
            (run["id"], "Choose at least 2 runs."),
            (f"{run['id']},{run['id']}", "A run is named twice."),
            ("AAPL,NVDA", "This address names no runs."),
            (",".join(f"00000000-0000-4000-8000-00000000000{n}" for n in range(7)), "No more than 6 runs"),
            (f"{run['id']},{missing}", "One of these runs is not there."),
        ):
            page.goto(self.url(f"/backtests/compare?ids={ids}"))
            expect(page.get_by_text(words)).to_be_visible()
