"""What nobody can guess: tokens, the secret of this machine, six digits; the one door to such chance. No
night is ever made of it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

LONGEST_TOKEN = 64
"""Characters; nothing longer is even looked at."""
_KEY_BYTES = 18


def new_token() -> str:
    """What a phone shows from now on: 256 bits, in letters that an address and a cookie may have."""
    return secrets.token_urlsafe(32)


def new_secret() -> str:
    """What this machine's keys are made with."""
    return secrets.token_hex(32)


def six_digits() -> str:
    """A code that a person reads from the screen."""
    return f"{secrets.randbelow(1_000_000):06}"


def digest(token: str) -> str:
    """What is kept of a token: whoever reads that cannot show the token itself."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def key(secret: str, path: str) -> str:
    """The key to one path: who has it can reckon no other path's."""
    code = hmac.new(bytes.fromhex(secret), path.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(code[:_KEY_BYTES]).decode("ascii")


def same(one: str, other: str) -> bool:
    """Are they the same? In a time that says nothing of how alike they are."""
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))
