"""A person with passkeys, for tests: a virtual authenticator of Chromium, and the ceremonies by which people get in."""

import base64
import itertools
import json
import os
import re
import subprocess
import time

from harness import PageTest, expect

# How the stack's database is reached, as `bitstockerz-dev status` tells it; for what no browser can make happen.
DATABASE = os.environ.get("BITSTOCKERZ_DATABASE", "")
_numbers = itertools.count()

# A new account with a passkey, as the page makes one; its recovery codes.
SIGN_UP = """async user => {
    const post = async (step, body) => {
        const options = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
        const answer = await fetch(`/api/auth/webauthn/register/${step}`, options);
        if (!answer.ok) throw new Error(await answer.text());
        return answer.json();
    };
    const { public_key } = await post("options", user);
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(public_key);
    const made = (await navigator.credentials.create({ publicKey })).toJSON();
    const { clientDataJSON, attestationObject, transports } = made.response;
    const credential = { ...made, response: { clientDataJSON, attestationObject, transports } };
    const { recovery_codes } = await post("verify", { credential });
    localStorage.setItem("signed-in", "1");
    return recovery_codes;
}"""


def new_email() -> str:
    """An address that no test has used before, on this stack or in an earlier run against it."""
    return f"page-{time.time_ns():x}-{next(_numbers)}@example.com"


def base64url(text: str) -> bytes:
    """The bytes of what WebAuthn writes in base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def sql(statement: str) -> str:
    """Runs a statement in the stack's database."""
    result = subprocess.run(
        ["psql", DATABASE, "-XqAt", "-v", "ON_ERROR_STOP=1", "-c", statement],
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
    )
    return result.stdout.strip()


class Authenticator:
    """One device that keeps passkeys: always at hand, and its owner always consents unless told otherwise."""

    def __init__(self, page, **options) -> None:
        self._session = page.context.new_cdp_session(page)
        self._session.send("WebAuthn.enable", {"enableUI": False})
        settings = {
            "protocol": "ctap2",
            "ctap2Version": "ctap2_1",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
            **options,
        }
        self._id = self._send("addVirtualAuthenticator", options=settings)["authenticatorId"]

    def _send(self, command: str, **parameters):
        return self._session.send(f"WebAuthn.{command}", parameters)

    def credentials(self) -> list[dict]:
        return self._send("getCredentials", authenticatorId=self._id)["credentials"]

    def restore(self, credential: dict) -> None:
        self._send("addCredential", authenticatorId=self._id, credential=credential)

    def forget(self) -> None:
        self._send("clearCredentials", authenticatorId=self._id)

    def take_away(self) -> None:
        self._send("removeVirtualAuthenticator", authenticatorId=self._id)

    def is_verified(self, verified: bool) -> None:
        """Whether the owner's fingerprint is recognised; if not, the ceremony ends as if they had cancelled it."""
        self._send("setUserVerified", authenticatorId=self._id, isUserVerified=verified)


class PasskeyTest(PageTest):
    """A test in which somebody signs up and in."""

    def visitor(self, path: str = "", *, offers: bool = True, **options):
        """A page with an authenticator. Without `offers` the browser proposes no passkey by itself."""
        page = self.open("", **options)
        if not offers:
            self.offer_nothing(page)
        authenticator = Authenticator(page)
        if path:
            page.goto(self.url(path))
        return page, authenticator

    def offer_nothing(self, page) -> None:
        page.add_init_script("PublicKeyCredential.isConditionalMediationAvailable = async () => false")

    def ways(self, page, **changes) -> None:
        """Has the page believe that the installation is set up in another way."""
        body = json.dumps({"passkeys": True, "google": False, "apple": False, "registration": "open", **changes})
        page.unroute("**/api/auth/providers")
        page.route("**/api/auth/providers", lambda route: route.fulfill(content_type="application/json", body=body))

    def sign_up(self, page, email: str | None = None, name: str = "Ada Page") -> list[str]:
        """From any page to a new account; the recovery codes."""
        page.goto(self.url("/sign-up"))
        page.get_by_label("Email").fill(email or new_email())
        page.get_by_label("Name (optional)").fill(name)
        page.get_by_role("button", name="Create account with a passkey").click()
        codes = page.locator(".codes code")
        expect(codes).to_have_count(10)
        texts = codes.all_inner_texts()
        page.get_by_label("I have saved these codes").check()
        page.get_by_role("button", name="Continue").click()
        # The page that opens takes the focus when it is there, which would close a menu.
        expect(page.get_by_role("heading", level=1, name="Dashboard")).to_be_focused()
        expect(page.get_by_role("button", name=f"Account: {name}")).to_be_visible()
        return texts

    def user(self, path: str = "", *, offers: bool = False, email: str | None = None, **options):
        """
        Somebody who has just signed up, by the ceremony alone: `sign_up` is the way through the page. Without a `path`
        the page is not there yet.
        """
        page, authenticator = self.visitor(offers=offers, **options)
        # Any document of the site may do it; one that is nothing else is there at once.
        blank = self.url("/blank")
        page.route(blank, lambda route: route.fulfill(content_type="text/html", body="<link rel=icon href=data:,>"))
        page.goto(blank)
        page.unroute(blank)
        self.codes = page.evaluate(SIGN_UP, {"email": email or new_email(), "display_name": "Ada Page"})
        if path:
            page.goto(self.url(path))
        return page, authenticator

    def sign_out(self, page) -> None:
        # What is on its way when a session ends is refused, and the console says so.
        self.at_rest(page)
        page.get_by_role("button", name=re.compile("^Account:")).click()
        page.get_by_role("button", name="Sign out", exact=True).click()
        expect(page.get_by_role("banner").get_by_role("link", name="Sign in")).to_be_visible()

    def sign_in(self, page) -> None:
        page.goto(self.url("/sign-in"))
        page.get_by_role("button", name="Sign in with a passkey").click()
        self.is_signed_in(page)
        # The account is there a moment before it leads anywhere.
        expect(page).not_to_have_url(re.compile("/sign-in"))

    def is_signed_in(self, page) -> None:
        expect(page.get_by_role("button", name=re.compile("^Account:"))).to_be_visible()
