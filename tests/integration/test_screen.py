"""One inquiry on one screen, its notes and related ones; closing several at once, giving them to a colleague."""

import re
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from coordinators.enums import Role
from coordinators.models import Absence, Coordinator, User
from inquiries.admin.detail import READERS_AT_MOST
from inquiries.checklist import CheckItem, in_order
from inquiries.details.questions import NEEDS, PAIN, TRIED
from inquiries.enums import EventKind, Outcome, Status
from inquiries.models import DeskSheet, Inquiry, InquiryEvent
from inquiries.services import triage
from inquiries.services.desk_sheet import SheetChangedError, save_sheet, sheet_of
from inquiries.services.details import save_answers
from tests.factories import make_coordinator, make_inquiry, make_user
from tests.integration.test_desk import INBOX, address, take, text_of
from treatments.models import Treatment

pytestmark = pytest.mark.django_db


def sheet_data(version: int, **values: Any) -> dict[str, Any]:
    """Return what the form of the notes posts."""
    return {"version": version, "notes": "", "checklist": [], "follow_up_on": "", **values}


# Notes, checklist, next date


def test_notes_are_kept_sealed_and_written_down(desk: Client, ana: Coordinator) -> None:
    inquiry = make_inquiry()
    data = sheet_data(0, notes="Wife answers\r\nthe phone", checklist=["CALLED", "READ"], follow_up_on="2030-05-02")
    response = take(desk, inquiry, "sheet", **data)
    assert response.status_code == 302
    sheet = DeskSheet.objects.get(inquiry=inquiry)
    assert (sheet.notes, sheet.checklist) == ("Wife answers\nthe phone", ["READ", "CALLED"])
    assert (sheet.follow_up_on, sheet.version, sheet.updated_by) == (date(2030, 5, 2), 1, ana.user)
    assert inquiry.events.filter(kind=EventKind.NOTED, actor=ana.user).count() == 1
    html = desk.get(address(inquiry)).content.decode()
    assert "Wife answers\nthe phone" in html
    assert 'value="2030-05-02"' in html
    assert "Last changed by Ana Horvat" in html


def test_notes_that_say_the_same_change_nothing(desk: Client) -> None:
    inquiry = make_inquiry()
    take(desk, inquiry, "sheet", **sheet_data(0, notes="A"))
    take(desk, inquiry, "sheet", **sheet_data(0, notes="A"))
    assert sheet_of(inquiry).version == 1
    assert inquiry.events.filter(kind=EventKind.NOTED).count() == 1


def test_of_two_who_save_the_second_sees_both_and_nothing_is_lost(desk: Client, ana: Coordinator) -> None:
    inquiry, mia = make_inquiry(), make_user(Role.MANAGER, "Mia Manager")
    save_sheet(
        inquiry, by=mia, version=0, notes="Mia <b>spoke</b>", checklist=["PRICE_TOLD"], follow_up_on=date(2031, 1, 3)
    )
    response = take(desk, inquiry, "sheet", **sheet_data(0, notes="Ana wrote this", checklist=["CALLED"]))
    html, text = response.content.decode(), text_of(response)
    assert response.status_code == 200
    assert "Mia Manager saved other notes while you were writing" in text
    assert "Mia &lt;b&gt;spoke&lt;/b&gt;" in html
    assert "told the price" in text
    assert "Ana wrote this</textarea>" in html
    assert 'value="CALLED"' in html
    assert 'name="sheet-version" value="1"' in html
    assert sheet_of(inquiry).notes == "Mia <b>spoke</b>"
    # Having seen both, Ana puts them together; now it counts.
    assert take(desk, inquiry, "sheet", **sheet_data(1, notes="Both")).status_code == 302
    sheet = sheet_of(inquiry)
    assert (sheet.notes, sheet.version, sheet.updated_by) == ("Both", 2, ana.user)


