"""The desk at work: the inbox, one inquiry, people, pages."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from coordinators.enums import Role
from coordinators.models import Absence, Coordinator, ReplyPolicy, User
from inquiries.enums import ContactResult, EmailKind, EmailStatus, EventKind, Outcome, QuarantineReason, Status
from inquiries.models import Inquiry, InquiryEvent, MailDetailChoice, OutgoingEmail
from inquiries.services import triage
from tests.factories import make_coordinator, make_inquiry, make_user
from treatments.enums import PublicationState
from treatments.models import PageSection, SitePage, Treatment, TreatmentPage

pytestmark = pytest.mark.django_db

INBOX = "/admin/inquiries/inquiry/"


@pytest.fixture
def editor(client: Client) -> Client:
    client.force_login(make_user(Role.EDITOR, "Edi Editor"))
    return client


def address(inquiry: Inquiry) -> str:
    return reverse("admin:inquiries_inquiry_change", args=[inquiry.pk])


def take(client: Client, inquiry: Inquiry, step: str, **data: Any) -> Any:
    """Press the button of a step."""
    fields = {f"{step}-{name}": value for name, value in data.items()}
    return client.post(reverse("admin:inquiries_inquiry_step", args=[inquiry.pk, step]), fields)


def kinds(inquiry: Inquiry) -> set[str]:
    return set(inquiry.events.values_list("kind", flat=True))


def text_of(response: Any) -> str:
    """Return what a response says, without tags and with single blanks."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def references(response: Any) -> list[str]:
    return re.findall(r">(ZG-[^<]+)</a></th>", response.content.decode())


# The inbox


def test_inbox_shows_no_word_of_the_patient(desk: Client) -> None:
    inquiry = make_inquiry(name="Canary Name", email="canary@example.com", phone="+38591000111", message="CANARY TEXT")
    html = desk.get(INBOX).content.decode()
    assert inquiry.reference in html
    for word in ("Canary", "canary", "CANARY", "91000111"):
        assert word not in html


