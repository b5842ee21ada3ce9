"""Where a request comes from: nobody can pretend another address, and only the network is counted."""

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from pytest_django import Settings

from inquiries.origin import client_address, network_digest


def request_from(peer: str, forwarded_for: str | None = None) -> HttpRequest:
    headers = {} if forwarded_for is None else {"X-Forwarded-For": forwarded_for}
    return RequestFactory().post("/en/inquiry/", headers=headers, REMOTE_ADDR=peer)


def digest_of(address: str) -> str:
    return network_digest(request_from(address))


@pytest.mark.parametrize("forged", [None, "198.51.100.7", "10.0.0.1, 198.51.100.7", "nonsense"])
def test_client_address_ignores_what_a_visitor_claims(forged: str | None) -> None:
    assert client_address(request_from("203.0.113.5", forged)) == "203.0.113.5"


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "client"),
    [
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("10.0.0.1", "1.1.1.1, 192.0.2.1 , 10.0.0.2", "1.1.1.1"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", None, "10.0.0.1"),
        ("10.0.0.1", "1.1.1.1, unknown", "unknown"),
        ("203.0.113.5", "198.51.100.7", "203.0.113.5"),
        ("2001:db8:aa::1", "198.51.100.7", "198.51.100.7"),
    ],
)
def test_client_address_is_the_last_hop_that_is_no_trusted_proxy(
    settings: Settings, peer: str, forwarded_for: str | None, client: str
) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/8", "192.0.2.1", "2001:db8:aa::/48"]
    assert client_address(request_from(peer, forwarded_for)) == client


def test_client_address_knows_a_proxy_that_arrives_over_a_dual_stack_socket(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    assert client_address(request_from("::ffff:10.0.0.1", "198.51.100.7")) == "198.51.100.7"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.5", "203.0.113.200", True),
        ("203.0.113.5", "203.0.114.5", False),
        ("203.0.113.5", "::ffff:203.0.113.9", True),
        ("203.0.113.5", "::ffff:203.0.114.9", False),
        ("2001:db8:1::1", "2001:db8:1:ffff::2", True),
        ("2001:db8:1::1", "2001:db8:2::1", False),
        ("203.0.113.5", "2001:db8:1::1", False),
        ("unknown", "also unknown", True),
        ("unknown", "203.0.113.5", False),
    ],
)
def test_network_digest_is_one_for_a_network(one: str, other: str, *, same: bool) -> None:
    assert (digest_of(one) == digest_of(other)) is same


def test_network_digest_tells_nothing_about_the_address(settings: Settings) -> None:
    digest = digest_of("203.0.113.5")
    assert len(digest) == 64
    assert "203" not in digest.split("0" * 3)
    settings.FIELD_ENCRYPTION_KEYS = "0" * 64
    assert digest_of("203.0.113.5") != digest


@pytest.mark.parametrize("peer", ["", "unix:", "fe80::1%eth0", "203.0.113.5:4711", "\x00"])
def test_network_digest_takes_any_address_without_failing(peer: str) -> None:
    assert len(digest_of(peer)) == 64