def test_a_third_who_was_faster_still_is_shown_too(ana: Coordinator) -> None:
    inquiry = make_inquiry()
    nothing: dict[str, Any] = {"checklist": [], "follow_up_on": None}
    save_sheet(inquiry, by=ana.user, version=0, notes="1", **nothing)
    save_sheet(inquiry, by=ana.user, version=1, notes="2", **nothing)
    with pytest.raises(SheetChangedError) as caught:
        save_sheet(inquiry, by=ana.user, version=1, notes="3", **nothing)
    assert caught.value.current.notes == "2"


@pytest.mark.parametrize("data", [{"follow_up_on": "soon"}, {"checklist": ["STARS"]}, {"version": "x"}])
def test_notes_that_cannot_be_read_come_back_filled(desk: Client, data: dict[str, Any]) -> None:
    inquiry = make_inquiry()
    response = take(desk, inquiry, "sheet", **(sheet_data(0, notes="Keep me") | data))
    assert response.status_code == 200
    assert "Keep me</textarea>" in response.content.decode()
    assert not DeskSheet.objects.exists()


def test_checklist_keeps_its_order_and_drops_what_it_does_not_know() -> None:
    assert in_order(["PRICE_TOLD", "GONE", "READ", "READ"]) == [CheckItem.READ, CheckItem.PRICE_TOLD]


def test_notes_of_a_colleagues_inquiry_are_closed(desk: Client) -> None:
    make_coordinator("Jan Novak", languages=("de",))
    inquiry = make_inquiry(preferred_language="de")
    assert take(desk, inquiry, "sheet", **sheet_data(0, notes="x")).status_code == 404
    assert not DeskSheet.objects.exists()


# Who else is here


def test_who_else_opened_it_within_the_quarter_of_an_hour_is_named(desk: Client, ana: Coordinator) -> None:
    inquiry, mia = make_inquiry(), make_user(Role.MANAGER, "Mia Manager")
    old, eve = make_user(Role.MANAGER, "Old Hand"), make_user(Role.MANAGER, "Eve Now")
    now = timezone.now()
    for user, minutes in ((mia, 9), (mia, 3), (old, 16), (ana.user, 2), (eve, 0)):
        InquiryEvent.objects.create(
            inquiry=inquiry, kind=EventKind.READ, actor=user, at=now - timedelta(minutes=minutes, seconds=1)
        )
    text = text_of(desk.get(address(inquiry)))
    assert "Eve Now opened this a moment ago. Mia Manager opened this 3 minutes ago." in text
    assert "9 minutes ago" not in text
    assert "Old Hand" not in text
    assert "Ana Horvat opened this" not in text


def test_nobody_else_is_said_when_nobody_else_was_there(desk: Client) -> None:
    inquiry = make_inquiry()
    desk.get(address(inquiry))
    assert "opened this" not in text_of(desk.get(address(inquiry)))


# The same person's other inquiries


def test_other_inquiries_of_the_same_person_are_linked_only_where_they_may_be_seen(desk: Client) -> None:
    make_coordinator("Jan Novak", languages=("de",))
    theirs = {"email": "eva@example.com"}
    mine = make_inquiry(**theirs)
    seen = make_inquiry(treatment=Treatment.objects.get(code="facet-denervation"), email=" EVA@example.com")
    by_phone = make_inquiry(email="other@example.com", phone="+49 171 2345678", contact_by=("phone",))
    hidden = make_inquiry(treatment=None, **theirs)
    Inquiry.objects.filter(pk=hidden.pk).update(coordinator=Coordinator.objects.get(display_name="Jan Novak"))
    addition = make_inquiry(**theirs, message="And another thing")
    assert addition.pk == mine.pk or Inquiry.objects.get(pk=addition.pk).joined_to_id == mine.pk
    # Nor is it the next one to turn to.
    Inquiry.objects.filter(pk=by_phone.pk).update(status=Status.CONTACTED)
    response = desk.get(address(mine))
    html, text = response.content.decode(), text_of(response)
    assert f'href="{address(seen)}">{seen.reference}' in html
    assert by_phone.reference not in html
    assert hidden.reference not in html
    assert "There is 1 more, which a colleague answers." in text
    assert "eva@example.com" not in text.partition("The same contact data")[2]


