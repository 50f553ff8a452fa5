"""A browser with one passkey, as far as the drill of two hosts needs one. What it has is kept in FOLDER.

usage: visitor.py FOLDER ADDRESS sign-up|sign-in|METHOD PATH [JSON]     at ADDRESS, which is asked as localhost

Says the status, how many calls are left of its limit, and the answer.
"""

import base64
import hashlib
import http.client
import json
import os
import socket
import ssl
import subprocess
import sys

folder, address, method, *rest = sys.argv[1:]
key, jar = f"{folder}/key.pem", f"{folder}/cookies.json"
identity = b"the only passkey of this visitor"
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
cookies = json.load(open(jar)) if os.path.exists(jar) else {}


def ask(method, path, body=None):
    connection = http.client.HTTPSConnection("localhost", timeout=30, context=context)
    connection.sock = context.wrap_socket(socket.create_connection((address, 443), 30), server_hostname="localhost")
    fields = {"Origin": "https://localhost", "Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"}
    if cookies:
        fields["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    connection.request(method, path, None if body is None else json.dumps(body), fields)
    answer = connection.getresponse()
    text = answer.read().decode()
    for field in answer.headers.get_all("Set-Cookie", []):
        name, value = field.split(";")[0].split("=", 1)
        cookies[name] = value
    with open(jar, "w") as file:
        json.dump(cookies, file)
    return answer.status, answer.headers.get("RateLimit-Remaining", "-"), text


def text(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def client(kind, options):
    return json.dumps({"type": kind, "challenge": options["challenge"], "origin": "https://localhost"}).encode()


def openssl(*arguments, data=b""):
    return subprocess.run(["openssl", *arguments], input=data, capture_output=True, check=True).stdout


# Present, verified, and kept elsewhere as well.
def authenticator(flags):
    return hashlib.sha256(b"localhost").digest() + bytes([0x1D | flags, 0, 0, 0, 0])


def credential(**response):
    return {"credential": {
        "id": text(identity), "rawId": text(identity), "type": "public-key", "clientExtensionResults": {},
        "response": {name: value if isinstance(value, str) else text(value) for name, value in response.items()}}}


def sign_up(options):
    with open(f"{folder}/handle", "w") as file:
        file.write(options["user"]["id"])
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
    point = openssl("ec", "-in", key, "-pubout", "-outform", "DER")[-64:]
    # ES256 in the canonical CBOR of CTAP2.
    cose = bytes([0xA5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32]) + point[:32] + bytes([0x22, 0x58, 32]) + point[32:]
    data = authenticator(0x40) + bytes(16) + len(identity).to_bytes(2, "big") + identity + cose
    attestation = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58" + bytes([len(data)]) + data
    return credential(clientDataJSON=client("webauthn.create", options), attestationObject=attestation)


def sign_in(options):
    data, said = authenticator(0), client("webauthn.get", options)
    signature = openssl("dgst", "-sha256", "-sign", key, data=data + hashlib.sha256(said).digest())
    with open(f"{folder}/handle") as file:
        return credential(clientDataJSON=said, authenticatorData=data, signature=signature, userHandle=file.read())


if method in ("sign-up", "sign-in"):
    ceremony, answer = ("register", sign_up) if method == "sign-up" else ("login", sign_in)
    if method == "sign-in":
        cookies = {}
    wish = {"email": "ada@example.org"} if method == "sign-up" else {}
    outcome = ask("POST", f"/api/auth/webauthn/{ceremony}/options", wish)
    if outcome[0] == 200:
        outcome = ask("POST", f"/api/auth/webauthn/{ceremony}/verify", answer(json.loads(outcome[2])["public_key"]))
else:
    outcome = ask(method, rest[0], json.loads(rest[1]) if len(rest) > 1 else None)
print(*outcome)
