import hashlib
import json
import re
import unittest
import urllib.error
import urllib.request

from harness import expect, problem
from passkeys import DATABASE, Authenticator, PasskeyTest, base64url, new_email, sql

ALGORITHMS = {"ES256": -7, "EdDSA": -8, "RS256": -257}
CANCELLED = "It was cancelled or took too long"


class SignUpTests(PasskeyTest):
    def test_an_email_and_a_touch_make_an_account(self):
        page, authenticator = self.visitor("/sign-up", offers=False)
        expect(page).to_have_title("Create an account · BitStockerz")
        page.get_by_role("button", name="Create account with a passkey").click()
        email = page.get_by_label("Email")
        expect(email).to_be_focused()
        expect(email).to_have_attribute("aria-invalid", "true")
        expect(page.get_by_text("Enter your full email address.")).to_be_visible()
        self.assertEqual(authenticator.credentials(), [])
        address = new_email()
        codes = self.sign_up(page, address)
        self.assertEqual(len(set(codes)), 10)
        [credential] = authenticator.credentials()
        self.assertTrue(credential["isResidentCredential"])
        page.reload()
        page.get_by_role("button", name="Account: Ada Page").click()
        expect(page.locator(".account-panel")).to_contain_text(address)

    def test_recovery_codes_are_shown_once_to_copy_and_to_download(self):
        page, _ = self.visitor("/sign-up", offers=False, permissions=["clipboard-read", "clipboard-write"])
        page.get_by_label("Email").fill(new_email())
        page.get_by_role("button", name="Create account with a passkey").click()
        expect(page.locator(".codes code")).to_have_count(10)
        codes = page.locator(".codes code").all_inner_texts()
        for code in codes:
            self.assertRegex(code, r"^([0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}$")
        page.get_by_role("button", name="Copy").click()
        expect(page.get_by_text("Copied")).to_be_visible()
        self.assertEqual(page.evaluate("navigator.clipboard.readText()").split(), codes)
        with page.expect_download() as download:
            page.get_by_role("button", name="Download").click()
        text = download.value.path().read_text()
        self.assertEqual(download.value.suggested_filename, "bitstockerz-recovery-codes.txt")
        self.assertEqual([line for line in text.splitlines() if line in codes], codes)
        # One careless click does not lose them, be it on the button or on the way to another room.
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_text("Save them first")).to_be_visible()
        page.get_by_role("link", name="Markets").click()
        dialog = page.get_by_role("dialog", name="Leave this page?")
        expect(dialog).to_contain_text("These codes will not be shown again.")
        dialog.get_by_role("button", name="Stay").click()
        expect(page.locator(".codes code")).to_have_count(10)
        expect(page).to_have_url(self.url("/sign-up"))
        page.get_by_label("I have saved these codes").check()
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Dashboard")

    def test_says_to_everybody_that_signing_up_again_makes_a_second_account(self):
        page, _ = self.visitor("/sign-up?return=%2Fmarkets", offers=False)
        expect(page.get_by_text("Already have an account?")).to_contain_text("even with the same email")
        page.locator("main").get_by_role("link", name="Sign in", exact=True).click()
        expect(page).to_have_url(self.url("/sign-in?return=%2Fmarkets"))

    def test_says_who_may_sign_up(self):
        self.expects_failed_requests = True
        page, _ = self.visitor(offers=False)
        for registration, words in (("closed", "Sign-up is closed."), ("invite", "You need an invitation")):
            self.ways(page, registration=registration)
            page.goto(self.url("/sign-up"))
            expect(page.get_by_text(words)).to_be_visible()
            expect(page.get_by_label("Email")).to_have_count(0)
        # An invitation: the link's secret leaves the address, and goes with the request.
        page.goto(self.url("/"))
        page.goto(self.url("/sign-up#invitation=secret-of-the-link"))
        expect(page.get_by_text("You have been invited.")).to_be_visible()
        expect(page).to_have_url(self.url("/sign-up"))
        page.get_by_label("Email").fill(new_email())
        with page.expect_request("**/register/options") as asked:
            page.get_by_role("button", name="Create account with a passkey").click()
        self.assertEqual(asked.value.post_data_json["invitation"], "secret-of-the-link")
        expect(page.get_by_role("alert")).to_contain_text("This invitation was used already")