def test_a_number_alone_finds_the_same_person(desk: Client) -> None:
    phone = {"phone": "0171 2345678", "contact_by": ("phone",)}
    first = make_inquiry(email="a@example.com", **phone)
    second = make_inquiry(email="b@example.com", treatment=None, **(phone | {"phone": "+49 171 2345678"}))
    assert second.reference in text_of(desk.get(address(first)))


def test_screen_asks_as_many_questions_however_much_belongs_to_it(desk: Client) -> None:
    first = make_inquiry(email="eva@example.com")
    other = make_inquiry(email="eva@example.com", treatment=None)
    desk.get(address(first))
    before = _queries(desk, first)
    for code in ("facet-denervation", "periradicular-therapy"):
        make_inquiry(email="eva@example.com", treatment=Treatment.objects.get(code=code))
    for user in [make_user(Role.MANAGER, f"Mia {number}") for number in range(3)]:
        triage.record_read(first, by=user)
    assert _queries(desk, first) == before
    assert other.reference in text_of(desk.get(address(first)))


@pytest.mark.parametrize("role", ["coordinator", "manager"])
def test_additions_answers_and_looks_cost_no_question_each(client: Client, ana: Coordinator, role: str) -> None:
    client.force_login(ana.user if role == "coordinator" else make_user(Role.MANAGER, "Mia Manager"))
    first = make_inquiry(email="eva@example.com")
    addition = make_inquiry(email="eva@example.com", network_digest=uuid4().hex)
    for inquiry in (first, addition):
        save_answers(inquiry, NEEDS, {"more": "A lift"})
    client.get(address(first))
    before = _queries(client, first)
    for _number in range(4):
        make_inquiry(email="eva@example.com", network_digest=uuid4().hex)
    additions = Inquiry.objects.filter(joined_to=first)
    assert additions.count() == 5
    for inquiry in (first, *additions):
        for group in (PAIN, TRIED, NEEDS):
            save_answers(inquiry, group, {"more": f"{group.code} of {inquiry.reference}"}, were_shown=True)
    _look(first, ana.user, 200)
    assert _queries(client, first) == before
    text = text_of(client.get(address(first)))
    assert all(
        f"{group.code} of {inquiry.reference}" in text for inquiry in additions for group in (PAIN, TRIED, NEEDS)
    )


def test_the_newest_looks_are_shown_and_the_record_has_all_of_them(client: Client, ana: Coordinator) -> None:
    client.force_login(make_user(Role.MANAGER, "Mia Manager"))
    inquiry = make_inquiry()
    record = f"{reverse('admin:inquiries_inquiryevent_changelist')}?reference={inquiry.reference}"
    few = client.get(address(inquiry))
    assert "1 time" in _readers(few)
    assert f'href="{record}"' in few.content.decode()
    _look(inquiry, ana.user, 60)
    many = client.get(address(inquiry))
    assert "The last 50 times" in _readers(many)
    assert _readers(many).count("Ana Horvat") + _readers(many).count("Mia Manager") == READERS_AT_MOST
    assert client.get(record).content.decode().count("<td><bdi>") == 50
    client.force_login(ana.user)
    assert "Who opened what" not in text_of(client.get(address(inquiry)))


def _look(inquiry: Inquiry, user: User, times: int) -> None:
    """Write down that somebody looked again and again."""
    now = timezone.now()
    looks = [
        InquiryEvent(inquiry=inquiry, kind=EventKind.READ, actor=user, at=now - timedelta(hours=1, minutes=number))
        for number in range(times)
    ]
    InquiryEvent.objects.bulk_create(looks)


def _readers(response: Any) -> str:
    """Return who has read an inquiry, as its screen says it."""
    return text_of(response).partition("Who has read it")[2].partition("Who opened what")[0]


def _queries(client: Client, inquiry: Inquiry) -> int:
    """Return how many questions the screen asks the database."""
    with CaptureQueriesContext(connection) as captured:
        client.get(address(inquiry))
    return len(captured)


# Closing several at once


def close(client: Client, *inquiries: Inquiry, **data: Any) -> Any:
    """Choose inquiries in the inbox and press the action."""
    chosen = {"action": "close_selected", "_selected_action": [str(inquiry.pk) for inquiry in inquiries]}
    return client.post(f"{INBOX}?view=all", chosen | data, follow=True)