def test_inbox_asks_as_many_questions_for_30_inquiries_as_for_3(
    desk: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    def fill(count: int) -> None:
        for number in range(count):
            make_inquiry(network_digest=f"{Inquiry.objects.count()}-{number}")

    fill(3)
    with django_assert_max_num_queries(28) as few:
        assert len(references(desk.get(INBOX))) == 3
    fill(27)
    with django_assert_num_queries(len(few)):
        assert len(references(desk.get(INBOX))) == 30


def test_inbox_puts_first_who_has_waited_longest(desk: Client, ana: Coordinator) -> None:
    answered, fresh, late = make_inquiry(), make_inquiry(), make_inquiry()
    hours = timedelta(hours=1)
    Inquiry.objects.filter(pk=late.pk).update(
        received_at=timezone.now() - 9 * hours, reply_due_at=timezone.now() - 3 * hours
    )
    triage.log_contact(answered, ContactResult.SPOKE, by=ana.user)
    response = desk.get(INBOX)
    assert references(response) == [late.reference, fresh.reference, answered.reference]
    assert "3 h late" in text_of(response)
    assert "overdue" in text_of(response)
    assert "unopened" in text_of(response)


def test_views_of_the_inbox(desk: Client, ana: Coordinator) -> None:
    mine, closed = make_inquiry(), make_inquiry()
    triage.record_read(closed, by=ana.user)
    triage.close(closed, Outcome.INFORMED, by=ana.user)
    held = make_inquiry(honeypot="x")
    failed = make_inquiry()
    OutgoingEmail.objects.filter(inquiry=failed).update(status=EmailStatus.FAILED, failed_at=timezone.now())
    late = make_inquiry()
    Inquiry.objects.filter(pk=late.pk).update(
        received_at=timezone.now() - timedelta(days=3), reply_due_at=timezone.now() - timedelta(days=2)
    )
    ReplyPolicy.objects.update(fallback=None)
    flagged = make_inquiry()
    Inquiry.objects.filter(pk=flagged.pk).update(coordinator=None, is_flagged=True)
    expected = {
        "open": {mine, failed, late, flagged},
        "mine": {mine, held, failed, late},
        "waiting": {mine, failed, late, flagged},
        "overdue": {late},
        "needs-a-look": {flagged},
        "quarantine": {held},
        "failed-mail": {failed},
        "closed": {closed},
        "all": {mine, held, failed, late, flagged, closed},
    }
    for view, inquiries in expected.items():
        assert set(references(desk.get(INBOX, {"view": view}))) == {inquiry.reference for inquiry in inquiries}, view
    assert set(references(desk.get(INBOX))) == {inquiry.reference for inquiry in expected["open"]}


def test_filters_by_language_and_treatment(desk: Client) -> None:
    english, german = make_inquiry(), make_inquiry(preferred_language="de")
    unsure = make_inquiry(treatment=None)
    treatment = str(Treatment.objects.get(code="facet-infiltration").pk)
    assert references(desk.get(INBOX, {"language": "de"})) == [german.reference]
    assert set(references(desk.get(INBOX, {"treatment": treatment}))) == {english.reference, german.reference}
    assert references(desk.get(INBOX, {"treatment": "unsure"})) == [unsure.reference]


@pytest.mark.parametrize("term", ["ZG-REF", "josip", "Đuro Josip", "duro@example.com", "091 234 5678"])
def test_search_finds_closed_inquiries_too(desk: Client, ana: Coordinator, term: str) -> None:
    inquiry = make_inquiry(name="Josip Đuro", email="duro@example.com", phone="+385912345678", country="HR")
    make_inquiry()
    triage.record_read(inquiry, by=ana.user)
    triage.close(inquiry, Outcome.INFORMED, by=ana.user)
    found = references(desk.get(INBOX, {"q": inquiry.reference.lower() if term == "ZG-REF" else term}))
    assert found == [inquiry.reference]


def test_absent_colleagues_inquiry_is_seen_by_all(desk: Client) -> None:
    colleague = make_coordinator("Jan Novak", languages=("de",))
    inquiry = make_inquiry(preferred_language="de")
    assert desk.get(address(inquiry)).status_code == 404
    today = timezone.localdate()
    Absence.objects.create(
        coordinator=colleague, starts_on=today - timedelta(days=1), ends_on=today + timedelta(days=1)
    )
    assert desk.get(address(inquiry)).status_code == 200


def test_selected_inquiries_are_taken_over_or_released_together(desk: Client, ana: Coordinator) -> None:
    others = make_coordinator("Jan Novak", languages=("de",))
    inquiries = [make_inquiry(), make_inquiry(honeypot="x")]
    Inquiry.objects.update(coordinator=others, is_flagged=True)
    selected = [str(inquiry.pk) for inquiry in inquiries]
    everything = f"{INBOX}?view=all"
    desk.post(everything, {"action": "take_over_selected", "_selected_action": selected})
    assert set(Inquiry.objects.values_list("coordinator", flat=True)) == {ana.pk}
    response = desk.post(everything, {"action": "release_selected", "_selected_action": selected}, follow=True)
    assert not Inquiry.objects.quarantined().exists()
    assert "Done for 1 inquiry." in text_of(response)
    assert "1 inquiry was left as it is" in text_of(response)


# One inquiry


@pytest.mark.parametrize(("chosen", "offered"), [("email", ""), ("phone", "tel:"), ("text", "sms:")])
def test_phone_is_offered_only_for_what_the_patient_chose(desk: Client, chosen: str, offered: str) -> None:
    html = desk.get(address(make_inquiry(phone="091 234 5678", country="HR", contact_by=(chosen,)))).content.decode()
    assert {scheme for scheme in ("tel:", "sms:") if f'href="{scheme}' in html} == ({offered} if offered else set())


def test_patients_text_is_shown_as_typed_and_never_run(desk: Client) -> None:
    inquiry = make_inquiry(
        name="<b>Eva</b>", message="<script>alert('x')</script>\nsecond line", phone="091 234 5678", country="HR",
        contact_by=("phone",),
    )  # fmt: skip
    html = desk.get(address(inquiry)).content.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;\nsecond line" in html
    assert "<b>Eva" not in html
    assert 'lang="en" dir="auto"' in html
    assert "+385 91 234 5678" in html
    assert 'href="tel:+385912345678"' in html
    assert "091 234 5678" in html


def test_patients_text_is_read_only(desk: Client) -> None:
    inquiry = make_inquiry(name="Eva", message="Before")
    desk.post(address(inquiry), {"name": "Changed", "message": "After", "status": Status.CLOSED})
    take(desk, inquiry, "contact", result=ContactResult.SPOKE, note="Hello", message="After", name="Changed")
    inquiry.refresh_from_db()
    assert (inquiry.name, inquiry.message) == ("Eva", "Before")


def test_doubtful_data_is_flagged(desk: Client) -> None:
    text = text_of(
        desk.get(
            address(make_inquiry(name="P\N{CYRILLIC SMALL LETTER A}vel", phone="ask my wife", phone_is_doubtful=True))
        )
    )
    assert "mixes letters of different alphabets" in text
    assert "could not be read" in text


def test_promise_is_shown_on_both_clocks(desk: Client) -> None:
    text = text_of(desk.get(address(make_inquiry(time_zone="America/New_York"))))
    assert "(Zagreb)" in text
    assert "(patient's clock)" in text


def test_trace_says_why_colleagues_were_passed_over(desk: Client) -> None:
    make_coordinator("Jan Novak", languages=("de",))
    text = text_of(desk.get(address(make_inquiry())))
    assert "Ana Horvat got it: speaks English, knows the treatment, is here, has 0 inquiries open." in text
    assert "Jan Novak was passed over: does not speak English." in text


def test_reading_is_logged_and_shown_to_managers_only(client: Client, ana: Coordinator) -> None:
    inquiry = make_inquiry()
    client.force_login(ana.user)
    assert "Who has read it" not in text_of(client.get(address(inquiry)))
    client.get(address(inquiry))
    client.force_login(make_user(Role.MANAGER, "Mia Manager"))
    text = text_of(client.get(address(inquiry)))
    assert "Who has read it 3 times" in text
    reads = inquiry.events.filter(kind__in=[EventKind.OPENED, EventKind.READ]).order_by("at")
    assert list(reads.values_list("kind", "actor__name")) == [
        (EventKind.OPENED, "Ana Horvat"),
        (EventKind.READ, "Ana Horvat"),
        (EventKind.READ, "Mia Manager"),
    ]


def test_contact_attempt_is_logged_with_its_note(desk: Client, ana: Coordinator) -> None:
    inquiry = make_inquiry()
    response = take(desk, inquiry, "contact", result=ContactResult.LEFT_MESSAGE, note="Calls back")
    assert response.headers["Location"] == address(inquiry)
    event = inquiry.events.get(kind=EventKind.CONTACT_ATTEMPT)
    assert (event.actor, event.contact_result, event.note) == (ana.user, ContactResult.LEFT_MESSAGE, "Calls back")
    inquiry.refresh_from_db()
    assert inquiry.status == Status.CONTACTED
    assert "left a message · Ana Horvat Calls back" in text_of(desk.get(address(inquiry)))


def test_close_and_reopen(desk: Client, ana: Coordinator) -> None:
    inquiry = make_inquiry()
    desk.get(address(inquiry))
    take(desk, inquiry, "close", outcome=Outcome.APPOINTMENT, note="Monday")
    inquiry.refresh_from_db()
    assert (inquiry.status, inquiry.outcome, inquiry.closed_by) == (Status.CLOSED, Outcome.APPOINTMENT, ana.user)
    take(desk, inquiry, "reopen", reason="Wrote again")
    inquiry.refresh_from_db()
    assert inquiry.status == Status.WAITING
    assert {EventKind.CLOSED, EventKind.REOPENED} <= kinds(inquiry)


def test_refused_step_keeps_what_was_typed(desk: Client, ana: Coordinator) -> None:
    inquiry = make_inquiry()
    triage.record_read(inquiry, by=ana.user)
    triage.close(inquiry, Outcome.INFORMED, by=ana.user)
    for step, data in (
        ("contact", {"result": ContactResult.SPOKE, "note": "My long note"}),
        ("close", {"outcome": Outcome.SPAM, "note": "My long note"}),
        ("contact", {"note": "My long note"}),
    ):
        response = take(desk, inquiry, step, **data)
        assert response.status_code == 200
        assert "My long note</textarea>" in response.content.decode()
        assert "errornote" in response.content.decode() or "errorlist" in response.content.decode()
    assert not inquiry.events.filter(kind=EventKind.CONTACT_ATTEMPT).exists()


def test_take_over_and_assign(client: Client, ana: Coordinator) -> None:
    jan = make_coordinator("Jan Novak", languages=("de",))
    inquiry = make_inquiry()
    client.force_login(ana.user)
    response = take(client, inquiry, "assign", coordinator=jan.pk, reason="Speaks better German")
    assert response.headers["Location"] == INBOX, "it is not Ana's to see any more"
    inquiry.refresh_from_db()
    assert inquiry.coordinator == jan
    assert inquiry.events.filter(kind=EventKind.ASSIGNED, actor=ana.user).get().note == "Speaks better German"
    assert OutgoingEmail.objects.filter(inquiry=inquiry, coordinator=jan, kind=EmailKind.HANDOVER).exists()
    triage.open_by_reference(inquiry.reference, reason="Patient calls", by=ana.user)
    assert take(client, inquiry, "take-over").headers["Location"] == address(inquiry)
    inquiry.refresh_from_db()
    assert inquiry.coordinator == ana


def test_release_from_quarantine_sends_what_was_held(desk: Client) -> None:
    inquiry = make_inquiry(honeypot="x")
    assert inquiry.quarantine_reason == QuarantineReason.HONEYPOT
    assert not inquiry.emails.exists()
    take(desk, inquiry, "release")
    assert inquiry.emails.count() == 2
    assert EventKind.RELEASED in kinds(inquiry)


def test_resend_only_what_is_not_on_its_way(desk: Client) -> None:
    inquiry, other = make_inquiry(), make_inquiry()
    email = inquiry.emails.get(kind=EmailKind.CONFIRMATION)
    assert "on its way already" in text_of(take(desk, inquiry, "resend", email=email.pk))
    OutgoingEmail.objects.filter(pk=email.pk).update(
        status=EmailStatus.FAILED, failed_at=timezone.now(), last_error="550"
    )
    assert "not delivered" in text_of(desk.get(address(inquiry)))
    take(desk, other, "resend", email=email.pk)
    assert EventKind.EMAIL_RESENT not in kinds(inquiry), "each inquiry sends only its own e-mails"
    take(desk, inquiry, "resend", email=email.pk)
    email.refresh_from_db()
    assert email.status == EmailStatus.PENDING
    assert EventKind.EMAIL_RESENT in kinds(inquiry)


def test_step_is_a_post_and_known(desk: Client) -> None:
    inquiry = make_inquiry()
    for step, status in (("close", 302), ("delete", 404)):
        answer = desk.get(reverse("admin:inquiries_inquiry_step", args=[inquiry.pk, step]))
        assert answer.status_code == status
    assert EventKind.CLOSED not in kinds(inquiry)


def test_open_by_reference_needs_a_reason_and_is_logged(desk: Client, ana: Coordinator) -> None:
    make_coordinator("Jan Novak", languages=("de",))
    inquiry = make_inquiry(preferred_language="de")
    form = reverse("admin:inquiries_inquiry_open")
    assert "Enter why you need to see it." in text_of(desk.post(form, {"reference": inquiry.reference}))
    unknown = desk.post(form, {"reference": "ZG-2AA2-AA2A", "reason": "Patient calls"})
    assert "There is no inquiry with this reference." in text_of(unknown)
    assert "Patient calls</textarea>" in unknown.content.decode()
    assert desk.get(address(inquiry)).status_code == 404

    response = desk.post(form, {"reference": f" {inquiry.reference.lower()} ", "reason": "Patient calls"})
    assert response.headers["Location"] == address(inquiry)
    assert desk.get(address(inquiry)).status_code == 200
    event = inquiry.events.get(kind=EventKind.OPENED_BY_REFERENCE)
    assert (event.actor, event.note) == (ana.user, "Patient calls")


def test_pages_of_the_desk_are_never_stored(desk: Client) -> None:
    for path in (INBOX, address(make_inquiry()), reverse("admin:index")):
        assert "no-store" in desk.get(path).headers["Cache-Control"]


def test_lists_are_on_the_clinics_clock(manager: Client) -> None:
    noon = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
    make_coordinator("Ana Horvat")
    make_inquiry()
    OutgoingEmail.objects.update(created_at=noon)
    assert "July 1, 2026, 2 p.m." in text_of(manager.get(reverse("admin:inquiries_outgoingemail_changelist")))


# The first page and the desk's language


def test_first_page_counts_what_waits(desk: Client) -> None:
    make_inquiry()
    make_inquiry(honeypot="x")
    text = text_of(desk.get(reverse("admin:index")))
    assert "2 Mine" in text
    assert "1 Unopened 1 Waiting for us 0 Overdue 0 Could not reach 0 Waiting for the patient" in text
    assert "0 Waiting for the patient 0 Needs a look 1 Quarantine 0 Failed mail" in text


def test_first_page_shows_editors_their_pages(editor: Client) -> None:
    TreatmentPage.objects.filter(language="de", treatment__code="facet-infiltration").update(
        state=PublicationState.DRAFT
    )
    text = text_of(editor.get(reverse("admin:index")))
    assert "draft" in text
    assert "Waiting" not in text


def test_language_of_the_desk(desk: Client, ana: Coordinator) -> None:
    choose = reverse("admin:language")
    response = desk.post(choose, {"language": "de", "next": INBOX})
    assert response.headers["Location"] == INBOX
    ana.user.refresh_from_db()
    assert ana.user.language == "de"
    assert '<html lang="de"' in desk.get(INBOX).content.decode()
    for hostile in ("https://evil.example/admin/", "//evil.example/admin/", "/en/"):
        response = desk.post(choose, {"language": "xx", "next": hostile})
        assert response.headers["Location"] == reverse("admin:index")
    assert desk.get(choose).status_code == 404


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_desk_speaks_every_language(client: Client, ana: Coordinator, language: str) -> None:
    User.objects.filter(pk=ana.user_id).update(language=language)
    client.force_login(ana.user)
    inquiry = make_inquiry()
    for path in (reverse("admin:index"), INBOX, address(inquiry), reverse("admin:inquiries_inquiry_open")):
        assert f'<html lang="{language}"' in client.get(path).content.decode()


# People


def test_manager_invites_somebody(manager: Client) -> None:
    add = reverse("admin:coordinators_user_add")
    person = {"name": "Eva Kraus", "email": "Eva@Clinic.example", "role": Role.COORDINATOR, "language": "de"}
    assert 'type="password"' not in manager.get(add).content.decode()
    manager.post(add, person | {"is_superuser": "on"})
    eva = User.objects.get(name="Eva Kraus")
    assert (eva.email, eva.language, eva.is_superuser) == ("Eva@clinic.example", "de", False)
    assert not eva.has_usable_password()
    assert OutgoingEmail.objects.get(user=eva).kind == EmailKind.INVITATION
    again = manager.post(add, person | {"email": "EVA@clinic.example"})
    assert "Somebody with this address is here already." in text_of(again)


def test_manager_sends_a_password_link(manager: Client, ana: Coordinator) -> None:
    manager.post(reverse("admin:coordinators_user_step", args=[ana.user_id, "reset-password"]))
    assert OutgoingEmail.objects.get(user=ana.user).kind == EmailKind.PASSWORD_RESET


def test_deactivated_persons_inquiries_go_to_colleagues(manager: Client, ana: Coordinator) -> None:
    inquiry = make_inquiry()
    jan = make_coordinator("Jan Novak", languages=("en",))
    step = reverse("admin:coordinators_user_step", args=[ana.user_id, "deactivate"])
    assert "1 open inquiry went to a colleague." in text_of(manager.post(step, follow=True))
    inquiry.refresh_from_db()
    assert inquiry.coordinator == jan
    ana.user.refresh_from_db()
    assert not ana.user.is_active
    manager.post(reverse("admin:coordinators_user_step", args=[ana.user_id, "activate"]))
    ana.user.refresh_from_db()
    assert ana.user.is_active


def test_fallback_and_oneself_stay(manager: Client, ana: Coordinator) -> None:
    ReplyPolicy.objects.update(fallback=ana)
    step = reverse("admin:coordinators_user_step", args=[ana.user_id, "deactivate"])
    assert "fallback of the reply policy" in text_of(manager.post(step, follow=True))
    me = User.objects.get(role=Role.MANAGER)
    step = reverse("admin:coordinators_user_step", args=[me.pk, "deactivate"])
    assert "cannot close your own account" in text_of(manager.post(step, follow=True))
    for user, role in ((ana.user, Role.EDITOR), (me, Role.COORDINATOR)):
        person = {"name": "New Name", "role": role, "language": "en"}
        response = manager.post(reverse("admin:coordinators_user_change", args=[user.pk]), person)
        assert "errorlist" in response.content.decode()
        user.refresh_from_db()
        assert (user.is_active, user.name == "New Name") == (True, False)


def test_coordinator_who_becomes_an_editor_keeps_no_inquiry(manager: Client, ana: Coordinator) -> None:
    inquiry = make_inquiry()
    jan = make_coordinator("Jan Novak", languages=("en",))
    person = {"name": "Ana Horvat", "role": Role.EDITOR, "language": "en"}
    manager.post(reverse("admin:coordinators_user_change", args=[ana.user_id]), person)
    inquiry.refresh_from_db()
    ana.refresh_from_db()
    assert inquiry.coordinator == jan
    assert not ana.takes_inquiries


def test_manager_sets_up_a_coordinator(manager: Client) -> None:
    user = make_user(name="Eva Kraus")
    treatment = Treatment.objects.get(code="facet-infiltration")
    profile = {
        "user": user.pk, "display_name": "Eva Kraus", "speaks": ["de", "en"], "treatments": [treatment.pk],
        "takes_inquiries": "on",
    }  # fmt: skip
    manager.post(reverse("admin:coordinators_coordinator_add"), profile)
    eva = Coordinator.objects.get(user=user)
    assert {item.language for item in eva.languages.all()} == {"de", "en"}
    change = reverse("admin:coordinators_coordinator_change", args=[eva.pk])
    manager.post(change, profile | {"speaks": ["hr", "en"]})
    assert {item.language for item in eva.languages.all()} == {"hr", "en"}
    assert list(eva.treatments.all()) == [treatment]


def test_coordinator_enters_only_their_own_absence(desk: Client, ana: Coordinator) -> None:
    jan = make_coordinator("Jan Novak", languages=("de",))
    add = reverse("admin:coordinators_absence_add")
    days = {"starts_on": "2030-01-01", "ends_on": "2030-01-05"}
    # What it changes was looked at, as the page asks for.
    desk.post(add, days | {"coordinator": jan.pk, "seen": f"{ana.pk}|2030-01-01|None|2030-01-05|None|None"})
    assert Absence.objects.get().coordinator == ana
    wrong = desk.post(add, days | {"ends_on": "2029-12-31"})
    assert "not before the first day away" in text_of(wrong)
    assert "Constraint" not in text_of(wrong)


def test_manager_enters_anybodys_absence(manager: Client, ana: Coordinator) -> None:
    days = {"coordinator": ana.pk, "starts_on": "2030-01-01", "ends_on": "2030-01-05"}
    seen = f"{ana.pk}|2030-01-01|None|2030-01-05|None|None"
    manager.post(reverse("admin:coordinators_absence_add"), days | {"seen": seen})
    assert Absence.objects.get().coordinator == ana


def test_reply_policy(manager: Client) -> None:
    change = reverse("admin:coordinators_replypolicy_change", args=[1])
    policy = {
        "weekdays": ["1", "3", "5"], "opens_at": "09:00", "closes_at": "15:00", "time_zone": "Europe/Zagreb",
        "reply_hours": "6", "fallback_mailbox": "team@clinic.example",
    }  # fmt: skip
    assert manager.post(change, policy).status_code == 302
    assert ReplyPolicy.objects.get().weekdays == "135"
    wrongs: tuple[dict[str, Any], ...] = (
        {"closes_at": "08:00"},
        {"time_zone": "Mars/Base"},
        {"weekdays": []},
        {"reply_hours": "0"},
    )
    for wrong in wrongs:
        response = manager.post(change, policy | wrong)
        assert response.status_code == 200
        assert "Constraint" not in text_of(response)
    assert ReplyPolicy.objects.get().reply_hours == 6


def test_only_open_accounts_are_offered_as_fallback_and_the_present_one(manager: Client, ana: Coordinator) -> None:
    gone, busy = make_coordinator("Gone Away"), make_coordinator("Busy Boss")
    User.objects.filter(pk=gone.user_id).update(is_active=False)
    Coordinator.objects.filter(pk=busy.pk).update(takes_inquiries=False)
    change = reverse("admin:coordinators_replypolicy_change", args=[1])

    def offered() -> set[str]:
        field = manager.get(change).context["adminform"].form.fields["fallback"]
        return {str(person) for person in field.queryset}

    assert offered() == {str(ana), "Busy Boss"}
    ReplyPolicy.objects.update(fallback=gone)
    assert offered() == {str(ana), "Busy Boss", "Gone Away"}


def test_choice_of_mail_detail_is_added_never_changed(manager: Client) -> None:
    manager.post(reverse("admin:inquiries_maildetailchoice_add"), {"level": "CONTACT", "reason": "Asked for by all"})
    choice = MailDetailChoice.objects.get()
    assert choice.chosen_by.name == "Mia Manager"
    change = reverse("admin:inquiries_maildetailchoice_change", args=[choice.pk])
    assert manager.post(change, {"level": "FULL", "reason": "x"}).status_code == 403


# Pages


def page_form(page: TreatmentPage | SitePage, **overrides: Any) -> dict[str, Any]:
    """Return what the browser sends when a page is saved as it is."""
    names = ("slug", "state", "title", "answer", "description", "reviewer", "written_on", "also_called")
    form = {name: getattr(page, name, "") for name in names}
    sections = list(page.sections.order_by("position", "id"))
    form |= {"sections-TOTAL_FORMS": len(sections) + 1, "sections-INITIAL_FORMS": len(sections)}
    form[f"sections-{len(sections)}-position"] = "0"
    for number, section in enumerate(sections):
        for name in ("id", "position", "heading", "body"):
            form[f"sections-{number}-{name}"] = getattr(section, name)
    return form | overrides


@pytest.fixture
def page() -> TreatmentPage:
    return TreatmentPage.objects.get(language="en", treatment__code="facet-infiltration")


def change(page: TreatmentPage | SitePage) -> str:
    return reverse(f"admin:treatments_{page._meta.model_name}_change", args=[page.pk])


def test_editor_saves_a_page_with_all_its_sections(editor: Client, page: TreatmentPage) -> None:
    response = editor.post(change(page), page_form(page, title="New title", **{"sections-0-body": "New text."}))
    assert response.status_code == 302, text_of(response)
    page.refresh_from_db()
    assert page.title == "New title"
    assert page.sections.order_by("position", "id")[0].body == "New text."


def test_form_of_a_page_fits_into_one_request(editor: Client) -> None:
    for some_page in (*TreatmentPage.objects.all(), *SitePage.objects.all()):
        html = editor.get(change(some_page)).content.decode()
        fields = re.findall(r"<(?:input|select|textarea)[^>]* name=[^>]*>", html)
        sent = [field for field in fields if " disabled" not in field and "-DELETE" not in field]
        assert len(sent) < settings.DATA_UPLOAD_MAX_NUMBER_FIELDS


def test_editor_adds_and_removes_a_section(editor: Client) -> None:
    page = SitePage.objects.get(key="privacy", language="en")
    count = page.sections.count()
    new = {f"sections-{count}-{name}": value for name, value in
           {"key": "extra", "position": "99", "heading": "Extra", "body": "Text."}.items()}  # fmt: skip
    assert editor.post(change(page), page_form(page, **new)).status_code == 302
    assert page.sections.filter(key="extra").exists()
    response = editor.post(change(page), page_form(page, **{f"sections-{count}-DELETE": "on"}))
    assert response.status_code == 302, text_of(response)
    assert not page.sections.filter(key="extra").exists()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"reviewer": "Dr. X"}, "Enter the day on which the doctor reviewed the page."),
        ({"reviewed_on": "2026-01-01"}, "Enter the name and title of the doctor"),
        ({"slug": ""}, "Enter the page's address."),
        ({"sections-0-body": "As shown.[^NOWHERE]"}, "There is no source with this key: NOWHERE."),
        (
            {"sections-23-key": "what", "sections-23-heading": "Again", "sections-23-body": "Text."},
            "Please correct the duplicate",
        ),
    ],
)
def test_what_the_database_would_refuse_is_said_in_words(
    editor: Client, page: TreatmentPage, wrong: dict[str, str], message: str
) -> None:
    response = editor.post(change(page), page_form(page, title="Kept as typed", **wrong))
    assert response.status_code == 200
    assert message in text_of(response)
    assert "Constraint" not in text_of(response)
    assert 'value="Kept as typed"' in response.content.decode()