class SignInTests(PasskeyTest):
    def test_signs_in_with_the_button_and_comes_back(self):
        page, _ = self.user("/")
        self.sign_out(page)
        page.goto(self.url("/settings/sessions"))
        expect(page).to_have_url(self.url("/sign-in?return=%2Fsettings%2Fsessions"))
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page).to_have_url(self.url("/settings/sessions"))
        expect(page.get_by_text("This browser")).to_be_visible()

    def test_the_browser_offers_the_passkey_in_the_field(self):
        page, authenticator = self.user("/", offers=True)
        self.sign_out(page)
        page.goto(self.url("/sign-in"))
        self.is_signed_in(page)
        expect(page).to_have_url(self.url("/"))

    def test_the_field_is_marked_for_passkeys(self):
        page, _ = self.visitor("/sign-in", offers=False)
        expect(page.get_by_label("Email")).to_have_attribute("autocomplete", "username webauthn")

    def test_the_button_takes_over_from_a_waiting_offer(self):
        page, authenticator = self.user("/", offers=True)
        [credential] = authenticator.credentials()
        self.sign_out(page)
        # With no passkey at hand the offer waits; the one request that a page may have is taken.
        authenticator.forget()
        with page.expect_response("**/login/options"):
            page.goto(self.url("/sign-in"))

        # At hand once the button has asked for itself: the offer, quick as it is, would take the passkey first.
        def give_back(route):
            authenticator.restore(credential)
            route.continue_()

        page.route("**/login/options", give_back)
        page.get_by_role("button", name="Sign in with a passkey").click()
        self.is_signed_in(page)

    def test_signs_in_with_an_email(self):
        page, _ = self.visitor(offers=False)
        email = new_email()
        self.sign_up(page, email)
        self.sign_out(page)
        page.goto(self.url("/sign-in"))
        page.get_by_label("Email").fill(email)
        page.get_by_label("Email").press("Enter")
        self.is_signed_in(page)

    def test_works_with_every_algorithm_that_is_offered(self):
        for name, algorithm in ALGORITHMS.items():
            with self.subTest(algorithm=name):
                page, _ = self.visitor(offers=False)

                # The authenticator takes the first it knows: it is told of one only.
                def only(route):
                    answer = route.fetch()
                    body = answer.json()
                    offered = body["public_key"]["pubKeyCredParams"]
                    self.assertIn(algorithm, [one["alg"] for one in offered])
                    body["public_key"]["pubKeyCredParams"] = [one for one in offered if one["alg"] == algorithm]
                    route.fulfill(response=answer, json=body)

                page.route("**/register/options", only)
                self.sign_up(page)
                self.sign_out(page)
                self.sign_in(page)
        # Chromium is right to warn of so short a list, and only this test makes one.
        self.errors = [text for text in self.errors if not text.startswith("publicKey.pubKeyCredParams is missing")]

    def test_cancelling_is_told_in_words_and_can_be_tried_again(self):
        page, authenticator = self.user("/")
        self.sign_out(page)
        authenticator.is_verified(False)
        page.goto(self.url("/sign-in"))
        button = page.get_by_role("button", name="Sign in with a passkey")
        button.click()
        expect(page.get_by_role("alert")).to_contain_text("You are not signed in.")
        expect(page.get_by_role("alert")).to_contain_text(CANCELLED)
        authenticator.is_verified(True)
        button.click()
        self.is_signed_in(page)

    def test_says_the_same_for_known_and_unknown_emails(self):
        page, authenticator = self.visitor(offers=False)
        known = new_email()
        self.sign_up(page, known)
        self.sign_out(page)
        authenticator.forget()
        # Made-up passkeys may be of a kind that is plugged in: without one the browser would wait for it.
        Authenticator(page, transport="usb")
        words = []
        for email in (known, new_email(), new_email(), new_email()):
            page.goto(self.url("/sign-in"))
            page.get_by_label("Email").fill(email)
            page.get_by_role("button", name="Sign in with a passkey").click()
            expect(page.get_by_role("alert")).to_be_visible()
            words.append(page.get_by_role("alert").inner_text())
        self.assertEqual(len(set(words)), 1, words)
        self.assertIn(CANCELLED, words[0])

    def test_a_browser_without_passkeys_is_told_so(self):
        page = self.open("")
        page.add_init_script("delete window.PublicKeyCredential")
        for path, name in (("/sign-in", "Sign in with a passkey"), ("/sign-up", "Create account with a passkey")):
            page.goto(self.url(path))
            expect(page.get_by_text("This browser cannot use passkeys.")).to_be_visible()
            expect(page.get_by_role("button", name=name)).to_be_disabled()
        expect(page.get_by_text("Already have an account?")).to_be_visible()

    def test_offers_the_providers_that_are_configured(self):
        page, _ = self.visitor(offers=False)
        self.ways(page, google=True, apple=True)
        page.goto(self.url("/sign-in?return=%2Fmarkets%3Ftype%3Dcrypto"))
        for name in ("google", "apple"):
            link = page.get_by_role("link", name=f"Continue with {name.title()}")
            expect(link).to_have_attribute(
                "href", f"/api/auth/oauth/{name}/start?return_to=%2Fmarkets%3Ftype%3Dcrypto"
            )
        self.ways(page)
        page.goto(self.url("/sign-in"))
        expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_enabled()
        expect(page.get_by_role("link", name=re.compile("Continue with"))).to_have_count(0)

    def test_tells_in_words_why_a_provider_led_nowhere(self):
        page, _ = self.visitor(offers=False)
        for code, words in (
            ("SIGN_IN_CANCELLED", "The sign-in was cancelled."),
            ("INVITATION_REQUIRED", "You need an unused invitation"),
            ("<b>x</b>", "The sign-in did not work."),
        ):
            page.goto(self.url(f"/sign-in?error={code}"))
            expect(page.get_by_role("alert")).to_contain_text(words)
            self.assertEqual(page.get_by_role("alert").locator("b").count(), 0)

    def test_goes_on_after_a_provider_led_nowhere(self):
        page, _ = self.user("/")
        self.sign_out(page)
        page.goto(self.url("/sign-in?error=SIGN_IN_CANCELLED&return=%2Fmarkets"))
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page).to_have_url(self.url("/markets"))
        # Linking can fail, too: then somebody is signed in, and reads why.
        page.goto(self.url("/sign-in?error=IDENTITY_TAKEN"))
        expect(page.get_by_role("alert")).to_contain_text("linked to another user")
        page.get_by_role("link", name="Go to settings").click()
        expect(page).to_have_url(self.url("/settings"))

    def test_leads_only_to_addresses_of_this_app(self):
        for path in ("//evil.example/x", "/\\evil.example", "https://evil.example", "/sign-in", "/no/such/page"):
            with self.subTest(path=path):
                page, _ = self.user("/")
                self.sign_out(page)
                page.goto(self.url("/sign-in?return=" + path))
                page.get_by_role("button", name="Sign in with a passkey").click()
                self.is_signed_in(page)
                expect(page).to_have_url(self.url("/"))

    def test_other_tabs_follow(self):
        page, _ = self.user("/")
        other = page.context.new_page()
        other.goto(self.url("/markets"))
        expect(other.get_by_role("button", name="Account: Ada Page")).to_be_visible()
        self.sign_out(page)
        expect(other.get_by_role("banner").get_by_role("link", name="Sign in")).to_be_visible()

    def test_the_menu_works_by_keyboard(self):
        page, _ = self.user("/")
        button = page.get_by_role("button", name="Account: Ada Page")
        button.focus()
        page.keyboard.press("Enter")
        expect(button).to_have_attribute("aria-expanded", "true")
        page.keyboard.press("Tab")
        expect(page.get_by_role("banner").get_by_role("link", name="Settings")).to_be_focused()
        page.keyboard.press("Escape")
        expect(button).to_be_focused()
        expect(button).to_have_attribute("aria-expanded", "false")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page).to_have_url(self.url("/settings"))
        expect(page.get_by_role("heading", level=1)).to_be_focused()

    def about_on_its_way(self, clicks: int = 1):
        """Somebody who has followed a link to a page that has not come, and what lets it come."""
        page, _ = self.user("/markets")
        held = []
        page.route("**/assets/about-*.js", lambda route: held.append(route))
        page.get_by_role("link", name="About", exact=True).first.click(click_count=clicks)
        self.wait_for(lambda: held, "the page is on its way")
        return page, held[0].continue_

    def test_a_menu_that_is_opened_while_a_page_is_on_its_way_stays_open(self):
        page, arrive = self.about_on_its_way()
        button = page.get_by_role("button", name="Account: Ada Page")
        button.click()
        arrive()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        self.at_rest(page)
        expect(button).to_have_attribute("aria-expanded", "true")
        expect(button).to_be_focused()

    def test_a_link_that_is_pressed_twice_leads_to_the_heading(self):
        page, arrive = self.about_on_its_way(clicks=2)
        arrive()
        expect(page.get_by_role("heading", level=1)).to_be_focused()


