import assert from "node:assert/strict";
import test, { afterEach } from "node:test";
import { deleteMeSessionsById, getAuthOauthByProviderStart, patchMe, Profile } from "api-types";
import { readWays } from "../../../Sources/Web/src/api/account";
import { DecodeError } from "../../../Sources/Web/src/api/decode";
import { ApiError, call, linkTo } from "../../../Sources/Web/src/api/http";
import {
    base64urlOf,
    bytesOf,
    ceremonyErrorOf,
    creationOptions,
    credentialJSON,
    requestOptions,
} from "../../../Sources/Web/src/lib/passkeys";
import { distinctNames, whereKept } from "../../../Sources/Web/src/lib/passkey-names";
import { purposeOf } from "../../../Sources/Web/src/lib/purpose";
import {
    linkSecret,
    placeOf,
    recoveredPath,
    recoverPath,
    returnPath,
    signInPath,
    signUpPath,
    wayBackFrom,
} from "../../../Sources/Web/src/lib/routes";
import { detailsInWords } from "../../../Sources/Web/src/lib/activity-words";
import { eventInWords, signInError } from "../../../Sources/Web/src/lib/words";

const realFetch = globalThis.fetch;
afterEach(() => {
    globalThis.fetch = realFetch;
});

test("bytes go through base64url and back, whatever they are", () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => (index * 7 + 250) % 256);
    for (const count of [0, 1, 2, 3, 64, 256]) {
        const text = base64urlOf(bytes.slice(0, count).buffer);
        assert.match(text, /^[A-Za-z0-9_-]*$/);
        assert.deepEqual(bytesOf(text), bytes.slice(0, count));
    }
    assert.deepEqual([...bytesOf("-_8")], [251, 255]);
});

test("options of the API become those of the browser", () => {
    const created = creationOptions({
        challenge: "AQI",
        rp: { id: "localhost", name: "BitStockerz" },
        user: { id: "Aw", name: "a@b", displayName: "A" },
        pubKeyCredParams: [{ type: "public-key", alg: -7 }],
        timeout: 1,
        excludeCredentials: [{ id: "BA", type: "public-key", transports: ["usb"] }],
        authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
        attestation: "none",
        extensions: { credProps: true },
    });
    assert.deepEqual([...(created.challenge as Uint8Array)], [1, 2]);
    assert.deepEqual([...(created.user.id as Uint8Array)], [3]);
    assert.equal(created.user.name, "a@b");
    assert.deepEqual(created.excludeCredentials, [{ id: Uint8Array.of(4), type: "public-key", transports: ["usb"] }]);
    assert.equal(created.attestation, "none");
    const asked = requestOptions({
        challenge: "AQI",
        timeout: 1,
        rpId: "localhost",
        allowCredentials: [],
        userVerification: "required",
    });
    assert.deepEqual([asked.rpId, asked.allowCredentials], ["localhost", []]);
});

test("a browser's answer becomes JSON with what it has", () => {
    const bytes = (...values: number[]): ArrayBuffer => Uint8Array.from(values).buffer;
    const credential = {
        id: "AQ",
        rawId: bytes(1),
        type: "public-key",
        authenticatorAttachment: "platform",
        getClientExtensionResults: () => ({ credProps: { rk: true } }),
        response: { clientDataJSON: bytes(2), attestationObject: bytes(3), getTransports: () => ["internal"] },
    } as unknown as PublicKeyCredential;
    assert.deepEqual(credentialJSON(credential), {
        id: "AQ",
        rawId: "AQ",
        type: "public-key",
        authenticatorAttachment: "platform",
        clientExtensionResults: { credProps: { rk: true } },
        response: { clientDataJSON: "Ag", attestationObject: "Aw", transports: ["internal"] },
    });
});

test("every refusal of a browser has words", () => {
    for (const [name, fault] of [
        ["NotAllowedError", "cancelled"],
        ["InvalidStateError", "known"],
        ["ConstraintError", "unable"],
        ["NotSupportedError", "unable"],
        ["SecurityError", "elsewhere"],
        ["SomethingNew", "failed"],
    ] as const) {
        const error = ceremonyErrorOf({ name });
        assert.equal(error.fault, fault);
        assert.ok(error.message.endsWith("."));
    }
    assert.equal(ceremonyErrorOf(null).fault, "failed");
});

test("signing in leads back, and only to a page of this app", () => {
    assert.equal(signInPath("/"), "/sign-in");
    assert.equal(signInPath("/markets?type=crypto"), "/sign-in?return=%2Fmarkets%3Ftype%3Dcrypto");
    assert.equal(returnPath("?return=%2Fmarkets%3Ftype%3Dcrypto"), "/markets?type=crypto");
    for (const wrong of [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/sign-in",
        "/join",
        "/nowhere",
        "",
    ])
        assert.equal(returnPath(`?return=${encodeURIComponent(wrong)}`), "/", wrong);
});

