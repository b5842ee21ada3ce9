"""Mail scanners open every link, some with a browser: nothing changes, and the patient still gets in."""

import re
from collections.abc import Iterator
from email import message_from_string
from email.message import Message as Letter
from email.policy import default
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse

from coordinators.enums import Role
from coordinators.models import ReplyPolicy
from inquiries.codes import code_as_shown
from inquiries.links import private_token
from inquiries.models import AccessCode, Inquiry, InquiryEvent
from inquiries.receipts import receipt_token
from inquiries.services.codes import send_code
from inquiries.services.contact import change_contact, confirm_person
from inquiries.services.delivery import sweep
from inquiries.services.links import renew_link
from inquiries.services.messages import write_answer
from inquiries.services.triage import ask_for_details
from tests.factories import make_coordinator, make_inquiry, make_user

pytestmark = pytest.mark.django_db

TIMES = 20
ROBOTS = (
    {"User-Agent": "Mozilla/5.0 (compatible; SafeLinks)"},
    {"User-Agent": "Mozilla/5.0 HeadlessChrome/140", "Sec-Fetch-Site": "cross-site", "Sec-Purpose": "prefetch"},
    {"User-Agent": "curl/8", "X-Forwarded-For": "203.0.113.9"},
)
HERE = {"Sec-Fetch-Site": "same-origin"}
# What a script that acts without a press would call
SENDS_BY_ITSELF = re.compile(r"fetch\(|submit\(|requestSubmit|sendBeacon|XMLHttpRequest|location\s*=|\.click\(")
# A whole address in a text; sentences end with a full stop.
LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:)]")


@pytest.fixture
def inquiry() -> Inquiry:
    """Return an inquiry about which the patient was sent an e-mail of every kind that carries a link."""
    make_coordinator("Ana Horvat", languages=("en", "de"))
    ReplyPolicy.objects.update(fallback_mailbox="team@clinic.example")
    manager = make_user(Role.MANAGER, "Mia Boss")
    inquiry = make_inquiry(email="jan@example.com")
    make_inquiry(email="jan@example.com", message="Once more")
    write_answer(inquiry, "An answer", by=manager)
    ask_for_details(inquiry, by=manager)
    send_code(inquiry)
    sweep()
    change_contact(inquiry, email="jan@example.org")
    confirm_person(inquiry, by=manager)
    sweep()
    return inquiry


def dump() -> dict[str, list[str]]:
    """Return every row of every table as the database holds it: sealed fields too, which seal anew with every write."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        rows = {}
        for table in tables:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows[table] = sorted(map(repr, cursor.fetchall()))
    return rows


def links_in_mails() -> set[str]:
    """Return the paths of all links in all parts of all e-mails that were sent to patients."""
    letters = [letter for letter in mail.outbox if letter.to[0].startswith("jan@")]
    assert letters
    texts = [part for letter in letters for part in parts_of(letter)]
    return {path_of(url) for text in texts for url in LINK.findall(text)}


def parts_of(letter: Any) -> Iterator[str]:
    """Yield every text of an e-mail, decoded as a mail program decodes it."""
    parsed: Letter = message_from_string(letter.message().as_string(), policy=default)
    for part in parsed.walk():
        if part.get_content_maintype() == "text":
            yield part.get_content()  # type: ignore[attr-defined]  # the default policy makes EmailMessage


def path_of(url: str) -> str:
    parts = urlsplit(url.replace("&amp;", "&"))
    return parts.path + (f"?{parts.query}" if parts.query else "")


def private_paths(inquiry: Inquiry) -> set[str]:
    """Return every page under the link, and the confirmation."""
    token = private_token(inquiry.private_link.pk, inquiry.private_link.version)
    names = ("", "-details", "-files", "-contact", "-message", "-code", "-unlock", "-export", "-erase")
    paths = {reverse(f"inquiries:private{name}", kwargs={"token": token}) for name in names}
    group = reverse("inquiries:private-details-group", kwargs={"token": token, "group": "pain"})
    receipt = reverse("inquiries:confirmation", kwargs={"token": receipt_token(inquiry.pk)})
    return paths | {group, receipt, reverse("inquiries:private-link-request")}


def source_of(script: str) -> str:
    """Return the text of one of the site's own scripts."""
    return (settings.BASE_DIR / script.removeprefix("/")).read_text(encoding="utf-8")