def test_address_that_another_page_has_is_refused(editor: Client, page: TreatmentPage) -> None:
    other = TreatmentPage.objects.exclude(pk=page.pk).filter(language="en")[0]
    response = editor.post(change(page), page_form(page, slug=other.slug))
    assert response.status_code == 200
    assert "errorlist" in response.content.decode()
    legal = SitePage.objects.get(key="legal", language="en")
    assert "Enter the page's address." in text_of(editor.post(change(legal), page_form(legal, slug="")))


def test_treatment_facts(editor: Client) -> None:
    treatment = Treatment.objects.get(code="facet-infiltration")
    address = reverse("admin:treatments_treatment_change", args=[treatment.pk])
    names = [field.name for field in Treatment._meta.concrete_fields if field.name not in {"id", "loaded_digest"}]
    facts = {name: getattr(treatment, name) for name in names if getattr(treatment, name) is not None}
    assert editor.post(address, facts | {"guidance": ["MRI", "CT"], "minutes_max": 99}).status_code == 302
    treatment.refresh_from_db()
    assert (treatment.guidance, treatment.minutes_max) == (["CT", "MRI"], 99) or treatment.guidance == ["MRI", "CT"]
    for wrong in ({"minutes_max": 1, "minutes_min": 5}, {"interval_days_min": 3, "interval_days_max": ""}):
        response = editor.post(address, facts | wrong)
        assert response.status_code == 200
        assert "Constraint" not in text_of(response)


