"""What every answer says, so that a browser does nothing that lullaby does not ask for: no script from
elsewhere or within the page, no frame around it, no type guessed, nothing kept that is private."""

from __future__ import annotations

from collections.abc import Iterable

Header = tuple[bytes, bytes]

_OURS = b" 'self'; "
_POLICY = (
    b"default-src 'none'; "
    + _OURS.join((b"script-src", b"style-src", b"img-src", b"media-src", b"connect-src", b"form-action", b""))
    + b"frame-ancestors 'none'; base-uri 'none'"
)
_NOT_NEEDED = (
    b"accelerometer", b"camera", b"display-capture", b"geolocation", b"gyroscope", b"magnetometer",
    b"microphone", b"midi", b"payment", b"screen-wake-lock", b"usb",
)  # fmt: skip

ALWAYS: tuple[Header, ...] = (
    (b"content-security-policy", _POLICY),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    # not "no-referrer": a browser would then send the page's own forms, too, with "Origin: null"
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b", ".join(name + b"=()" for name in _NOT_NEEDED)),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-embedder-policy", b"require-corp"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-permitted-cross-domain-policies", b"none"),
)
FOR_BOXES: tuple[Header, ...] = (
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"accept-ranges, content-length, content-range"),
)
"""Where the key to one path was said: a box's own page comes from its maker, and asks for the sound from
there. No cookie goes with that, and who knows the key has the right."""
_NOT_SAID = (b"server", b"x-powered-by")


def dressed(headers: Iterable[Header], *, path: str, status: int, keyed: bool = False) -> list[Header]:
    """An answer's headers, with ours in the place of others of their names. What may be kept an answer says
    by itself; else nothing of it is, but the bytes of a night, by the phone alone and after asking."""
    ours = dict(ALWAYS)
    if keyed:
        ours |= dict(FOR_BOXES)
    own = [(name.lower(), value) for name, value in headers]
    found = [(name, value) for name, value in own if name not in ours and name not in _NOT_SAID]
    if not any(name == b"cache-control" for name, _ in found):
        night = path.startswith("/night/") and status in (200, 206, 304)
        found.append((b"cache-control", b"private, no-cache" if night else b"no-store"))
    return [*found, *ours.items()]