def test_closing_several_asks_first_and_names_what_nobody_has_opened(desk: Client, ana: Coordinator) -> None:
    read, unread = make_inquiry(), make_inquiry()
    triage.record_read(read, by=ana.user)
    text = text_of(close(desk, read, unread))
    assert f"They stay open: read them first. {unread.reference}" in text
    assert f"These will be closed {read.reference}" in text
    assert not Inquiry.objects.closed().exists()


def test_closing_several_refuses_what_nobody_has_opened_by_its_reference(desk: Client, ana: Coordinator) -> None:
    read, unread = make_inquiry(), make_inquiry()
    triage.record_read(read, by=ana.user)
    data = {"confirmed": "1", "close-outcome": Outcome.INFORMED, "close-note": "Both called"}
    text = text_of(close(desk, read, unread, **data))
    assert "1 inquiry is closed." in text
    assert f"{unread.reference}: Nobody has opened this inquiry yet. Read it first." in text
    read.refresh_from_db()
    unread.refresh_from_db()
    assert (read.status, read.outcome, read.closed_by) == (Status.CLOSED, Outcome.INFORMED, ana.user)
    assert unread.status == Status.WAITING
    assert read.events.get(kind=EventKind.CLOSED).note == "Both called"


def test_closing_several_needs_an_outcome(desk: Client, ana: Coordinator) -> None:
    read = make_inquiry()
    triage.record_read(read, by=ana.user)
    response = close(desk, read, confirmed="1", **{"close-outcome": "", "close-note": "Keep me"})
    assert "Choose how they ended." in text_of(response)
    assert "Keep me</textarea>" in response.content.decode()
    assert not Inquiry.objects.closed().exists()


def test_closing_several_reaches_nobody_elses(desk: Client, ana: Coordinator) -> None:
    make_coordinator("Jan Novak", languages=("de",))
    other = make_inquiry(preferred_language="de")
    triage.record_read(other, by=ana.user)
    close(desk, other, confirmed="1", **{"close-outcome": Outcome.SPAM, "close-note": ""})
    other.refresh_from_db()
    assert other.status == Status.WAITING


# Giving inquiries to a colleague


def give(client: Client, *inquiries: Inquiry, **data: Any) -> Any:
    """Choose inquiries in the inbox and press the managers' action."""
    chosen = {"action": "assign_selected", "_selected_action": [str(inquiry.pk) for inquiry in inquiries]}
    return client.post(f"{INBOX}?view=all", chosen | data, follow=True)


def menu(response: Any, name: str) -> list[str]:
    """Return what a menu offers, groups in brackets."""
    [html] = re.findall(rf'<select name="{name}".*?</select>', response.content.decode(), re.DOTALL)
    found = re.findall(r'<optgroup label="([^"]+)"|<option value="\d+"[^>]*>([^<]+)<', html)
    return [option or f"[{group}]" for group, option in found]


def test_assigning_says_who_fits_who_is_away_and_how_much_each_has(desk: Client) -> None:
    today = timezone.localdate()
    tom = make_coordinator("Tom Baker", languages=("en",))
    for name, languages, treatments in (
        ("Eva Kos", ("hr",), None),
        ("Lea Roth", ("en", "de"), ()),
        ("Uma Vidal", ("nl", "en"), None),
    ):
        make_coordinator(name, languages=languages, treatments=treatments)
    make_coordinator("Gone Away", languages=("en",), is_active=False)
    Absence.objects.create(coordinator=tom, starts_on=today - timedelta(days=1), ends_on=today + timedelta(days=9))
    inquiry = make_inquiry()
    until = date_format(today + timedelta(days=9), "j M")
    assert menu(desk.get(address(inquiry)), "assign-coordinator") == [
        "Uma Vidal: en, nl · 0 open",
        "Ana Horvat: en · 1 open",
        f"Tom Baker: en · 0 open · away until {until}",
        "[Without this language or treatment]",
        "Eva Kos: hr · 0 open",
        "Lea Roth: de, en · 0 open",
    ]


