"""Pages under the eyes of axe, and on a small screen."""

from importlib.resources import files

from harness import PageTest

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# How many rules are kept, and where one is not. The whole report would be handed over slowly.
LOOK = """async rules => {
    const report = await axe.run(document, { runOnly: rules, resultTypes: ['violations'] });
    const found = report.violations.flatMap(one => one.nodes.map(node => [one.id, node.target, node.failureSummary]));
    return [report.passes.length, found];
}"""
# Each theme and each size once: what is wrong in one of them is seen without all of their pairs.
LOOKS = (("dark", 1440), ("light", 390))


class AxeTest(PageTest):
    def assert_axe_silent(self, page):
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE)
        passed, violations = page.evaluate(LOOK, RULES)
        self.assertGreater(passed, 10, "axe has looked at something")
        self.assertEqual(violations, [])

    def assert_good_looks(self, page, what, looks=LOOKS):
        """In every look axe finds nothing, nothing is scrolled sideways, and every control can be hit."""
        for theme, width in looks:
            with self.subTest(what=what, theme=theme, width=width):
                page.emulate_media(color_scheme=theme)
                page.set_viewport_size({"width": width, "height": 844})
                self.assert_axe_silent(page)
                self.assert_fits(page, width)
                self.assert_large_enough(page)

    def assert_fits(self, page, width):
        self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth"), width)
        self.assertLessEqual(page.evaluate("window.innerWidth"), width)

    def assert_large_enough(self, page):
        """Every control is one that a finger hits, by its label too."""
        boxes = page.evaluate("""() => [...document.querySelectorAll('button, select, input, main a')]
            .filter(one => one.checkVisibility() && one.offsetParent && getComputedStyle(one).display !== 'inline')
            .map(one => [one.textContent || one.ariaLabel, (one.closest('label') ?? one).getBoundingClientRect()])
            .filter(([, box]) => box.width < 24 || box.height < 24)""")
        self.assertEqual(boxes, [])
