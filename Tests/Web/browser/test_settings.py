import json
import re
import unittest
import urllib.error
import urllib.request
from datetime import datetime, timedelta, timezone

from harness import BASE, candles, expect, problem
from passkeys import DATABASE, Authenticator, PasskeyTest, new_email, sql


def status_with(key: str, path: str = "/api/me") -> int:
    """What the API answers to a key."""
    request = urllib.request.Request(BASE + path, headers={"Authorization": f"Bearer {key}"})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


class SettingsTest(PasskeyTest):
    def named_user(self, path: str = "", **options):
        """Somebody whose email the test knows."""
        self.email = new_email()
        return self.user(path, email=self.email, **options)

    def another_browser(self, credential: dict, path: str, uses: int = 0):
        """The same person, signed in elsewhere, with a passkey that was used some times already."""
        page, authenticator = self.visitor(offers=False)
        authenticator.restore({**credential, "signCount": credential["signCount"] + uses})
        self.sign_in(page)
        page.goto(self.url(path))
        return page


class ProfileTests(SettingsTest):
    def test_changes_name_and_email(self):
        page, authenticator = self.named_user("/settings")
        form = page.get_by_role("form", name="Profile")
        save = form.get_by_role("button", name="Save")
        expect(save).to_be_disabled()
        form.get_by_label("Email").fill("nobody")
        save.click()
        expect(form.get_by_label("Email")).to_be_focused()
        expect(form.get_by_text("Enter a full email address.")).to_be_visible()
        other = new_email()
        form.get_by_label("Email").fill(other)
        form.get_by_label("Name").fill("Ada <b>Lovelace</b>")
        save.click()
        expect(form.get_by_text("Saved")).to_be_visible()
        # What people write stays text, and their password manager learns the new name.
        expect(page.get_by_role("button", name="Account: Ada <b>Lovelace</b>")).to_be_visible()
        self.wait_for(lambda: authenticator.credentials()[0].get("userName") == other, "the passkey has the new name")
        page.reload()
        expect(form.get_by_label("Email")).to_have_value(other)

    def test_sections_have_addresses_and_the_back_button_works(self):
        page, _ = self.user("/settings")
        nav = page.get_by_role("navigation", name="Settings")
        for name, path in (("Passkeys", "passkeys"), ("API keys", "api-keys"), ("Your data", "data")):
            nav.get_by_role("link", name=name).click()
            expect(page).to_have_url(self.url(f"/settings/{path}"))
            expect(page.get_by_role("heading", level=1)).to_be_focused()
            expect(nav.get_by_role("link", name=name)).to_have_attribute("aria-current", "page")
        page.go_back()
        expect(page).to_have_url(self.url("/settings/api-keys"))

    def test_hours_are_told_by_the_clock_that_is_chosen_and_days_stay_days(self):
        page, _ = self.user("/settings", timezone_id="Asia/Tokyo")
        clock = page.get_by_label("Times")
        expect(clock).to_have_value("utc")
        since = page.locator("time").first
        expect(since).to_contain_text("UTC")
        clock.select_option("This device’s time (Tokyo)")
        expect(since).to_contain_text("UTC+9")
        page.goto(self.url("/markets/BTC-USD?interval=1h"))
        self.chart_ready(page)
        last = datetime.fromisoformat(candles("BTC-USD", interval="1h", limit=1)[0]["timestamp"])
        own = last.astimezone(timezone(timedelta(hours=9)))
        expect(page.get_by_test_id("legend")).to_contain_text(f"{own:%H:%M} UTC+9")
        bars = page.get_by_test_id("bars")
        expect(bars.locator("thead th").first).to_have_text("Time (Tokyo)")
        expect(bars.locator("tbody th").first).to_have_text(f"{own:%Y-%m-%d %H:%M}")
        # What a link says is the same for everybody.
        page.get_by_role("button", name="Zoom in").click()
        expect(page).to_have_url(re.compile(r"to=[\d-]+T\d\d:00:00Z"))
        page.goto(self.url("/markets/AAPL"))
        expect(bars.locator("thead th").first).to_have_text("Date")
        expect(bars.locator("tbody th").first).to_have_text(candles("AAPL", limit=1)[0]["date"])
        page.goto(self.url("/settings"))
        page.get_by_label("Times").select_option("UTC")
        self.assertIsNone(page.evaluate("localStorage.getItem('clock')"))

    def test_the_theme_is_chosen_here_too(self):
        page, _ = self.user("/settings")
        ground = "getComputedStyle(document.body).backgroundColor"
        before = page.evaluate(ground)
        page.locator("main").get_by_label("Theme").select_option("light")
        self.assertNotEqual(page.evaluate(ground), before)