def test_assigning_menu_asks_the_same_for_a_large_team(desk: Client) -> None:
    inquiry = make_inquiry()
    desk.get(address(inquiry))
    before = _queries(desk, inquiry)
    for number in range(5):
        make_coordinator(f"Colleague {number}", languages=("de", "en"))
    assert _queries(desk, inquiry) == before


def test_assigning_to_somebody_without_the_language_says_so(desk: Client) -> None:
    jan, uma = make_coordinator("Jan Novak", languages=("en",)), make_coordinator("Uma Vidal", languages=("de",))
    inquiry = make_inquiry(preferred_language="de")
    step = reverse("admin:inquiries_inquiry_step", args=[inquiry.pk, "assign"])
    desk.force_login(make_user(Role.MANAGER, "Mia Manager"))
    text = text_of(desk.post(step, {"assign-coordinator": jan.pk}, follow=True))
    assert "is told by e-mail. Jan Novak does not speak German." in text
    text = text_of(desk.post(step, {"assign-coordinator": uma.pk}, follow=True))
    assert "is told by e-mail." in text
    assert "Uma Vidal does not speak" not in text


def test_managers_give_several_to_a_colleague_and_hear_what_was_refused(client: Client, ana: Coordinator) -> None:
    uma = make_coordinator("Uma Vidal", languages=("nl",))
    first, second, closed, umas = (make_inquiry() for _ in range(4))
    triage.record_read(closed, by=ana.user)
    triage.close(closed, Outcome.INFORMED, by=ana.user)
    triage.assign_to(umas, uma, by=ana.user)
    client.force_login(make_user(Role.MANAGER, "Mia Manager"))
    chosen = (first, second, closed, umas)
    response = give(client, *chosen)
    text = text_of(response)
    assert all(f"{item.reference} {owner}" in text for item, owner in ((first, "Ana Horvat"), (umas, "Uma Vidal")))
    assert f"{closed.reference} " not in text
    assert "Assign 3 inquiries" in text
    assert menu(response, "assign-coordinator") == [
        "Ana Horvat: en · 2 open",
        "[Without this language or treatment]",
        "Uma Vidal: nl · 1 open",
    ]
    assert "Choose who should answer." in text_of(give(client, *chosen, confirmed="1", **{"assign-reason": "Ill"}))
    data = {"confirmed": "1", "assign-coordinator": str(uma.pk), "assign-reason": "Ana is ill"}
    text = text_of(give(client, *chosen, **data))
    assert "2 inquiries have a new owner: Uma Vidal. Uma Vidal does not speak English." in text
    assert f"{closed.reference}: This inquiry is closed. Reopen it first." in text
    assert f"{umas.reference}: Uma Vidal has this inquiry already." in text
    assert set(Inquiry.objects.open().values_list("coordinator__display_name", flat=True)) == {"Uma Vidal"}
    german = make_inquiry(preferred_language="de")
    assert "[Without one of these languages or treatments]" in menu(give(client, first, german), "assign-coordinator")
    event = first.events.filter(kind=EventKind.ASSIGNED).order_by("-at")[0]
    assert (event.note, event.actor.name if event.actor else "") == ("Ana is ill", "Mia Manager")
    assert umas.assignments.count() == 2


def test_coordinators_cannot_give_several_away(desk: Client) -> None:
    uma = make_coordinator("Uma Vidal", languages=("nl",))
    inquiry = make_inquiry()
    assert 'value="assign_selected"' not in desk.get(INBOX).content.decode()
    give(desk, inquiry, confirmed="1", **{"assign-coordinator": str(uma.pk), "assign-reason": ""})
    assert Inquiry.objects.get().coordinator != uma


# The order of the screen


def test_screen_is_ordered_for_work(desk: Client) -> None:
    html = desk.get(address(make_inquiry())).content.decode()
    places = [html.index(f'id="{place}"') for place in ("story-title", "answer", "steps", "notes", "given", "history")]
    assert places == sorted(places)
    assert "style=" not in html
    assert reverse("admin:inquiries_inquiry_changelist") in html
