import re
import secrets
import unittest

from harness import expect
from passkeys import DATABASE, PasskeyTest, new_email, sql


class RecoveryTests(PasskeyTest):
    expects_failed_requests = True

    def back_in(self, page, way=""):
        """Makes the passkey that a way back is for."""
        page.get_by_role("button", name="Create passkey").click()
        expect(page).to_have_url(self.url(f"/settings/passkeys?recovered{way}"))
        expect(page.get_by_text("You are back in, with a new passkey.")).to_be_visible()

    def test_a_code_leads_back_in_once(self):
        page, authenticator = self.user("/")
        self.sign_out(page)
        authenticator.forget()
        page.goto(self.url("/sign-in"))
        page.get_by_role("link", name="Lost your passkey?").click()
        expect(page).to_have_title("Recover your account · BitStockerz")
        page.get_by_role("button", name="Use the code").click()
        code = page.get_by_label("Recovery code", exact=True).last
        expect(code).to_be_focused()
        # As people write it down: small, with spaces.
        code.fill(self.codes[3].lower().replace("-", " "))
        page.get_by_role("button", name="Use the code").click()
        expect(page.get_by_text("Create a new passkey to get back")).to_be_visible()
        # Nothing else until then.
        page.goto(self.url("/settings/api-keys"))
        expect(page).to_have_url(self.url("/recover?return=%2Fsettings%2Fapi-keys"))
        self.back_in(page, "&return=%2Fsettings%2Fapi-keys")
        back = page.get_by_role("link", name="carry on where you left off")
        expect(back).to_have_attribute("href", "/settings/api-keys")
        rows = page.locator(".rows > li")
        expect(rows).to_have_count(2)
        # Made by the same browser, and yet to be told apart: which one is new, and by which words each is removed.
        expect(rows.filter(has_text="New")).to_have_count(1)
        names = page.get_by_role("button", name=re.compile("^Remove")).evaluate_all(
            "buttons => buttons.map(button => button.getAttribute('aria-label'))"
        )
        self.assertEqual(len(set(names)), 2, names)
        expect(page.get_by_text("9 codes left")).to_be_visible()
        self.sign_out(page)
        page.goto(self.url("/recover"))
        page.get_by_label("Recovery code", exact=True).last.fill(self.codes[3])
        page.get_by_role("button", name="Use the code").click()
        expect(page.get_by_role("alert")).to_contain_text("This code was used already, has expired, or never existed.")
        self.sign_in(page)

    def test_new_codes_take_the_place_of_the_old_ones(self):
        page, _ = self.user("/settings/passkeys")
        page.get_by_role("button", name="Create new codes").click()
        expect(page.get_by_role("button", name="Cancel")).to_be_focused()
        page.get_by_role("group", name="Your old codes will stop working.").get_by_role(
            "button", name="Create new codes"
        ).click()
        expect(page.locator(".codes code")).to_have_count(10)
        expect(page.get_by_role("heading", name="Your recovery codes")).to_be_focused()
        self.assertFalse(set(self.codes) & set(page.locator(".codes code").all_inner_texts()))
        page.get_by_label("I have saved these codes").check()
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_text("10 codes left")).to_be_visible()
        self.sign_out(page)
        page.goto(self.url("/recover"))
        page.get_by_label("Recovery code", exact=True).last.fill(self.codes[0])
        page.get_by_role("button", name="Use the code").click()
        expect(page.get_by_role("alert")).to_contain_text("That did not work.")

    @unittest.skipUnless(DATABASE, "BITSTOCKERZ_DATABASE is not set")
    def test_an_operators_link_leads_back_in_when_it_is_used_and_not_when_it_is_opened(self):
        page, authenticator = self.visitor(offers=False)
        email = new_email()
        self.sign_up(page, email)
        self.sign_out(page)
        authenticator.forget()
        token = secrets.token_urlsafe(32)
        sql(
            "INSERT INTO recovery_codes (code_hash, user_id, kind, expires_at) "
            f"SELECT sha256('{token}'), id, 'link', now() + interval '15 minutes' FROM users WHERE email = '{email}'"
        )
        asked = []
        page.on("request", lambda request: asked.append(request.url) if "/api/auth/recover" in request.url else None)
        page.goto(self.url("/"))
        page.goto(self.url(f"/recover#{token}"))
        expect(page.get_by_role("button", name="Use the link")).to_be_visible()
        expect(page).to_have_url(self.url("/recover"))
        self.assertEqual(asked, [])
        page.get_by_role("button", name="Use the link").click()
        self.back_in(page)

    @unittest.skipUnless(DATABASE, "BITSTOCKERZ_DATABASE is not set")
    def test_an_invitation_brings_its_role(self):
        page, _ = self.visitor(offers=False)
        token = secrets.token_urlsafe(32)
        sql(
            "INSERT INTO invitations (token_hash, role, note, expires_at) "
            f"VALUES (sha256('{token}'), 'operator', 'test', now() + interval '1 day')"
        )
        page.goto(self.url(f"/join#{token}"))
        expect(page.get_by_text("You have been invited.")).to_be_visible()
        page.get_by_label("Email").fill(new_email())
        page.get_by_role("button", name="Create account with a passkey").click()
        page.get_by_label("I have saved these codes").check()
        page.get_by_role("button", name="Continue").click()
        self.is_signed_in(page)
        page.goto(self.url("/settings"))
        expect(page.locator(".facts")).to_contain_text("Operator")