class Found(HTMLParser):
    """The links of a page, and what a browser would do by itself."""

    def __init__(self, body: str) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.scripts: set[str] = set()
        self.by_itself: list[str] = []
        self.feed(body)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note links, the site's own scripts, and whatever else runs without a press."""
        values = dict(attrs)
        if tag == "a" and (values.get("href") or "").startswith("/"):
            self.links.add(values["href"] or "")
        source = values.get("src") or ""
        if tag == "script" and source.startswith("/static/js/"):
            self.scripts.add(source)
        elif tag in {"script", "iframe", "object", "embed"} or "http-equiv" in values:
            self.by_itself.append(f"{tag} {source}")
        self.by_itself += [name for name in values if name.startswith("on")]


def test_twenty_visits_of_robots_to_every_link_change_nothing(client: Client, inquiry: Inquiry) -> None:
    paths = links_in_mails() | private_paths(inquiry)
    assert any("/inquiry/private/" in path for path in links_in_mails())
    before = dump()
    for path in sorted(paths):
        for visit in range(TIMES):
            robot = ROBOTS[visit % len(ROBOTS)]
            client.get(path, headers=robot)
            client.head(path, headers=robot)
    assert dump() == before
    assert_patient_gets_in(client, inquiry)


def test_a_robot_that_follows_every_link_changes_nothing(client: Client, inquiry: Inquiry) -> None:
    """A scanner with a browser: it opens what a page leads to, and runs what a page runs by itself."""
    token = private_token(inquiry.private_link.pk, inquiry.private_link.version)
    before = dump()
    waiting, seen = links_in_mails() | private_paths(inquiry), set[str]()
    while waiting:
        path = waiting.pop()
        seen.add(path)
        response = client.get(path, headers=ROBOTS[1], follow=True)
        found = Found(response.content.decode())
        if token in path:
            assert found.by_itself == []
            assert not any(SENDS_BY_ITSELF.search(source_of(script)) for script in found.scripts)
            assert not response.cookies
        waiting |= {link for link in found.links if token in link} - seen
    assert len(seen) > len(private_paths(inquiry))
    assert dump() == before
    assert_patient_gets_in(client, inquiry)


def test_the_old_link_opens_nothing_after_a_new_one(client: Client, inquiry: Inquiry) -> None:
    old = private_token(inquiry.private_link.pk, 1)
    renew_link(inquiry, by=make_user(Role.MANAGER, "Ivo Boss"))
    assert client.get(reverse("inquiries:private", kwargs={"token": old})).status_code == 404
    inquiry.private_link.refresh_from_db()
    assert_patient_gets_in(client, inquiry)


def assert_patient_gets_in(client: Client, inquiry: Inquiry) -> None:
    """Go the patient's way: open the link, press for a code, enter it, read."""
    token = private_token(inquiry.private_link.pk, inquiry.private_link.version)
    assert client.get(reverse("inquiries:private", kwargs={"token": token})).status_code == 200
    events = InquiryEvent.objects.count()
    client.post(reverse("inquiries:private-code", kwargs={"token": token}), headers=HERE)
    assert InquiryEvent.objects.count() == events + 1
    code = AccessCode.objects.filter(inquiry=inquiry).latest("made_at")
    unlock = reverse("inquiries:private-unlock", kwargs={"token": token})
    response = client.post(unlock, {"code": code_as_shown(code.pk)}, headers=HERE)
    assert response.status_code == 200
    assert "Jan Patient" in response.content.decode()
