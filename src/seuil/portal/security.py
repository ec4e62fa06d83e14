"""Headers that every answer carries: the browser may load from this site only, and tells nobody where it came from.

Rules: no other host, no inline script or style, no framing, no sniffing of types, no referrer, no device, no cookie. An
answer may bring a policy of its own: `embedded` for what other sites may show in a frame, and pictures that are files.
"""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ANCESTORS = "frame-ancestors"
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        f"{_ANCESTORS} 'none'",
    )
)
_FORBIDDEN_FEATURES = ("camera", "geolocation", "microphone", "payment", "usb", "browsing-topics")
_POLICY, _FRAMES = "Content-Security-Policy", "X-Frame-Options"
HEADERS = {
    _POLICY: POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _FORBIDDEN_FEATURES),
    "Cross-Origin-Opener-Policy": "same-origin",
    _FRAMES: "DENY",
}


def embedded(sites: str) -> dict[str, str]:
    """The policy of a page that these sites may show in a frame; all else is as everywhere."""
    return {_POLICY: POLICY.replace(f"{_ANCESTORS} 'none'", f"{_ANCESTORS} {sites}")}


class SecurityHeaders:
    """ASGI middleware that adds `HEADERS` to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add the headers when the answer starts."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                own = headers.get(_POLICY)
                for name, value in HEADERS.items():
                    headers[name] = value
                if own is not None:
                    headers[_POLICY] = own
                    if f"{_ANCESTORS} 'none'" not in own:
                        del headers[_FRAMES]  # it knows no list of sites
            await send(message)

        await self.app(scope, receive, send_with_headers)