class PasskeyListTests(SettingsTest):
    def test_a_removed_passkey_leaves_its_authenticator_too(self):
        page, first = self.user("/settings/passkeys")
        first.take_away()
        second = Authenticator(page)
        page.get_by_role("button", name="Add a passkey").click()
        rows = page.locator(".rows > li")
        expect(rows).to_have_count(2)
        self.assertEqual(len(second.credentials()), 1)
        rows.nth(1).get_by_role("button", name=re.compile("^Remove")).click()
        rows.nth(1).get_by_role("button", name="Remove passkey").click()
        expect(rows).to_have_count(1)
        self.wait_for(lambda: second.credentials() == [], "it is told that this passkey is not accepted any more")

    def test_a_device_that_has_one_already_is_told_so(self):
        page, authenticator = self.user("/settings/passkeys")
        page.get_by_role("button", name="Add a passkey").click()
        expect(page.get_by_role("alert")).to_contain_text("Your passkeys have not changed.")
        expect(page.get_by_role("alert")).to_contain_text("already has a passkey for this account")
        self.assertEqual(len(authenticator.credentials()), 1)


class KeyTests(SettingsTest):
    def test_a_key_is_made_shown_once_and_revoked(self):
        page, _ = self.user("/settings/api-keys")
        expect(page.get_by_text("No keys yet.")).to_be_visible()
        form = page.get_by_role("form", name="New API key")
        form.get_by_role("button", name="Create key").click()
        expect(form.get_by_label("Name")).to_be_focused()
        form.get_by_label("Name").fill("Notebook")
        form.get_by_label("read").uncheck()
        form.get_by_role("button", name="Create key").click()
        expect(form.get_by_text("Choose at least one.")).to_be_visible()
        expect(form.get_by_label("read")).to_be_focused()
        form.get_by_label("read").check()
        form.get_by_label("Expires after").select_option("30 days")
        form.get_by_role("button", name="Create key").click()
        secret = page.get_by_test_id("api-key")
        expect(secret).to_have_text(re.compile("^bsk_"))
        key = secret.inner_text()
        self.assertEqual(status_with(key), 200)
        # It would be lost by one click elsewhere.
        page.get_by_role("link", name="Passkeys").click()
        leaving = page.get_by_role("dialog", name="Leave this page?")
        expect(leaving).to_contain_text("This key will not be shown again.")
        leaving.get_by_role("button", name="Stay").click()
        expect(secret).to_have_text(key)
        page.get_by_role("button", name="Done").click()
        row = page.locator(".rows > li", has_text="Notebook")
        expect(row).to_contain_text(key[:12])
        expect(row).to_contain_text("read")
        self.assertNotIn(key, page.content())
        row.get_by_role("button", name="Revoke Notebook").click()
        row.get_by_role("button", name="Cancel").click()
        expect(row.get_by_role("button", name="Revoke Notebook")).to_be_focused()
        self.assertEqual(status_with(key), 200)
        row.get_by_role("button", name="Revoke Notebook").click()
        row.get_by_role("button", name="Revoke key").click()
        expect(page.get_by_text("No keys yet.")).to_be_visible()
        self.assertEqual(status_with(key), 401)


@unittest.skipUnless(DATABASE, "BITSTOCKERZ_DATABASE is not set")
class StepUpTests(SettingsTest):
    expects_failed_requests = True

    def forget_recent(self):
        """The sign-in of the user was a while ago."""
        sql(
            "UPDATE sessions SET authenticated_at = authenticated_at - interval '6 minutes', "
            "created_at = sessions.created_at - interval '6 minutes' FROM users "
            f"WHERE users.id = sessions.user_id AND users.email = '{self.email}'"
        )

    def test_a_dangerous_change_asks_for_the_passkey_and_goes_on(self):
        page, _ = self.named_user("/settings/api-keys")
        self.forget_recent()
        sent = []
        page.on("request", lambda request: sent.append((request.method, request.url.removeprefix(BASE))))
        form = page.get_by_role("form", name="New API key")
        form.get_by_label("Name").fill("Notebook")
        form.get_by_role("button", name="Create key").click()
        expect(page.get_by_test_id("api-key")).to_be_visible()
        posts = [path for method, path in sent if method == "POST"]
        self.assertEqual(
            posts,
            [
                "/api/me/api-keys",
                "/api/auth/reauthenticate/options",
                "/api/auth/reauthenticate/verify",
                "/api/me/api-keys",
            ],
        )
        # Now it is recent: the next one asks nothing.
        page.get_by_role("button", name="Done").click()
        form.get_by_label("Name").fill("Second")
        form.get_by_role("button", name="Create key").click()
        expect(page.get_by_test_id("api-key")).to_be_visible()
        self.assertEqual(len([path for method, path in sent if method == "POST"]), 5)

    def test_cancelling_it_changes_nothing(self):
        page, authenticator = self.named_user("/settings/api-keys")
        self.forget_recent()
        authenticator.is_verified(False)
        form = page.get_by_role("form", name="New API key")
        form.get_by_label("Name").fill("Notebook")
        form.get_by_role("button", name="Create key").click()
        expect(form.get_by_role("alert")).to_contain_text("No key was created. It was cancelled")
        expect(page.get_by_text("No keys yet.")).to_be_visible()


