"""Verifies the sign-ins of WebAuthnSpeed with py_webauthn, as one would in a Python server; same arguments and output."""

import json
import resource
import sys
import time

from webauthn import verify_authentication_response
from webauthn.helpers import base64url_to_bytes


def main(path: str, seconds: float) -> None:
    with open(path, "rb") as file:
        ceremonies = [
            (
                json.dumps(one["credential"]), base64url_to_bytes(one["challenge"]),
                base64url_to_bytes(one["public_key"]),
            )
            for one in json.load(file)
        ]
    count = 0
    begin = processor_seconds()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for body, challenge, public_key in ceremonies:
            verify_authentication_response(
                credential=body, expected_challenge=challenge, expected_rp_id="example.org",
                expected_origin="https://example.org", credential_public_key=public_key,
                credential_current_sign_count=0, require_user_verification=True,
            )
        count += len(ceremonies)
    print(json.dumps({"assertions": count, "cpu_seconds": processor_seconds() - begin}))


def processor_seconds() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