test("the way back goes along from door to door", () => {
    const from = "/backtests/new?symbol=NVDA";
    for (const path of [signInPath(from), signUpPath(from), recoverPath(from), recoveredPath(from)]) {
        const { search } = new URL(path, "https://here.example");
        assert.equal(returnPath(search), from, path);
    }
    for (const none of ["/", "/settings/passkeys", "/settings/passkeys?recovered"])
        assert.equal(recoveredPath(none), "/settings/passkeys?recovered");
    assert.equal(wayBackFrom({ pathname: "/markets/NVDA", search: "?interval=1h" }), "/markets/NVDA?interval=1h");
    assert.equal(wayBackFrom({ pathname: "/sign-in", search: `?return=${encodeURIComponent(from)}` }), from);
    assert.equal(wayBackFrom({ pathname: "/sign-up", search: "" }), "/");
});

test("what an account is needed for is told from where the visitor comes back to", () => {
    assert.equal(purposeOf("/backtests/new?symbol=NVDA"), "to test a strategy on NVDA");
    assert.equal(purposeOf("/backtests/new"), "to test a strategy");
    assert.equal(purposeOf("/trade?symbol=btc-usd"), "to trade BTC-USD on paper");
    assert.equal(purposeOf("/alerts?symbol=%5Egspc"), "to set alerts on ^GSPC");
    assert.equal(purposeOf("/alerts?symbol=EURUSD=X"), "to set alerts on EURUSD=X");
    assert.equal(purposeOf("/alerts?symbol=NVDA&last=1"), "to set alerts on NVDA");
    assert.equal(purposeOf("/data/series/NVDA"), "to see the stored prices of NVDA");
    assert.equal(purposeOf("/trade/practice/01234567-89ab-4cde-8f01-23456789abcd"), "to open this practice session");
    assert.equal(purposeOf("/trade/runners/01234567-89ab-4cde-8f01-23456789abcd"), "to see this strategy trade on paper");
    assert.equal(purposeOf("/data/jobs"), "to see data jobs");
    assert.equal(purposeOf("/markets?view=watchlist"), "to keep a watchlist");
    for (const open of ["/", "/markets", "/markets/NVDA", "/about", "/nowhere"])
        assert.equal(purposeOf(open), null, open);
    // Words of whoever made the link are none of ours.
    assert.equal(purposeOf("/backtests/new?symbol=NVDA. Call 555 0100"), "to test a strategy");
});

test("the secret of a link is found where mail programs leave it", () => {
    assert.equal(linkSecret("code", "", "#abc-_1"), "abc-_1");
    assert.equal(linkSecret("code", "", "#code=abc"), "abc");
    assert.equal(linkSecret("code", "?code=abc", ""), "abc");
    assert.equal(linkSecret("code", "?other=abc", "#other=abc"), "");
});

test("addresses of accounts lead to their pages", () => {
    assert.deepEqual(placeOf("/settings/api-keys"), { page: "settings", params: { section: "api-keys" } });
    for (const wrong of ["/settings/x", "/sign-in/x", "/settings/data/x"])
        assert.equal(placeOf(wrong).page, "not-found");
});

test("codes of the server are told in words, unknown ones too", () => {
    assert.match(signInError("SIGN_IN_EXPIRED"), /took too long/);
    assert.match(signInError("constructor"), /did not work/);
    assert.equal(eventInWords("passkey.added"), "Passkey added");
    assert.equal(eventInWords("paper_order.filled"), "paper order filled");
    assert.equal(
        detailsInWords({ device: "Chrome on Linux", scopes: ["read", "trade"], invited: false, x: null, count: 2 }),
        "device: Chrome on Linux · scopes: read, trade · count: 2",
    );
    assert.equal(
        detailsInWords({ side: "BUY", reason: "MAX_ORDER_NOTIONAL", order_id: "59c9e81e-0000", quantity: "3.00000000" }),
        "side: buy \u00B7 reason: The order is too large \u00B7 quantity: 3",
    );
    assert.equal(
        // The way it was written once, which stays in the trail.
        detailsInWords({ quantity_before: "10", quantity: "40.50000000", price: "102.500000000000" }),
        "quantity before: 10 \u00B7 quantity: 40.5 \u00B7 price: 102.50",
    );
    assert.equal(detailsInWords(null), "");
});

const profile = {
    id: "1",
    role: "admin",
    email: null,
    email_verified: false,
    display_name: "Ada",
    base_currency: "USD",
    created_at: "2026-11-22T20:00:00.123Z",
    linked_providers: ["google"],
    passkey_count: 1,
    recovery_codes_left: 10,
    scopes: ["read"],
    session: { id: "2", kind: "full", is_recent: true },
    signal: { rp_id: "localhost", user_id: "AQ", name: "Ada", display_name: "Ada", accepted_credential_ids: ["Ag"] },
};