class RefusedSignInTests(PasskeyTest):
    expects_failed_requests = True

    @unittest.skipUnless(DATABASE, "BITSTOCKERZ_DATABASE is not set")
    def test_an_expired_challenge_is_refused_and_a_new_one_works(self):
        page, _ = self.user("/")
        self.sign_out(page)
        page.goto(self.url("/sign-in"))

        def expire(route):
            # Only what this browser was asked: others are at their sign-ins beside it.
            client_data = base64url(route.request.post_data_json["credential"]["response"]["clientDataJSON"])
            challenge = hashlib.sha256(base64url(json.loads(client_data)["challenge"])).hexdigest()
            changed = sql(
                "WITH old AS (UPDATE webauthn_challenges SET created_at = now() - interval '6 minutes', "
                f"expires_at = now() - interval '1 minute' WHERE challenge_hash = decode('{challenge}', 'hex') "
                "RETURNING 1) SELECT count(*) FROM old"
            )
            self.assertEqual(int(changed), 1)
            route.continue_()

        page.route("**/login/verify", expire)
        button = page.get_by_role("button", name="Sign in with a passkey")
        button.click()
        expect(page.get_by_role("alert")).to_contain_text("This took too long, or was answered already.")
        page.unroute("**/login/verify")
        button.click()
        self.is_signed_in(page)

    def test_a_captured_answer_is_worth_nothing_a_second_time(self):
        page, _ = self.user("/")
        self.sign_out(page)
        page.goto(self.url("/sign-in"))
        with page.expect_response("**/login/verify") as answered:
            page.get_by_role("button", name="Sign in with a passkey").click()
        self.is_signed_in(page)
        self.assertEqual(answered.value.status, 200)
        captured = answered.value.request
        # To the letter what the browser sent, the cookie that binds the ceremony to it included.
        headers = {name: value for name, value in captured.all_headers().items() if not name.startswith(":")}
        headers.pop("accept-encoding", None)
        self.assertIn("__Host-ceremony", headers["cookie"])
        again = urllib.request.Request(captured.url, data=captured.post_data_buffer, headers=headers, method="POST")
        with self.assertRaises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(again, timeout=20)
        self.assertEqual(refused.exception.code, 401)
        body = json.load(refused.exception)
        self.assertEqual([one["code"] for one in body["field_errors"]], ["PASSKEY_EXPIRED"])
        self.assertNotIn("Set-Cookie", refused.exception.headers)

    def test_a_passkey_that_nobody_has_is_told_and_forgotten(self):
        page, authenticator = self.user("/settings/passkeys")
        [first] = authenticator.credentials()
        authenticator.take_away()
        second = Authenticator(page)
        page.get_by_role("button", name="Add a passkey").click()
        expect(page.get_by_text("Passkey added")).to_be_visible()
        rows = page.locator(".rows > li")
        expect(rows).to_have_count(2)
        # A name to tell them apart.
        rows.nth(1).get_by_role("button", name=re.compile("^Rename")).click()
        page.get_by_label("Passkey name").fill("Key in the drawer")
        page.get_by_role("button", name="Save").click()
        expect(rows.nth(1)).to_contain_text("Key in the drawer")
        expect(rows.nth(1).get_by_role("button", name="Rename Key in the drawer")).to_be_focused()
        # The first one goes; what is left is the only way in.
        rows.nth(0).get_by_role("button", name=re.compile("^Remove")).click()
        rows.nth(0).get_by_role("button", name="Remove passkey").click()
        expect(rows).to_have_count(1)
        expect(rows).to_contain_text("your only way in")
        expect(rows.get_by_role("button", name=re.compile("^Remove"))).to_have_count(0)
        self.sign_out(page)
        self.sign_in(page)
        self.sign_out(page)
        # A password manager that was not told still has the first.
        second.take_away()
        third = Authenticator(page)
        third.restore(first)
        page.goto(self.url("/sign-in"))
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.get_by_role("alert")).to_contain_text("Nobody here has this passkey.")
        self.wait_for(lambda: third.credentials() == [], "the authenticator is told that the passkey is unknown")

    def test_an_offer_that_is_refused_is_told_and_not_repeated(self):
        page, authenticator = self.user("/", offers=True)
        self.sign_out(page)
        asked = []
        page.on("request", lambda request: asked.append(request.url) if "login/options" in request.url else None)
        detail = "An administrator has closed this account."
        page.route("**/login/verify", lambda route: problem(route, 403, detail=detail, code="FORBIDDEN"))
        page.goto(self.url("/sign-in"))
        expect(page.get_by_role("alert")).to_contain_text(detail)
        self.at_rest(page)
        self.assertEqual(len(asked), 1)