class SessionTests(SettingsTest):
    expects_failed_requests = True

    def test_lists_sessions_and_ends_one(self):
        page, authenticator = self.user()
        other = self.another_browser(authenticator.credentials()[0], "/settings/sessions")
        page.goto(self.url("/settings/sessions"))
        rows = page.locator(".rows > li")
        expect(rows).to_have_count(2)
        expect(rows.nth(0)).to_contain_text("This browser")
        expect(rows.nth(0)).to_contain_text("Chrome on Linux")
        expect(rows.nth(0)).to_contain_text("with a passkey")
        rows.nth(1).get_by_role("button", name=re.compile("^Sign out")).click()
        rows.nth(1).get_by_role("button", name="Sign out").click()
        expect(rows).to_have_count(1)
        expect(page.locator(".kept-focus", has=page.locator(".rows"))).to_be_focused()
        # There it leads to signing in, and back to the same place.
        other.get_by_role("link", name="API keys").click()
        expect(other).to_have_url(self.url("/sign-in?return=%2Fsettings%2Fapi-keys"))
        expect(other.get_by_text("Your session has ended.")).to_be_visible()
        other.get_by_role("button", name="Sign in with a passkey").click()
        expect(other).to_have_url(self.url("/settings/api-keys"))

    def test_ends_all_others(self):
        page, authenticator = self.user()
        credential = authenticator.credentials()[0]
        others = [self.another_browser(credential, "/settings", uses) for uses in (0, 1)]
        page.goto(self.url("/settings/sessions"))
        expect(page.locator(".rows > li")).to_have_count(3)
        page.get_by_role("button", name="Sign out all others").click()
        page.get_by_role("button", name="Sign them out").click()
        expect(page.locator(".rows > li")).to_have_count(1)
        expect(page.get_by_role("button", name="Sign out all others")).to_have_count(0)
        for other in others:
            other.reload()
            expect(other).to_have_url(self.url("/sign-in?return=%2Fsettings"))

    def test_ends_this_one(self):
        page, _ = self.user("/settings/sessions")
        page.get_by_role("button", name=re.compile("^Sign out Chrome")).click()
        page.locator(".rows").get_by_role("button", name="Sign out", exact=True).click()
        expect(page.get_by_role("link", name="Sign in", exact=True)).to_be_visible()
        expect(page).to_have_url(self.url("/"))


class OwnDataTests(SettingsTest):
    def test_what_happened_is_listed_in_words(self):
        page, _ = self.user("/settings/activity")
        rows = page.locator(".rows > li")
        expect(rows.first).to_contain_text("Account created")
        expect(rows.first).to_contain_text("device: Chrome on Linux")
        self.sign_out(page)
        self.sign_in(page)
        page.goto(self.url("/settings/activity"))
        expect(rows.first).to_contain_text("Signed in")
        expect(rows.nth(1)).to_contain_text("Session ended")

    def test_everything_is_one_download(self):
        page, _ = self.named_user("/settings/data")
        with page.expect_download() as download:
            page.get_by_role("button", name="Download everything").click()
        exported = json.loads(download.value.path().read_text())
        self.assertEqual(exported["profile"]["email"], self.email)
        self.assertEqual(len(exported["passkeys"]), 1)

    def test_deleting_the_account_takes_the_typed_email(self):
        self.expects_failed_requests = True
        page, authenticator = self.named_user("/settings/data")
        form = page.get_by_role("form", name="Delete your account")
        form.get_by_role("textbox").fill("somebody@example.com")
        form.get_by_role("button", name="Delete my account").click()
        expect(form.get_by_role("textbox")).to_be_focused()
        expect(form.get_by_text(f"Type {self.email} to continue.")).to_be_visible()
        form.get_by_role("textbox").fill(self.email.upper())
        form.get_by_role("button", name="Delete my account").click()
        expect(page).to_have_url(self.url("/sign-in?deleted"))
        expect(page.get_by_text("Your account and your personal data have been deleted")).to_be_visible()
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.get_by_role("alert")).to_contain_text("Nobody here has this passkey.")


