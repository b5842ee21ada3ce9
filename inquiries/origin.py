"""Where a request comes from: its site, by the browser's word, and its network, shortened.

Public pages set no cookie, so a form token could not be tied to a visitor. The browser's own Sec-Fetch-Site and Origin
headers say whether a form was sent from this site (RELIABILITY.md §5, docs/adr/0005).
"""

from collections.abc import Callable
from enum import Enum
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from inquiries.sealing import keyed_digest

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
IPV4_PREFIX, IPV6_PREFIX = 24, 48

Parameters = ParamSpec("Parameters")


class Origin(Enum):
    """The verdict on a request that changes something."""

    OK = "ok"
    CROSS = "cross"
    ABSENT = "absent"


def origin_verdict(request: HttpRequest) -> Origin:
    """Return whether an unsafe request was sent from this site, from elsewhere, or by a client that does not say.

    Sec-Fetch-Site comes first: with a strict referrer policy a same-origin form sends `Origin: null`.
    """
    if request.method in SAFE_METHODS:
        return Origin.OK
    site = request.headers.get("Sec-Fetch-Site", "")
    if site in {"same-origin", "none"}:
        return Origin.OK
    if site in {"same-site", "cross-site"}:
        return Origin.CROSS
    origin = request.headers.get("Origin")
    if origin is None:
        return Origin.ABSENT
    return Origin.OK if origin in settings.SITE_ORIGINS else Origin.CROSS


def answers_cross_origin_itself(
    view: Callable[Concatenate[HttpRequest, Parameters], HttpResponse],
) -> Callable[Concatenate[HttpRequest, Parameters], HttpResponse]:
    """Mark a view that shows a cross-origin visitor the filled form again instead of a bare refusal.

    Such a view needs no token either: it has no cookie to ride on.
    """
    marked: Any = view
    marked.answers_cross_origin_itself = True  # read by the middleware
    marked.csrf_exempt = True  # read by Django's middleware
    return view


def client_address(request: HttpRequest) -> str:
    """Return the client's address: the last one in X-Forwarded-For that is no trusted proxy, else the peer's."""
    peer: str = request.META.get("REMOTE_ADDR", "")
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    while _is_trusted(peer) and hops:
        peer = hops.pop()
    return peer


def network_digest(request: HttpRequest) -> str:
    """Return a keyed digest of the client's network (/24 or /48): enough to count by, useless to find a person."""
    try:
        address = _address(client_address(request))
    except ValueError:
        return keyed_digest("network", "unknown")
    prefix = IPV4_PREFIX if address.version == 4 else IPV6_PREFIX  # noqa: PLR2004  # the version's own name
    return keyed_digest("network", str(ip_network(f"{address}/{prefix}", strict=False)))


def _address(text: str) -> IPv4Address | IPv6Address:
    """Return an address, an IPv4 one also where a dual-stack socket wrote it as IPv6. Raises ValueError."""
    address = ip_address(text)
    return getattr(address, "ipv4_mapped", None) or address


def _is_trusted(peer: str) -> bool:
    """Return whether `peer` is one of the proxies named in TRUSTED_PROXIES."""
    try:
        address = _address(peer)
    except ValueError:
        return False
    return any(address in network for network in _trusted_networks(tuple(settings.TRUSTED_PROXIES)))


@lru_cache(maxsize=4)
def _trusted_networks(proxies: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(proxy, strict=False) for proxy in proxies)
