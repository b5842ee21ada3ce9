"""Requests that no form of ours sends: a plain refusal, never a fault (RELIABILITY.md S01, S03, S04)."""

import pytest
from django.test import Client

from inquiries.models import Inquiry
from tests.factories import make_coordinator

pytestmark = pytest.mark.django_db

FORM = "/en/inquiry/"
HERE = {"Sec-Fetch-Site": "same-origin"}
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b"


def part(name: str, value: bytes = b"x", filename: str = "") -> bytes:
    file = f'; filename="{filename}"' if filename else ""
    return f'--b\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode() + value + b"\r\n"


HOSTILE = {
    "multipart without a boundary": ("multipart/form-data", b"x"),
    "multipart with a boundary that never comes": (MULTIPART, b"--other\r\n\r\n"),
    "multipart cut in the middle": (MULTIPART, part("name")[:20]),
    "multipart that is no multipart": (MULTIPART, b"name=x"),
    "boundary that is too long": (f"multipart/form-data; boundary={'b' * 300}", b"x"),
    "two hundred files": (MULTIPART, b"".join(part(f"f{n}", filename="a.txt") for n in range(200)) + b"--b--\r\n"),
    "five thousand fields": (URLENCODED, b"&".join(b"f%d=x" % n for n in range(5000))),
    "four megabytes": (URLENCODED, b"message=" + b"x" * 4_000_000),
    "an oversize upload": (MULTIPART, part("file", b"x" * 4_000_000, filename="scan.jpg") + b"--b--\r\n"),
    "bytes that are no text": (URLENCODED, b"name=%ff%fe%00&message=%ed%a0%80&email=%c0%af"),
    "a strange charset": ("application/x-www-form-urlencoded; charset=utf-7", b"name=%2BADw-script"),
    "an unknown charset": ("application/x-www-form-urlencoded; charset=klingon", b"name=x"),
    "a body of JSON": ("application/json", b'{"name": "x"}'),
    "nothing": (URLENCODED, b""),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_body_gets_a_plain_refusal(client: Client, case: str) -> None:
    make_coordinator()
    content_type, body = HOSTILE[case]
    response = client.generic("POST", FORM, body, content_type, headers=HERE)
    assert 400 <= response.status_code < 500
    assert not Inquiry.objects.exists()
    assert "<h1" in response.content.decode()


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_other_methods_change_nothing(client: Client, method: str) -> None:
    response = getattr(client, method)(FORM, headers=HERE)
    assert response.status_code in {200, 405}
    assert not Inquiry.objects.exists()
