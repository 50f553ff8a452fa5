import re

from axe import AxeTest
from harness import expect
from passkeys import DATABASE, PasskeyTest, new_email, sql

SECTIONS = ["", "/passkeys", "/sessions", "/api-keys", "/activity", "/data", "/users"]


class AccountLookTests(AxeTest, PasskeyTest):
    def admin(self, **options):
        """Somebody who sees every section; the last one only with the database at hand."""
        email = new_email()
        page, _ = self.user(email=email, **options)
        if DATABASE:
            sql(f"UPDATE users SET role = 'admin' WHERE email = '{email}'")
            self.addCleanup(sql, f"UPDATE users SET role = 'user' WHERE email = '{email}'")
        return page

    def settle(self, page):
        expect(page.locator(".settings-part > .card").first).to_be_visible()
        self.at_rest(page)

    def test_axe_finds_nothing_in_the_settings(self):
        page = self.admin()
        for section in SECTIONS:
            page.goto(self.url(f"/settings{section}"))
            self.settle(page)
            self.assert_good_looks(page, section)

    def test_axe_finds_nothing_in_what_opens(self):
        for theme in ("dark", "light"):
            page, _ = self.visitor("/sign-up", offers=False, color_scheme=theme, width=390, height=844)
            page.get_by_role("button", name="Create account with a passkey").click()
            expect(page.get_by_text("Enter your full email address.")).to_be_visible()
            self.assert_axe_silent(page)
            page.get_by_label("Email").fill(new_email())
            page.get_by_role("button", name="Create account with a passkey").click()
            expect(page.locator(".codes code")).to_have_count(10)
            page.get_by_role("button", name="Continue").click()
            expect(page.get_by_text("Save them first")).to_be_visible()
            self.assert_axe_silent(page)
            self.assert_fits(page, 390)
            page.get_by_label("I have saved these codes").check()
            page.get_by_role("button", name="Continue").click()
            expect(page.get_by_role("heading", level=1, name="Dashboard")).to_be_focused()
            page.get_by_role("button", name=re.compile("^Account:")).click()
            expect(page.locator(".account-panel")).to_be_visible()
            self.assert_axe_silent(page)
            self.assert_fits(page, 390)
            page.goto(self.url("/settings/passkeys"))
            page.get_by_role("button", name=re.compile("^Rename")).click()
            page.get_by_role("button", name="Create new codes").click()
            expect(page.get_by_text("Your old codes will stop working.")).to_be_visible()
            self.assert_axe_silent(page)
            self.assert_fits(page, 390)
            page.goto(self.url("/settings/api-keys"))
            page.get_by_role("form", name="New API key").get_by_label("Name").fill("Notebook")
            page.get_by_role("button", name="Create key").click()
            expect(page.get_by_test_id("api-key")).to_be_visible()
            self.assert_axe_silent(page)
            self.assert_fits(page, 390)
