"""Counting without people, and the first page that is made of it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.apps import apps
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries

from coordinators.enums import Role
from coordinators.models import Coordinator, ReplyPolicy, User
from inquiries.details.questions import PAIN, TRIED
from inquiries.enums import ContactResult, ErasedBy, FunnelStep, Outcome
from inquiries.measure.funnel import read_funnel
from inquiries.measure.views import PER_NETWORK
from inquiries.models import DailyCount, Inquiry
from inquiries.services import triage
from inquiries.services.details import save_answers
from inquiries.services.erasure import erase
from inquiries.services.measure import count
from inquiries.services.messages import receive_message
from tests.factories import make_coordinator, make_inquiry, make_user
from tests.integration.test_inquiry_form import answers
from treatments.enums import PublicationState
from treatments.models import TreatmentPage

pytestmark = pytest.mark.django_db

BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
HERE = BROWSER | {"Sec-Fetch-Site": "same-origin"}
MONDAY = "2026-11-23T09:00:00+01:00"


@pytest.fixture(autouse=True)
def ana() -> Coordinator:
    return make_coordinator("Ana Horvat", languages=("en", "de"))


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def total(step: FunnelStep, **where: str) -> int:
    return sum(DailyCount.objects.filter(step=step, **where).values_list("number", flat=True))


def say(
    client: Client,
    headers: dict[str, str] | None = None,
    *,
    step: str = "PAGE_READ",
    treatment: str = "facet-infiltration",
    language: str = "en",
) -> int:
    with translation.override(language):
        address = reverse("inquiries:count")
    body = {"step": step, "treatment": treatment}
    return client.post(address, body, headers=HERE if headers is None else headers).status_code


def shown(client: Client) -> str:
    """Return the first page as it is read."""
    html = client.get(reverse("admin:index")).content.decode()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


# Steps of inquiries


def test_every_stored_inquiry_is_counted_once_and_held_ones_when_released(ana: Coordinator) -> None:
    for language in ("en", "de", "de"):
        make_inquiry(language=language, preferred_language=language)
    make_inquiry(treatment=None)
    first = Inquiry.objects.order_by("received_at")[0]
    make_inquiry(email=first.email, message="I forgot something")  # added to the open one
    held, spam = make_inquiry(honeypot="x"), make_inquiry(honeypot="y")
    assert total(FunnelStep.SENT) == Inquiry.objects.not_quarantined().count() == 5
    assert total(FunnelStep.SENT, language="de") == 2
    assert total(FunnelStep.SENT, treatment="") == 1
    assert total(FunnelStep.SENT, detail="added") == 1

    triage.record_read(spam, by=ana.user)
    triage.close(spam, Outcome.SPAM, by=ana.user)
    triage.log_contact(held, ContactResult.SPOKE, by=ana.user)
    assert total(FunnelStep.OUTCOME) == total(FunnelStep.FIRST_REPLY) == 0
    triage.release(held, by=ana.user)
    assert not held.promises.running().exists(), "somebody has phoned: nothing is promised any more"
    assert total(FunnelStep.SENT) == Inquiry.objects.not_quarantined().count() == 6
    assert total(FunnelStep.FIRST_REPLY) == Inquiry.objects.filter(first_contact_at__isnull=False).count() == 1


def test_replies_and_outcomes_are_those_of_the_inquiries(ana: Coordinator) -> None:
    inquiries = [make_inquiry() for _ in range(3)]
    for inquiry in inquiries:
        triage.record_read(inquiry, by=ana.user)
        triage.log_contact(inquiry, ContactResult.UNREACHABLE, by=ana.user)
        triage.log_contact(inquiry, ContactResult.SPOKE, by=ana.user)
        triage.close(inquiry, Outcome.APPOINTMENT, by=ana.user)
    assert total(FunnelStep.FIRST_REPLY) == 3
    triage.reopen(inquiries[0], by=ana.user)
    triage.close(inquiries[0], Outcome.INFORMED, by=ana.user)
    receive_message(inquiries[1], "One more thing", language="en")  # opens it again
    assert total(FunnelStep.FIRST_REPLY) == 3
    assert total(FunnelStep.OUTCOME) == Inquiry.objects.closed().count() == 2
    assert total(FunnelStep.OUTCOME, detail=Outcome.APPOINTMENT) == 1
    assert total(FunnelStep.OUTCOME, detail=Outcome.INFORMED) == 1


def test_details_are_counted_with_the_first_group_only() -> None:
    inquiry = make_inquiry()
    assert save_answers(inquiry, PAIN, {"where": ["neck"]})
    assert save_answers(inquiry, TRIED, {"physio": "yes"})
    assert save_answers(inquiry, PAIN, {"since": "weeks-6"})
    assert total(FunnelStep.DETAILS_ADDED) == 1


def test_later_steps_count_on_the_day_of_receipt(ana: Coordinator) -> None:
    ReplyPolicy.objects.update(weekdays="12345", opens_at="08:00", closes_at="16:00")
    with time_machine.travel(MONDAY, tick=False):
        inquiry = make_inquiry()
    with time_machine.travel("2026-11-24T10:30:00+01:00", tick=False):
        triage.record_read(inquiry, by=ana.user)
        triage.log_contact(inquiry, ContactResult.SPOKE, by=ana.user)
        triage.close(inquiry, Outcome.INFORMED, by=ana.user)
    rows = DailyCount.objects.values_list("day", "step", "detail")
    assert {str(day) for day, _step, _detail in rows} == {"2026-11-23"}
    assert ("FIRST_REPLY", str(7 * 60 + 150)) in {(step, detail) for _day, step, detail in rows}


def test_erasing_takes_no_count_back() -> None:
    inquiry = make_inquiry()
    erase(inquiry, ErasedBy.PATIENT)
    assert total(FunnelStep.SENT) == 1


def test_a_count_that_fails_takes_the_inquiry_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_options: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("inquiries.services.measure.count", fail)
    with pytest.raises(RuntimeError):
        make_inquiry()
    assert not Inquiry.objects.exists()


# Mistakes


def test_mistakes_are_counted_by_field_and_code_and_never_by_what_was_typed(client: Client) -> None:
    for _ in range(2):
        client.post("/en/inquiry/", answers(name="", country="Kanarienland"), headers=HERE)
    assert client.post("/en/inquiry/", answers(name="", subject_line="robot"), headers=HERE).status_code == 422
    rows = DailyCount.objects.values_list("step", "language", "treatment", "detail", "number")
    assert set(rows) == {
        ("FORM_REFUSED", "en", "facet-infiltration", detail, 2) for detail in ("", "name:required", "country:unknown")
    }


def test_a_form_of_another_site_is_no_mistake(client: Client) -> None:
    client.post("/en/inquiry/", answers(name=""), headers=BROWSER | {"Sec-Fetch-Site": "cross-site"})
    assert not DailyCount.objects.exists()


# What pages say


def test_pages_say_that_they_were_read(client: Client) -> None:
    assert say(client) == 204
    assert say(client, step="FORM_OPENED") == 204
    assert say(client, step="FORM_OPENED", treatment="") == 204
    assert say(client, language="de") == 204
    rows = DailyCount.objects.order_by("id").values_list("step", "language", "treatment", "detail", "number")
    assert list(rows) == [
        ("PAGE_READ", "en", "facet-infiltration", "", 1),
        ("FORM_OPENED", "en", "facet-infiltration", "", 1),
        ("FORM_OPENED", "en", "", "", 1),
        ("PAGE_READ", "de", "facet-infiltration", "", 1),
    ]


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/140.0.0.0 Safari/537.36"},
        {"User-Agent": ""},
        {"Sec-GPC": "1"},
        {"DNT": "1"},
        {"Sec-Fetch-Site": "", "Origin": "null"},
        {"Sec-Fetch-Site": ""},
    ],
    ids=["crawler", "headless", "no-agent", "gpc", "dnt", "null-origin", "no-origin"],
)
def test_who_is_not_a_reader_or_objects_is_not_counted(client: Client, headers: dict[str, str]) -> None:
    assert say(client, HERE | headers) in {204, 403}
    assert not DailyCount.objects.exists()


def test_another_site_cannot_count(client: Client) -> None:
    assert say(client, BROWSER | {"Sec-Fetch-Site": "cross-site"}) == 403
    assert client.get(reverse("inquiries:count"), headers=HERE).status_code == 405
    assert not DailyCount.objects.exists()


@pytest.mark.parametrize(
    ("step", "treatment"),
    [
        ("SENT", "facet-infiltration"),
        ("OUTCOME", "facet-infiltration"),
        ("x" * 500, "facet-infiltration"),
        ("PAGE_READ", "elsewhere"),
        ("PAGE_READ", ""),
        ("PAGE_READ", "x" * 500),
    ],
)
def test_only_known_pages_and_their_own_steps_are_counted(client: Client, step: str, treatment: str) -> None:
    assert say(client, step=step, treatment=treatment) == 204
    assert not DailyCount.objects.exists()


def test_a_draft_is_not_counted(client: Client) -> None:
    TreatmentPage.objects.filter(language="en").update(state=PublicationState.DRAFT)
    assert say(client) == 204
    assert not DailyCount.objects.exists()


def test_one_network_counts_so_much_a_minute(client: Client) -> None:
    for _ in range(PER_NETWORK + 20):
        say(client)
    assert total(FunnelStep.PAGE_READ) == PER_NETWORK
    assert say(client, HERE, step="PAGE_READ") == 204
    other = Client(REMOTE_ADDR="203.0.113.7")
    say(other)
    assert total(FunnelStep.PAGE_READ) == PER_NETWORK + 1


def test_the_answer_says_nothing_and_sets_nothing(client: Client) -> None:
    response = client.post(reverse("inquiries:count"), {"step": "PAGE_READ"}, headers=HERE)
    assert response.content == b""
    assert not response.cookies
    assert "no-store" in response.headers["Cache-Control"]


def test_pages_carry_one_small_script_that_is_the_same_for_everybody(client: Client) -> None:
    page = TreatmentPage.objects.get(language="de", treatment__code="facet-infiltration").get_absolute_url()
    html = client.get(page).content.decode()
    assert re.findall(r'data-count="([^"]+)" data-step="(\w+)" data-treatment="([\w-]*)"', html) == [
        ("/de/count/", "PAGE_READ", "facet-infiltration")
    ]
    form = client.get("/en/inquiry/").content.decode()
    assert 'data-step="FORM_OPENED" data-treatment=""' in form
    refused = client.post("/en/inquiry/", {}, headers=HERE).content.decode()
    assert "data-count=" not in refused
    for path in (page, "/en/inquiry/"):
        assert not client.get(path).cookies


def test_nothing_about_a_visit_has_a_column() -> None:
    model = apps.get_model("inquiries", "DailyCount")
    assert {field.name for field in model._meta.get_fields()} == {
        "id", "day", "step", "language", "treatment", "detail", "number"
    }  # fmt: skip
    unique = {tuple(item.fields) for item in model._meta.constraints if hasattr(item, "fields")}
    assert unique == {("day", "step", "language", "treatment", "detail")}


def test_a_reader_leaves_one_number_and_nothing_else(client: Client) -> None:
    tables = [name for name in connection.introspection.table_names() if name != "inquiries_dailycount"]

    def sizes() -> list[int]:
        found = []
        with connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f'SELECT count(*) FROM "{table}"')
                found.append(cursor.fetchone()[0])
        return found

    before = sizes()
    for _ in range(3):
        say(client)
    assert sizes() == before
    assert DailyCount.objects.get().number == 3


# The first page


def test_it_says_in_one_sentence_whether_anybody_waits_too_long(manager: Client) -> None:
    assert "Nobody waits too long." in shown(manager)
    make_inquiry()
    assert "1 patient waits within the promised time; the next answer is due in" in shown(manager)
    late = Inquiry.objects.get()
    Inquiry.objects.filter(pk=late.pk).update(
        received_at=timezone.now() - timedelta(days=1), reply_due_at=timezone.now() - timedelta(hours=3, minutes=5)
    )
    assert "1 patient waits longer than promised: 3 h 5 min too long." in shown(manager)
    make_inquiry()
    Inquiry.objects.exclude(pk=late.pk).update(
        received_at=timezone.now() - timedelta(days=1), reply_due_at=timezone.now() - timedelta(hours=1)
    )
    assert "2 patients wait longer than promised, the oldest 3 h 5 min too long." in shown(manager)


def test_who_waits_longest_is_named_and_a_click_away(manager: Client, ana: Coordinator) -> None:
    oldest, other = make_inquiry(), make_inquiry()
    assert "Waits longest" not in shown(manager)
    for inquiry, hours in ((oldest, 3), (other, 1)):
        Inquiry.objects.filter(pk=inquiry.pk).update(
            received_at=timezone.now() - timedelta(days=1), reply_due_at=timezone.now() - timedelta(hours=hours)
        )
    assert f"Waits longest: {oldest.reference} · {ana.display_name}" in shown(manager)
    html = manager.get(reverse("admin:index")).content.decode()
    assert f'<a href="{reverse("admin:inquiries_inquiry_change", args=[oldest.pk])}">{oldest.reference}</a>' in html
    overdue = f"{reverse('admin:inquiries_inquiry_changelist')}?view=overdue"
    assert f'<p class="verdict-words"><a href="{overdue}">2 patients wait longer than promised' in html
    Inquiry.objects.update(coordinator=None, is_flagged=True)
    assert f"Waits longest: {oldest.reference} · nobody" in shown(manager)


def test_each_line_of_the_loads_leads_to_what_it_counts(manager: Client, ana: Coordinator) -> None:
    own, nobodys = make_inquiry(), make_inquiry()
    Inquiry.objects.filter(pk=nobodys.pk).update(coordinator=None, is_flagged=True)
    html = manager.get(reverse("admin:index")).content.decode()
    inbox = reverse("admin:inquiries_inquiry_changelist")
    lines = dict(re.findall(rf'<th scope="row"><a href="({inbox}\?coordinator=\w+)">([^<]+)</a></th>', html))
    assert lines == {f"{inbox}?coordinator={ana.pk}": "Ana Horvat", f"{inbox}?coordinator=nobody": "nobody"}
    for url, inquiry in zip(lines, (own, nobodys), strict=True):
        assert re.findall(r">(ZG-[^<]+)</a></th>", manager.get(url).content.decode()) == [inquiry.reference]


def test_coordinators_hear_of_their_own_patients_and_see_no_figures(client: Client, ana: Coordinator) -> None:
    make_inquiry()
    Inquiry.objects.update(
        received_at=timezone.now() - timedelta(days=1), reply_due_at=timezone.now() - timedelta(hours=3)
    )
    other = make_coordinator("Jan Novak", languages=("hr",))
    client.force_login(other.user)
    text = shown(client)
    assert "Nobody waits too long." in text
    assert "Open inquiries by coordinator" not in text
    client.force_login(ana.user)
    assert "1 patient waits longer than promised" in shown(client)


def test_small_parts_are_hidden_and_wholes_are_not(manager: Client) -> None:
    for _ in range(4):
        make_inquiry()
    for _ in range(6):
        make_inquiry(language="de", preferred_language="de")
    funnel = read_funnel(timezone.localdate())
    assert str(funnel.steps[2].cell) == "10"
    by_language = {line.label: [str(cell) for cell in line.cells] for line in funnel.by_language}
    assert by_language["English"][2] == "<5"
    assert by_language["Deutsch"][2] == "6"
    assert "Parts smaller than five are not shown exactly." in shown(manager)


def test_it_tells_how_fast_the_clinic_answers(manager: Client, ana: Coordinator) -> None:
    ReplyPolicy.objects.update(weekdays="1234567", opens_at="08:00", closes_at="16:00", time_zone="UTC")
    start = timezone.now().replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=1)
    for minutes in (10, 20, 30, 40, 50, 60, 70, 80, 90, 100):
        with time_machine.travel(start, tick=False):
            inquiry = make_inquiry()
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            triage.log_contact(inquiry, ContactResult.SPOKE, by=ana.user)
    text = shown(manager)
    assert "Half answered within 50 min" in text
    assert "Nine of ten answered within 1 h 30 min" in text
    assert "Promised within 4 h" in text


def test_those_who_wait_are_no_answers(manager: Client, ana: Coordinator) -> None:
    ReplyPolicy.objects.update(weekdays="1234567", opens_at="08:00", closes_at="16:00", time_zone="UTC")
    mia = User.objects.get(role=Role.MANAGER)
    with time_machine.travel("2026-11-24T09:00:00+00:00", tick=False) as clock:
        answered = [make_inquiry() for _ in range(5)]
        clock.move_to("2026-11-24T12:20:00+00:00")
        for inquiry in answered:
            triage.log_contact(inquiry, ContactResult.SPOKE, by=ana.user)
        clock.move_to("2026-11-24T13:59:00+00:00")
        for _ in range(10):
            make_inquiry(network_digest=uuid4().hex)
        clock.move_to("2026-11-24T14:00:00+00:00")
        manager.force_login(mia)
        assert "Half answered within 3 h 20 min" in shown(manager)
        clock.move_to("2026-11-25T10:00:30+00:00")
        manager.force_login(mia)
        text = shown(manager)
        assert "Half answered within more than 4 h 1 min" in text
        assert "Nine of ten answered within more than 4 h 1 min" in text
        assert "more than 4 h 1 min of working time" in text
        # Seven working days of eight hours are no two calendar days and a bit.
        clock.move_to("2026-12-02T10:00:30+00:00")
        manager.force_login(mia)
        assert "Nine of ten answered within more than 60 h 1 min" in shown(manager)


def test_patients_of_a_day_off_make_no_figure_before_anybody_works(manager: Client, ana: Coordinator) -> None:
    ReplyPolicy.objects.update(weekdays="12345", opens_at="08:00", closes_at="16:00", time_zone="UTC")
    mia = User.objects.get(role=Role.MANAGER)
    with time_machine.travel("2026-11-22T10:00:00+00:00", tick=False):  # a Sunday
        inquiries = [make_inquiry(network_digest=uuid4().hex) for _ in range(10)]
        manager.force_login(mia)
        assert "There are too few inquiries yet to say how fast they are answered." in shown(manager)
    with time_machine.travel("2026-11-23T08:00:00+00:00", tick=False):
        for inquiry in inquiries[:6]:
            triage.log_contact(inquiry, ContactResult.SPOKE, by=ana.user)
        manager.force_login(mia)
        text = shown(manager)
        assert "Half answered within" in text
        assert "more than 0 min" not in text


def test_charts_have_words_and_tables(manager: Client) -> None:
    make_inquiry()
    manager.post("/en/inquiry/", answers(name=""), headers=HERE)
    html = manager.get(reverse("admin:index")).content.decode()
    drawings = re.findall(r'<svg role="img".*?</svg>', html, re.DOTALL)
    assert len(drawings) == 5
    for drawing in drawings:
        assert re.search(r"<title id=\"[\w-]+\">\S", drawing)
        assert re.search(r"<desc id=\"[\w-]+\">\S", drawing)
        assert "style=" not in drawing
    assert html.count("<details") >= len(drawings)
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("language", ["de", "hr", "nl", "it"])
def test_numbers_in_drawings_are_written_for_machines(client: Client, language: str) -> None:
    make_inquiry()
    client.force_login(make_user(Role.MANAGER, "Mia Manager", language=language))
    html = client.get(reverse("admin:index")).content.decode()
    for value in re.findall(r'<(?:rect|text|svg)[^>]* (?:x|y|width|height)="([^"]+)"', html):
        assert re.fullmatch(r"\d+(\.\d+)?%?", value)


def fill(number: int, ana: Coordinator) -> None:
    """Store many inquiries as rows, of half a year, all but a hundredth closed."""
    pattern = make_inquiry()
    fields = [field.attname for field in Inquiry._meta.concrete_fields if not field.generated and field.name != "id"]
    same = {name: getattr(pattern, name) for name in fields}
    rows = []
    for place in range(number):
        received = timezone.now() - timedelta(days=place % 180 + 1, minutes=place % 60)
        own: dict[str, Any] = {
            "reference": f"ZG-{place:04d}-AAAA",
            "receipt_digest": f"{place:064d}",
            "received_at": received,
            "reply_due_at": received + timedelta(hours=4),
        }
        if place % 100:
            own |= {"status": "CLOSED", "closed_at": received, "closed_by_id": ana.user.pk, "outcome": "INFORMED"}
        rows.append(Inquiry(**same | own))
    Inquiry.objects.bulk_create(rows, batch_size=500)


def test_first_page_asks_the_same_however_much_there_is(
    manager: Client, ana: Coordinator, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    def queries() -> list[str]:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            manager.get(reverse("admin:index"))
        return [query["sql"] for query in captured]

    make_inquiry()
    few = queries()
    fill(200, ana)
    day = timezone.localdate()
    for place in range(60):
        count(FunnelStep.PAGE_READ, day=day - timedelta(days=place), language="en", treatment="facet-infiltration")
    make_coordinator("Jan Novak", languages=("hr",))
    assert len(queries()) == len(few)
    with django_assert_max_num_queries(60):
        manager.get(reverse("admin:index"))