test("a profile is read, and a broken one is told by its place", () => {
    const read = Profile(profile, "answer");
    assert.deepEqual([read.role, read.email, read.session?.kind], ["admin", null, "full"]);
    assert.equal(read.createdAt, Date.UTC(2026, 10, 22, 20) / 1000);
    assert.deepEqual(read.signal.acceptedCredentialIds, ["Ag"]);
    for (const [change, place] of [
        [{ role: "king" }, "answer.role is none of user, operator, admin"],
        [{ session: { ...profile.session, kind: "half" } }, "answer.session.kind"],
        [{ created_at: "yesterday" }, "answer.created_at is not a time"],
        [{ passkey_count: "1" }, "answer.passkey_count is not a number"],
        [{ signal: { ...profile.signal, accepted_credential_ids: [1] } }, "accepted_credential_ids[0] is not a text"],
    ] as const)
        assert.throws(
            () => Profile({ ...profile, ...change }, "answer"),
            (error: unknown) => error instanceof DecodeError && error.message.includes(place),
        );
});

test("what a later server adds does no harm", () => {
    const read = Profile({ ...profile, shoe_size: 44, scopes: ["read", "fly"], linked_providers: ["x"] }, "answer");
    assert.deepEqual([read.scopes, read.linkedProviders, "shoeSize" in read], [["read"], [], false]);
});

test("the way to a provider is the address that the API says", () => {
    const query = { return_to: "/a?b", invitation: null };
    const address = linkTo(getAuthOauthByProviderStart, { path: { provider: "google" }, query });
    assert.equal(address, "/api/auth/oauth/google/start?return_to=%2Fa%3Fb");
});

test("ways to sign in are read as this page knows them", async () => {
    const body = { passkeys: true, google: false, apple: true, registration: "invite" };
    globalThis.fetch = () =>
        Promise.resolve(new Response(JSON.stringify(body), { headers: { "Content-Type": "application/json" } }));
    assert.deepEqual(await readWays(), { passkeys: true, providers: ["apple"], registration: "invite" });
});

test("a change is sent as JSON, may be answered by nothing, and its faults come by field", async () => {
    const asked: RequestInit[] = [];
    globalThis.fetch = (_, options) => {
        asked.push(options ?? {});
        return Promise.resolve(new Response(null, { status: 204 }));
    };
    assert.equal((await call(deleteMeSessionsById, { path: { id: "1" } })).body, undefined);
    await call(patchMe, { body: { email: "a@b" } }).catch(() => undefined);
    assert.deepEqual([asked[0]?.method, asked[0]?.body], ["DELETE", undefined]);
    assert.deepEqual(asked[0]?.headers, { Accept: "application/json" });
    assert.deepEqual([asked[1]?.method, asked[1]?.body], ["PATCH", '{"email":"a@b"}']);

    const fault = { field: "email", code: "INVALID_FORMAT", message: "email must be an email address." };
    const body = {
        type: "about:blank",
        title: "The request is not valid",
        status: 400,
        instance: "/api/me",
        code: "VALIDATION_ERROR",
        request_id: "r",
        field_errors: [fault],
    };
    const headers = { "Content-Type": "application/problem+json" };
    globalThis.fetch = () => Promise.resolve(new Response(JSON.stringify(body), { status: 400, headers }));
    await assert.rejects(call(patchMe, { body: {} }), (error: unknown) => {
        assert.ok(error instanceof ApiError);
        assert.deepEqual(error.fieldErrors, [fault]);
        return true;
    });
});

test("two passkeys of the same name are told apart", () => {
    const at = Date.UTC(2026, 10, 28, 17, 5) / 1000;
    const passkeys = [
        { id: "1", name: "Chrome on Linux", createdAt: at },
        { id: "2", name: "Chrome on Linux", createdAt: at + 60 },
        { id: "3", name: "Chrome on Linux", createdAt: at + 61 },
        { id: "4", name: "Key in the drawer", createdAt: at },
    ];
    assert.deepEqual([...distinctNames(passkeys).values()], [
        "Chrome on Linux, added 28 Nov 2026 17:05 UTC",
        "Chrome on Linux, added 28 Nov 2026 17:06 UTC",
        "Chrome on Linux, added 28 Nov 2026 17:06 UTC (2)",
        "Key in the drawer",
    ]);
    assert.deepEqual([...distinctNames(passkeys.slice(1, 2)).values()], ["Chrome on Linux"]);
});

test("what holds a passkey is told as far as it is known", () => {
    assert.equal(whereKept({ isBackedUp: true, transports: ["internal"] }), "Synced by a password manager");
    assert.equal(whereKept({ isBackedUp: false, transports: ["internal", "hybrid"] }), "Stored on one device");
    assert.equal(whereKept({ isBackedUp: false, transports: ["usb", "nfc"] }), "Security key");
    assert.equal(whereKept({ isBackedUp: false, transports: [] }), "Stored on one device");
});
