"""A session of somebody who has just signed up: the registration of a passkey that is made here. Without attestation nothing
is signed, so a public key is all it takes."""

import base64
import hashlib
import json
import os
import subprocess
import urllib.request
from pathlib import Path


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def begin(url: str, work: Path) -> str:
    """The cookie of the session, as `name=value`."""
    browser = urllib.request.build_opener(urllib.request.HTTPHandler)
    cookies: dict[str, str] = {}

    def post(path: str, body: dict) -> dict:
        fields = {"Content-Type": "application/json", "Origin": url,
                  "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
        with browser.open(urllib.request.Request(url + path, json.dumps(body).encode(), fields)) as answer:
            for field in answer.headers.get_all("Set-Cookie") or []:
                name, _, value = field.partition(";")[0].partition("=")
                cookies[name] = value
            return json.load(answer)

    asked = post("/api/auth/webauthn/register/options", {"email": "schemathesis@example.org"})["public_key"]
    key = work / "passkey.pem"
    subprocess.run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key], check=True)
    point = subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-outform", "DER"], check=True, capture_output=True).stdout[-64:]
    cose = bytes.fromhex("a5010203262001215820") + point[:32] + bytes.fromhex("225820") + point[32:]
    credential = os.urandom(16)
    # Present and verified, with a key.
    data = hashlib.sha256(asked["rp"]["id"].encode()).digest() + b"\x45" + bytes(4) + bytes(16) + b"\x00\x10" + credential + cose
    attestation = bytes.fromhex("a363666d74646e6f6e656761747453746d74a068617574684461746158") + bytes([len(data)]) + data
    client = {"type": "webauthn.create", "challenge": asked["challenge"], "origin": url, "crossOrigin": False}
    post("/api/auth/webauthn/register/verify", {"credential": {
        "id": base64url(credential), "rawId": base64url(credential), "type": "public-key", "clientExtensionResults": {},
        "response": {"clientDataJSON": base64url(json.dumps(client).encode()), "attestationObject": base64url(attestation)}}})
    return f"__Host-session={cookies['__Host-session']}"