def test_preview_shows_a_draft_to_editors_only(editor: Client, page: TreatmentPage) -> None:
    german = TreatmentPage.objects.get(language="de", treatment=page.treatment)
    TreatmentPage.objects.filter(pk=german.pk).update(state=PublicationState.DRAFT, title="Ein neuer Titel")
    PageSection.objects.filter(page=german, key="what").update(body="Ein neuer Absatz.")
    assert Client().get(german.get_absolute_url()).status_code == 404
    response = editor.get(reverse("admin:treatments_treatmentpage_preview", args=[german.pk]))
    html = response.content.decode()
    assert '<html lang="de"' in html
    assert "Ein neuer Titel" in html
    assert "Ein neuer Absatz." in html
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("key", ["home", "treatments", "privacy", "legal", "accessibility"])
def test_preview_of_every_site_page(editor: Client, key: str) -> None:
    for site_page in SitePage.objects.filter(key=key):
        response = editor.get(reverse("admin:treatments_sitepage_preview", args=[site_page.pk]))
        assert response.status_code == 200
        assert site_page.title in response.content.decode().replace("&#x27;", "'")


def test_only_own_scripts_and_styles(desk: Client) -> None:
    inquiry = make_inquiry()
    for path in (reverse("admin:index"), INBOX, address(inquiry), reverse("admin:coordinators_absence_add")):
        html = desk.get(path).content.decode()
        assert " style=" not in html
        assert "<style" not in html
        assert not re.search(r"<script(?![^>]* src=)", html)
        assert not re.search(r"\son\w+=", html)


def test_events_are_never_changed_by_reading(desk: Client) -> None:
    inquiry = make_inquiry()
    before = list(InquiryEvent.objects.filter(inquiry=inquiry).values_list("pk", "kind"))
    desk.get(address(inquiry))
    assert set(before) <= set(InquiryEvent.objects.filter(inquiry=inquiry).values_list("pk", "kind"))


def test_set_password_page(client: Client) -> None:
    response = client.get(reverse("admin-set-password", args=["AA", "set-password"]))
    assert "This link has been used or is too old." in text_of(response)