@unittest.skipUnless(DATABASE, "BITSTOCKERZ_DATABASE is not set")
class UserTests(SettingsTest):
    def test_an_admin_changes_roles_and_shuts_people_out(self):
        self.expects_failed_requests = True
        other, _ = self.named_user("/settings")
        whom = self.email
        page, _ = self.named_user()
        expect(page.get_by_role("link", name="Users")).to_have_count(0)
        sql(f"UPDATE users SET role = 'admin' WHERE email = '{self.email}'")
        # Among many from other tests, which go on making some; the newest are last.
        place = sql(
            "SELECT count(*) FROM users WHERE deleted_at IS NULL"
            f" AND created_at <= (SELECT created_at FROM users WHERE email = '{whom}')"
        )
        page.goto(self.url(f"/settings/users?page={(int(place) + 49) // 50}"))
        row = page.locator(".rows > li", has_text=whom)
        expect(row).to_contain_text("1 passkey")
        row.get_by_role("combobox").select_option("operator")
        expect(page.get_by_text("Ada Page changed")).to_be_visible()
        self.assertEqual(sql(f"SELECT role FROM users WHERE email = '{whom}'"), "operator")
        row.get_by_role("button", name=re.compile("^Disable")).click()
        row.get_by_role("button", name="Disable").click()
        expect(row.get_by_text("Disabled", exact=True)).to_be_visible()
        expect(row.get_by_role("button", name="Enable Ada Page")).to_be_visible()
        other.reload()
        expect(other).to_have_url(self.url("/sign-in?return=%2Fsettings"))
        other.get_by_role("button", name="Sign in with a passkey").click()
        expect(other.get_by_role("alert")).to_contain_text("An administrator has closed this account.")
        row.get_by_role("button", name="Enable Ada Page").click()
        expect(row.get_by_role("button", name=re.compile("^Disable"))).to_be_visible()
        other.get_by_role("button", name="Sign in with a passkey").click()
        expect(other).to_have_url(self.url("/settings"))
        sql(f"UPDATE users SET role = 'user' WHERE email = '{self.email}'")


class SettingsInTroubleTests(SettingsTest):
    expects_failed_requests = True

    def test_every_section_names_the_request_and_recovers(self):
        page, _ = self.user("/settings/data")
        for name, address, settled in (
            ("Passkeys", "**/api/me/passkeys", "Chrome on Linux"),
            ("Sessions", "**/api/me/sessions", "This browser"),
            ("API keys", "**/api/me/api-keys", "No keys yet."),
            ("Activity", "**/api/me/audit*", "Account created"),
        ):
            with self.subTest(section=name):
                page.route(address, lambda route: problem(route, 503))
                page.get_by_role("link", name=name, exact=True).click()
                alert = page.get_by_role("alert")
                expect(alert).to_contain_text("did not load.")
                expect(alert).to_contain_text("test-request-7")
                page.unroute(address)
                alert.get_by_role("button", name="Try again").click()
                expect(page.locator("main")).to_contain_text(settled)

    def test_an_account_that_cannot_be_loaded_is_asked_for_again(self):
        page, _ = self.user()
        page.route("**/api/auth/me", lambda route: problem(route, 503))
        page.goto(self.url("/settings"))
        expect(page.get_by_role("alert")).to_contain_text("Your account did not load.")
        page.unroute("**/api/auth/me")
        page.get_by_role("button", name="Try again").click()
        expect(page.get_by_role("form", name="Profile")).to_be_visible()

    def test_ways_that_cannot_be_loaded_are_asked_for_again(self):
        page, _ = self.visitor(offers=False)
        for path, control in (("/sign-in", "Sign in with a passkey"), ("/sign-up", "Create account with a passkey")):
            page.route("**/api/auth/providers", lambda route: problem(route, 503))
            page.goto(self.url(path))
            expect(page.get_by_role("alert")).to_contain_text("test-request-7")
            page.unroute("**/api/auth/providers")
            page.get_by_role("button", name="Try again").click()
            expect(page.get_by_role("button", name=control)).to_be_visible()
