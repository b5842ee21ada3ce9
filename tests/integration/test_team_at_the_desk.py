"""The team at the desk: who would get an inquiry, who could take what, and what an absence breaks."""

import html
import random
import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS
from django.db import connection
from django.forms import modelform_factory
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from coordinators import assignment, coverage
from coordinators.assignment import Candidate, Decision, Question
from coordinators.coverage import Cell, Place
from coordinators.enums import Refusal, Role, Rule
from coordinators.models import Absence, Coordinator, ReplyPolicy, SpecialDay, User, WorkingHours
from coordinators.promise import reply_by
from coordinators.roster import Roster, calendar_of, get_policy
from inquiries.admin.absences import PlannedAbsenceForm
from inquiries.enums import ContactResult, EmailKind, EventKind, Outcome, PromiseEnding
from inquiries.models import Assignment, Inquiry
from inquiries.services import assigning, foresight
from inquiries.services.assigning import decide
from inquiries.services.errors import TriageError
from inquiries.services.foresight import coverage_from, foresee, try_out
from inquiries.services.handing_over import hand_over_open, reassign_open, to_give_back
from inquiries.services.triage import assign_to, close, log_contact, record_read, take_over
from tests.factories import make_coordinator, make_inquiry, make_user
from treatments.models import Clinic, Treatment
from treatments.titles import treatment_titles

pytestmark = pytest.mark.django_db

ZAGREB = ZoneInfo("Europe/Zagreb")
MONDAY = date(2026, 11, 23)
PRT = "periradicular-therapy"
CODES = ("facet-infiltration", "facet-denervation", PRT, "back-injections")
COVERAGE = "/admin/coordinators/absence/coverage/"
SIMULATOR = "/admin/coordinators/absence/simulator/"
ADD_ABSENCE = "/admin/coordinators/absence/add/"


@pytest.fixture
def ana() -> Coordinator:
    return make_coordinator("Ana Horvat", languages=("en", "hr"))


@pytest.fixture
def jan() -> Coordinator:
    return make_coordinator("Jan Novak", languages=("en", "de"))


@pytest.fixture
def boss() -> User:
    return make_user(Role.MANAGER, "Mia Manager")


@pytest.fixture
def manager(client: Client, boss: User) -> Client:
    client.force_login(boss)
    return client


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZAGREB)


def text_of(response: Any) -> str:
    """Return what a person reads on a page of the desk."""
    return " ".join(re.sub(r"<[^>]+>", " ", html.unescape(response.content.decode())).split())


def away(coordinator: Coordinator, first: date, last: date | None = None, **fields: Any) -> Absence:
    return Absence.objects.create(coordinator=coordinator, starts_on=first, ends_on=last or first, **fields)


def queries(page: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as context:
        page()
    return len(context)


# The trial


def ask(client: Client, **values: Any) -> Any:
    asked = {"treatment": PRT, "language": "de", "day": "2026-11-28", "at": "10:00"} | values
    return client.get(SIMULATOR, asked)


def test_manager_asks_who_gets_a_german_inquiry_on_saturday(
    manager: Client, ana: Coordinator, jan: Coordinator
) -> None:
    away(jan, MONDAY + timedelta(days=7), MONDAY + timedelta(days=8))
    page = text_of(ask(manager))
    assert "Nobody who speaks German and knows the treatment is here." in page
    assert "Ana Horvat would get it: knows the treatment, is here, has 0 inquiries open." in page
    assert "Jan Novak was passed over: away until 1 December." in page
    assert "Answer by Monday 30 November, 12:00" in page
    assert "Jan Novak would get it: speaks German" in text_of(ask(manager, day="2026-11-26"))
    known = text_of(ask(manager, day="2026-11-26", known_to=ana.pk))
    assert "Ana Horvat would get it: has answered this patient before" in known
    assert not Inquiry.objects.exists()
    assert not Assignment.objects.exists()


def test_trial_says_when_nobody_fits_and_no_time_can_be_promised(manager: Client, ana: Coordinator) -> None:
    Coordinator.objects.update(takes_inquiries=False)
    page = text_of(ask(manager, treatment="unsure"))
    assert "Nobody fits and no fallback is set" in page
    ReplyPolicy.objects.update(fallback=ana)
    away(ana, MONDAY, MONDAY + timedelta(days=200))
    page = text_of(ask(manager, treatment="unsure"))
    assert "Ana Horvat is the clinic's fallback; the inquiry has a red flag." in page
    assert "No time can be promised" in page


def test_trial_keeps_what_was_typed(manager: Client) -> None:
    wrong = ask(manager, day="soon", at="10:30")
    assert "Enter a valid date." in text_of(wrong)
    assert 'value="soon"' in wrong.content.decode()
    assert 'value="10:30"' in wrong.content.decode()
    assert "What would happen" not in text_of(wrong)
    assert "Check the year." in text_of(ask(manager, day="0001-01-01"))
    assert manager.post(SIMULATOR).status_code == 405


def test_trial_and_real_assignment_are_one_function(
    monkeypatch: pytest.MonkeyPatch, ana: Coordinator, jan: Coordinator
) -> None:
    assert vars(foresight)["decide"] is decide
    assert vars(coverage)["assign"] is vars(assigning)["assign"] is assignment.assign
    assert try_out(Question(PRT, "de"), timezone.now()).decision.coordinator_id == jan.pk

    def always_ana(question: Question, _team: list[Candidate], fallback: int | None) -> Decision:
        return Decision(question, ana.pk, Rule.TREATMENT, (), fallback)

    monkeypatch.setattr(assigning, "assign", always_ana)
    assert try_out(Question(PRT, "de"), timezone.now()).decision.coordinator_id == ana.pk
    assert make_inquiry(preferred_language="de").coordinator == ana


def test_trial_promises_what_a_real_inquiry_is_promised(ana: Coordinator) -> None:
    inquiry = make_inquiry()
    trial = try_out(Question("facet-infiltration", "en"), inquiry.received_at)
    assert trial.decision.coordinator_id == inquiry.coordinator_id == ana.pk
    assert trial.due_at == inquiry.reply_due_at


# Coverage


def asked_of_the_rule(place: Place) -> Cell:
    """Return what the real assignment does with an inquiry in a place, one by one."""
    policy = get_policy()
    decision = decide(Question(place.treatment, place.language), policy, place.moment)
    could = {None, Refusal.LOAD, Refusal.TURN, Refusal.KNOWN}
    names = [verdict.candidate.name for verdict in decision.verdicts if verdict.refusal in could]
    team = dict(Coordinator.objects.values_list("pk", "display_name"))
    due_at = reply_by(place.moment, calendar_of(decision.coordinator_id, place.moment), policy.reply_hours)
    chosen = team[decision.coordinator_id] if decision.coordinator_id else ""
    return Cell(decision.rule, chosen, () if decision.is_flagged else tuple(sorted(names)), due_at)


def test_every_cell_says_what_the_rule_does(ana: Coordinator, jan: Coordinator) -> None:
    jan.treatments.set(Treatment.objects.filter(code=PRT))
    ReplyPolicy.objects.update(fallback=ana)
    WorkingHours.objects.create(coordinator=jan, weekday=2, starts_at=time(9), ends_at=time(17))
    away(ana, MONDAY + timedelta(days=1), MONDAY + timedelta(days=3), replacement=jan, from_time=time(12))
    away(jan, MONDAY + timedelta(days=2))
    make_inquiry()
    cells = coverage_from(MONDAY)
    assert len(cells) == len(settings.LANGUAGES) * len(CODES) * 7 == 140
    assert cells == {place: asked_of_the_rule(place) for place in cells}
    assert {cell.rule for cell in cells.values()} == {Rule.LANGUAGE_AND_TREATMENT, Rule.TREATMENT, Rule.FALLBACK}


def test_week_flags_its_holes(client: Client, ana: Coordinator, jan: Coordinator) -> None:
    ana.treatments.set(Treatment.objects.filter(code=PRT))
    jan.treatments.set(Treatment.objects.filter(code=PRT))
    client.force_login(jan.user)
    page = client.get(COVERAGE, {"week": "2026-11-23"})
    assert "105 holes: nobody fits" in text_of(page)
    assert "14 places where nobody speaks the language" in text_of(page)
    assert page.content.decode().count('<td class="week-hole"') == 25
    assert page.content.decode().count('<td class="week-hole week-closed"') == 10
    assert "Looked at 140 places" in text_of(page)
    assert "Ana Horvat, Jan Novak answer by 23 Nov 12:00" in text_of(page)
    assert "Ana Horvat, Jan Novak, without Italian" in text_of(page)
    assert SIMULATOR not in page.content.decode()
    assert "Enter a valid date." in text_of(client.get(COVERAGE, {"week": "x"}))


def test_week_without_a_hole_says_so(manager: Client) -> None:
    make_coordinator("Poly Glot", languages=("en", "hr", "de", "nl", "it"))
    page = text_of(manager.get(COVERAGE))
    assert "No holes" in page
    assert "nobody speaks" not in page
    assert "140 places with only one person" in page
    assert "Poly Glot ◐ only one person answer by" in page


def test_week_marks_days_on_which_the_clinic_does_not_work(manager: Client, ana: Coordinator) -> None:
    assert ana
    Clinic.objects.create(id=1, name="Clinic", country="HR", email="info@clinic.example")
    christmas = date(2026, 12, 21)
    SpecialDay.objects.create(day_on=christmas, note="Annual break")
    SpecialDay.objects.create(day_on=date(2026, 12, 24), opens_at=time(9), closes_at=time(12), note="Christmas Eve")
    page = text_of(manager.get(COVERAGE, {"week": str(christmas)}))
    assert "Mon 21 Dec ⊘ closed: Annual break" in page
    assert "Tue 22 Dec Wed 23 Dec" in page
    assert "Thu 24 Dec other hours: 09:00–12:00 (Christmas Eve)" in page
    assert "Fri 25 Dec ⊘ closed: Christmas Day" in page
    assert "Sat 26 Dec ⊘ closed: Saint Stephen's Day" in page
    assert "Sun 27 Dec ⊘ closed: no working day" in page
    assert "The clinic does not work on 4 of these days" in page
    assert "⊘ the clinic is closed" in page


def test_former_staff_is_offered_nowhere(manager: Client, ana: Coordinator, jan: Coordinator) -> None:
    old = away(jan, date(2020, 1, 1), replacement=ana)
    Coordinator.objects.filter(pk=ana.pk).update(display_name="Aaron Former")
    User.objects.filter(coordinator=ana).update(is_active=False)
    change = reverse("admin:coordinators_absence_change", args=[old.pk])
    for address in (ADD_ABSENCE, change, SIMULATOR):
        assert "Aaron Former</option>" not in manager.get(address).content.decode()
    table = ask(manager).content.decode()
    assert table.index('<th scope="row">Jan Novak') < table.index('<th scope="row">Aaron Former')


def test_days_are_written_as_the_language_writes_them(ana: Coordinator) -> None:
    days = Absence(coordinator=ana, starts_on=date(2026, 11, 23), ends_on=date(2026, 11, 27))
    one = Absence(coordinator=ana, starts_on=date(2026, 11, 23), ends_on=date(2026, 11, 23))
    assert str(days) == "Ana Horvat: 23 November 2026 – 27 November 2026"
    assert str(one) == "Ana Horvat: 23 November 2026"
    with translation.override("de"):
        assert str(SpecialDay(day_on=date(2026, 11, 23))) == "23. November 2026"


def test_pages_about_the_team_need_the_same_queries_for_any_team(manager: Client, ana: Coordinator) -> None:
    def pages() -> None:
        assert manager.get(COVERAGE, {"week": "2026-11-23"}).status_code == 200
        assert ask(manager).status_code == 200
        assert manager.post(ADD_ABSENCE, planned(ana)).status_code == 200

    pages()
    before = queries(pages)
    for number in range(4):
        more = make_coordinator(f"More {number}", languages=("de", "nl"))
        away(more, MONDAY, replacement=ana)
        make_inquiry()
    assert queries(pages) == before


# What an absence breaks


def planned(coordinator: Coordinator, **values: Any) -> dict[str, Any]:
    return {"coordinator": coordinator.pk, "starts_on": "2030-01-07", "ends_on": "2030-01-08"} | values


def seen_in(response: Any) -> str:
    """Return what the page wants to be sent back once it was looked at."""
    found = re.search(r'name="seen" value="([^"]*)"', response.content.decode())
    assert found
    return html.unescape(found[1])


def confirm(client: Client, values: dict[str, Any], **choices: Any) -> Any:
    """Look at what an absence changes, then save it."""
    looked = client.post(ADD_ABSENCE, values)
    return client.post(ADD_ABSENCE, values | {"seen": seen_in(looked)} | choices, follow=True)


@pytest.mark.usefixtures("jan")
def test_absence_is_saved_once_it_was_looked_at(manager: Client, ana: Coordinator) -> None:
    looked = manager.post(ADD_ABSENCE, planned(ana))
    assert not Absence.objects.exists()
    page = text_of(looked)
    assert "Nothing is saved yet." in page
    assert "Please correct" not in page
    assert "Error:" not in page
    before = "Without the absence: Ana Horvat answer by 7 Jan 12:00"
    after = "With the absence: Jan Novak, without Croatian answer by 7 Jan 12:00"
    assert "Croatian: all treatments, 2 days: only Jan Novak, without Croatian" in page
    assert f"Mon 7 Jan Croatian all treatments {before} {after}" in page
    assert "Nobody covers" in page
    assert "Ana Horvat has no inquiry open." in page
    # Other days than those that were looked at are shown first.
    other = planned(ana, ends_on="2030-01-09") | {"seen": seen_in(looked)}
    assert "Wed 9 Jan" in text_of(manager.post(ADD_ABSENCE, other))
    assert not Absence.objects.exists()
    assert "was added successfully" in text_of(confirm(manager, planned(ana)))
    assert Absence.objects.get().coordinator == ana


@pytest.mark.usefixtures("jan")
def test_form_says_why_it_waits(ana: Coordinator) -> None:
    days = planned(ana)
    unseen = PlannedAbsenceForm(days)
    assert not unseen.is_valid()
    assert unseen.has_error(NON_FIELD_ERRORS, "unseen")
    assert unseen.is_to_be_seen
    seen = PlannedAbsenceForm(days | {"seen": unseen.days_as_shown})
    assert seen.is_valid(), seen.errors
    wrong = PlannedAbsenceForm(days | {"ends_on": "2030-01-06"})
    assert not wrong.is_valid()
    assert (wrong.is_to_be_seen, wrong.foresight) == (False, None)


def test_form_of_somebody_without_a_profile_says_so() -> None:
    own = modelform_factory(Absence, form=PlannedAbsenceForm, fields=PlannedAbsenceForm.DAYS)
    form = own({"starts_on": "2030-01-07", "ends_on": "2030-01-08"})
    assert not form.is_valid()
    assert form.has_error(NON_FIELD_ERRORS, "nobody")


@pytest.mark.usefixtures("jan")
def test_absence_that_breaks_nothing_says_so(manager: Client, ana: Coordinator) -> None:
    make_coordinator("Poly Glot", languages=("en", "hr", "de", "nl", "it"))
    page = text_of(manager.post(ADD_ABSENCE, planned(ana)))
    assert "Nothing breaks" in page
    assert "16 places change" in page


def test_absence_that_has_passed_is_just_noted(manager: Client, ana: Coordinator) -> None:
    manager.post(ADD_ABSENCE, planned(ana, starts_on="2020-01-01", ends_on="2020-01-02"))
    assert Absence.objects.count() == 1


@pytest.mark.usefixtures("jan")
def test_changed_absence_is_compared_with_the_stored_one(client: Client, ana: Coordinator) -> None:
    row = away(ana, date(2030, 1, 7), date(2030, 1, 8))
    client.force_login(ana.user)
    address = reverse("admin:coordinators_absence_change", args=[row.pk])
    same = {"starts_on": "2030-01-07", "ends_on": "2030-01-08"}
    assert "Nothing breaks" in text_of(client.post(address, same))
    longer = client.post(address, same | {"ends_on": "2030-01-09"})
    assert "Wed 9 Jan Croatian all treatments Without the absence: Ana Horvat" in text_of(longer)
    assert "Mon 7 Jan" not in text_of(longer)
    row.refresh_from_db()
    assert row.ends_on == date(2030, 1, 8)
    # Coming back earlier heals what was broken; nothing gets worse.
    shorter = text_of(client.post(address, same | {"ends_on": "2030-01-07"}))
    assert "Nothing breaks" in shorter


def test_coordinator_plans_only_for_themselves(client: Client, ana: Coordinator, jan: Coordinator) -> None:
    client.force_login(ana.user)
    confirm(client, planned(jan))
    assert Absence.objects.get().coordinator == ana
    row = away(jan, date(2030, 1, 7))
    address = reverse("admin:coordinators_absence_change", args=[row.pk])
    assert client.post(address, {"starts_on": "2030-01-07", "ends_on": "2030-01-08"}).status_code == 404


def soon() -> dict[str, str]:
    today = timezone.now().astimezone(ZAGREB).date()
    return {"starts_on": str(today), "ends_on": str(today + timedelta(days=4))}


def test_open_inquiries_move_to_whoever_covers(client: Client, ana: Coordinator, jan: Coordinator) -> None:
    mine = [make_inquiry(preferred_language="hr") for _ in range(3)]
    done = mine.pop()
    record_read(done, by=ana.user)
    close(done, Outcome.INFORMED, by=ana.user)
    told = {inquiry.pk: inquiry.reply_due_at for inquiry in mine}
    client.force_login(ana.user)
    values = planned(ana, **soon(), replacement=jan.pk)
    looked = client.post(ADD_ABSENCE, values)
    assert "Ana Horvat has 2 inquiries open:" in text_of(looked)
    assert all(inquiry.reference in text_of(looked) for inquiry in mine)
    assert done.reference not in text_of(looked)
    assert 'id="id_moves_rule" checked' in looked.content.decode()
    saved = confirm(client, values, moves="replacement")
    assert "2 open inquiries are Jan Novak's now." in text_of(saved)
    for inquiry in Inquiry.objects.filter(pk__in=told):
        assert inquiry.coordinator == jan
        assert inquiry.reply_due_at == told[inquiry.pk]
        assert inquiry.promises.running().count() == 1
        made = inquiry.assignments.latest("made_at")
        assert (made.coordinator, made.made_by, made.rule) == (jan, ana.user, "")
        event = inquiry.events.filter(kind=EventKind.ASSIGNED).latest("at")
        assert event.actor == ana.user
        absence = Absence.objects.get(coordinator=ana)
        assert event.details == {"coordinator": jan.pk, "left": ana.pk, "absence": absence.pk}
        assert event.note.startswith("Away from ")
        assert inquiry.emails.filter(kind=EmailKind.HANDOVER, coordinator=jan).count() == 1
    done.refresh_from_db()
    assert done.coordinator == ana


@pytest.mark.parametrize("cover", ["nobody", "inactive", "away", "not ticked"])
def test_open_inquiries_stay_where_nobody_takes_them(
    client: Client, ana: Coordinator, jan: Coordinator, cover: str
) -> None:
    inquiry = make_inquiry(preferred_language="hr")
    values = planned(ana, **soon(), replacement="" if cover == "nobody" else jan.pk)
    if cover == "away":
        away(jan, date(2020, 1, 1), date(2190, 1, 1))
    client.force_login(ana.user)
    if cover == "inactive":
        row = away(ana, date(2020, 1, 1), date(2190, 1, 1), replacement=jan)
        Coordinator.objects.filter(pk=jan.pk).update(takes_inquiries=False)
        address = reverse("admin:coordinators_absence_change", args=[row.pk])
        looked = client.post(address, values)
        client.post(address, values | {"seen": seen_in(looked), "moves": "replacement"})
    else:
        confirm(client, values, moves="leave" if cover == "not ticked" else "replacement")
    inquiry.refresh_from_db()
    assert inquiry.coordinator == ana
    assert Absence.objects.filter(coordinator=ana).count() == 1


def test_choice_to_move_is_kept_and_waits_for_a_later_absence(
    client: Client, ana: Coordinator, jan: Coordinator
) -> None:
    inquiry = make_inquiry(preferred_language="en")
    assert inquiry.coordinator == ana
    client.force_login(ana.user)
    values = planned(ana, **soon(), replacement=jan.pk)
    looked = client.post(ADD_ABSENCE, values)
    assert 'id="id_moves_replacement" checked' in looked.content.decode()
    again = values | {"seen": seen_in(looked), "until_time": "12:00", "moves": "rule"}
    assert 'id="id_moves_rule" checked' in client.post(ADD_ABSENCE, again).content.decode()
    later = client.post(ADD_ABSENCE, planned(ana, replacement=jan.pk))
    assert 'id="id_moves_leave" checked' in later.content.decode()
    assert "can be moved from this page at any time" in text_of(later)


def test_long_absence_is_looked_at_for_sixty_days(manager: Client, ana: Coordinator) -> None:
    page = text_of(manager.post(ADD_ABSENCE, planned(ana, ends_on="2199-12-31")))
    assert "Only the first 60 days were looked at." in page


def test_handing_over_keeps_red_flags_and_quarantine(ana: Coordinator, jan: Coordinator, boss: User) -> None:
    flagged, held = make_inquiry(preferred_language="hr"), make_inquiry(preferred_language="hr", honeypot="x")
    Inquiry.objects.filter(pk=flagged.pk).update(is_flagged=True)
    assert hand_over_open(ana, jan, by=boss) == 2
    flagged.refresh_from_db()
    assert flagged.is_flagged
    assert flagged.coordinator == jan
    assert not held.emails.exists()
    # Back and there again: the same person is told once more.
    hand_over_open(jan, ana, by=boss)
    flagged.emails.update(status="SENT", sent_at=timezone.now())
    assert hand_over_open(ana, jan, by=boss) == 2
    assert flagged.emails.get(kind=EmailKind.HANDOVER, coordinator=jan).status == "PENDING"
    assert hand_over_open(jan, ana, by=ana.user) == 2


def test_preview_says_what_the_replacement_cannot_take(manager: Client, ana: Coordinator) -> None:
    tom = make_coordinator("Tom Baker", languages=("en",), treatments=(PRT,))
    facet = Treatment.objects.get(code="facet-infiltration")
    answered, late, waiting = (make_inquiry(preferred_language="hr", treatment=facet) for _ in range(3))
    make_inquiry(preferred_language="hr", treatment=Treatment.objects.get(code=PRT))
    make_inquiry(preferred_language="hr", treatment=None)
    record_read(answered, by=ana.user)
    log_contact(answered, ContactResult.SPOKE, by=ana.user)
    past = {"received_at": at("2026-01-05T08:00"), "reply_due_at": at("2026-01-05T12:00")}
    Inquiry.objects.filter(pk__in=[answered.pk, late.pk]).update(**past)
    page = text_of(manager.post(ADD_ABSENCE, planned(ana, **soon(), replacement=tom.pk)))
    assert "▲ Tom Baker does not speak Croatian: 5 of 5 inquiries" in page
    title = treatment_titles()[facet.pk]
    assert f"▲ Tom Baker does not know this treatment, {title}: 3 of 5 inquiries" in page
    assert f"{late.reference} Croatian, {title} ▲ overdue: reply was due by Monday 5 January, 12:00" in page
    assert waiting.reply_due_at
    assert f"{waiting.reference} Croatian, {title} waiting: reply by " in page
    # Who was answered comes last, and no time runs there any more.
    assert f"{answered.reference} Croatian, {title} in contact What shall happen" in page
    assert page.index("What shall happen with these inquiries?") < page.index("For new patients")


def test_each_inquiry_goes_to_whoever_fits(manager: Client, boss: User, ana: Coordinator, jan: Coordinator) -> None:
    croatian, english = make_inquiry(preferred_language="hr"), make_inquiry(preferred_language="en")
    # Promised twice in vain: that everything of somebody's goes to another, or another fits, changes nothing about it.
    english.promises.update(is_moved=True, ending=PromiseEnding.BROKEN, ended_at=timezone.now())
    Inquiry.objects.filter(pk=english.pk).update(is_flagged=True)
    hand_over_open(jan, ana, by=boss)
    eva = make_coordinator("Eva Third", languages=("hr",))
    gone = make_coordinator("Gone Fishing", languages=("en", "hr"))
    away(gone, date(2020, 1, 1), date(2190, 1, 1))
    told = {inquiry.pk: inquiry.reply_due_at for inquiry in (croatian, english)}
    saved = text_of(confirm(manager, planned(ana, **soon()), moves="rule"))
    assert "The open inquiries went to: " in saved
    absence = Absence.objects.get(coordinator=ana)
    for inquiry, owner in ((croatian, eva), (english, jan)):
        inquiry.refresh_from_db()
        assert inquiry.coordinator == owner
        assert inquiry.reply_due_at == told[inquiry.pk]
        assert inquiry.is_flagged == (inquiry == english)
        made = inquiry.assignments.latest("made_at")
        assert made.rule == Rule.LANGUAGE_AND_TREATMENT
        assert assignment.replay(made.trace).coordinator_id == owner.pk
        event = inquiry.events.filter(kind=EventKind.ASSIGNED).latest("at")
        assert (event.actor, event.details["left"], event.details["absence"]) == (boss, ana.pk, absence.pk)
        assert event.note.startswith("Away from ")
        assert inquiry.emails.filter(kind=EmailKind.HANDOVER, coordinator=owner).count() == 1


def test_inquiries_that_nobody_else_can_have_stay(manager: Client, ana: Coordinator) -> None:
    ReplyPolicy.objects.update(fallback=ana)
    inquiry = make_inquiry(preferred_language="hr")
    saved = text_of(confirm(manager, planned(ana, **soon()), moves="rule"))
    assert "1 open inquiry stays with Ana Horvat: nobody who is here can take it." in saved
    inquiry.refresh_from_db()
    assert inquiry.coordinator == ana
    assert inquiry.assignments.count() == 1


def absent_with_three_given_away(client: Client, ana: Coordinator, jan: Coordinator) -> tuple[Absence, list[Inquiry]]:
    """Let Jan have Ana's three inquiries; he writes to one patient, and one was his before."""
    mine = [make_inquiry(preferred_language="hr") for _ in range(3)]
    make_inquiry(preferred_language="de")
    confirm(client, planned(ana, **soon(), replacement=jan.pk), moves="replacement")
    log_contact(mine[2], ContactResult.SPOKE, by=jan.user)
    return Absence.objects.get(coordinator=ana), mine


def owners(inquiries: list[Inquiry]) -> list[str]:
    names = dict(Inquiry.objects.values_list("pk", "coordinator__display_name"))
    return [names[inquiry.pk] for inquiry in inquiries]


@pytest.mark.parametrize("choice", ["tick", "no tick"])
def test_ending_an_absence_early_gives_back(manager: Client, ana: Coordinator, jan: Coordinator, choice: str) -> None:
    absence, mine = absent_with_three_given_away(manager, ana, jan)
    told = [inquiry.reply_due_at for inquiry in mine]
    address = reverse("admin:coordinators_absence_change", args=[absence.pk])
    longer = manager.post(address, planned(ana, **soon(), replacement=jan.pk))
    assert "gives_back" not in longer.content.decode()
    today = soon() | {"ends_on": soon()["starts_on"]}
    looked = manager.post(address, planned(ana, **today, replacement=jan.pk))
    assert "2 inquiries went to somebody else, and nobody has contacted the patients since:" in text_of(looked)
    assert 'id="id_gives_back" checked' in looked.content.decode()
    values = planned(ana, **today, replacement=jan.pk) | {"seen": seen_in(looked)}
    saved = manager.post(address, values | ({"gives_back": "on"} if choice == "tick" else {}), follow=True)
    if choice == "no tick":
        assert owners(mine) == ["Jan Novak"] * 3
        return
    assert "2 inquiries are Ana Horvat's again." in text_of(saved)
    assert owners(mine) == ["Ana Horvat", "Ana Horvat", "Jan Novak"]
    for inquiry in mine:
        inquiry.refresh_from_db()
    assert [inquiry.reply_due_at for inquiry in mine] == told
    event = mine[0].events.filter(kind=EventKind.ASSIGNED).latest("at")
    assert (event.note, event.details) == ("The absence ended early.", {"coordinator": ana.pk, "left": jan.pk})
    # Nothing is left to give back.
    assert "gives_back" not in manager.post(address, planned(ana, **today, replacement=jan.pk)).content.decode()


@pytest.mark.parametrize("choice", ["tick", "no tick"])
def test_deleting_an_absence_gives_back(manager: Client, ana: Coordinator, jan: Coordinator, choice: str) -> None:
    absence, mine = absent_with_three_given_away(manager, ana, jan)
    address = reverse("admin:coordinators_absence_delete", args=[absence.pk])
    assert "Give these back to Ana Horvat" in text_of(manager.get(address))
    manager.post(address, {"post": "yes"} | ({"gives_back": "on"} if choice == "tick" else {}))
    assert not Absence.objects.exists()
    back = "Ana Horvat" if choice == "tick" else "Jan Novak"
    assert owners(mine) == [back, back, "Jan Novak"]


def test_what_was_given_on_since_does_not_come_back(
    manager: Client, boss: User, ana: Coordinator, jan: Coordinator
) -> None:
    absence, mine = absent_with_three_given_away(manager, ana, jan)
    assign_to(mine[0], make_coordinator("Eva Third"), by=boss)
    assert [inquiry.pk for inquiry in to_give_back(absence)] == [mine[1].pk]
    User.objects.filter(coordinator=ana).update(is_active=False)
    absence.refresh_from_db()
    assert to_give_back(Absence.objects.get()) == []


def random_team(chance: random.Random) -> list[Coordinator]:
    """Make a team of any shape: languages, treatments, hours, absences, covers."""
    team = []
    for number in range(chance.randint(0, 5)):
        languages = tuple(chance.sample(["en", "hr", "de", "nl", "it"], chance.randint(0, 3)))
        known = tuple(chance.sample(CODES, chance.randint(0, 4)))
        member = make_coordinator(f"Person {number}", languages=languages, treatments=known)
        member.takes_inquiries = chance.random() < 0.8
        member.time_zone = chance.choice(["", "Europe/London", "America/New_York"])
        member.save()
        for weekday in chance.sample(range(1, 8), chance.choice([0, 0, 3, 5])):
            WorkingHours.objects.create(coordinator=member, weekday=weekday, starts_at=time(7), ends_at=time(14))
        team.append(member)
    for member in team:
        if chance.random() < 0.4:
            random_absence(chance, member, team).save()
    ReplyPolicy.objects.update(fallback=chance.choice([None, *team]))
    return team


def random_absence(chance: random.Random, member: Coordinator, team: list[Coordinator]) -> Absence:
    first = MONDAY + timedelta(days=chance.randint(-3, 6))
    return Absence(
        coordinator=member,
        starts_on=first,
        ends_on=first + timedelta(days=chance.randint(1, 5)),
        from_time=chance.choice([None, time(10), time(15, 30)]),
        until_time=chance.choice([None, time(9), time(12)]),
        replacement=chance.choice([None, *(other for other in team if other != member)]),
    )


@pytest.mark.parametrize("seed", range(12))
def test_warning_lists_exactly_the_changed_cells(seed: int) -> None:
    chance = random.Random(seed)
    team = random_team(chance) or [make_coordinator("Only One")]
    absence = random_absence(chance, team[0], team)
    now = datetime.combine(MONDAY, time(6), ZAGREB)
    warned = foresee(absence, now)
    if warned is None:
        return
    days = coverage.days_of(absence, Roster(now), today=MONDAY, at_most=60)
    assert [day for day, _moment in days] == [
        MONDAY + timedelta(days=number)
        for number in range(30)
        if absence.starts_on <= MONDAY + timedelta(days=number) <= absence.ends_on
    ]
    places = coverage.places([code for code, _name in settings.LANGUAGES], CODES, days)
    before = {place: asked_of_the_rule(place) for place in places}
    absence.save()
    after = {place: asked_of_the_rule(place) for place in places}
    expected = {place: (before[place], after[place]) for place in places if before[place] != after[place]}
    assert {change.place: (change.before, change.after) for change in warned.changes} == expected
    assert len(warned.changes) == len(expected)


@pytest.mark.parametrize("seed", range(20))
def test_every_inquiry_of_a_random_team_has_an_owner_or_a_flag(seed: int) -> None:
    chance = random.Random(seed)
    team = random_team(chance)
    for _number in range(5):
        treatment = Treatment.objects.filter(code=chance.choice([*CODES, "none"])).first()
        make_inquiry(treatment=treatment, preferred_language=chance.choice(["en", "hr", "de", "nl", "it", "other"]))
    boss = make_user(Role.MANAGER, "Mia Manager")
    if len(team) > 1:
        hand_over_open(team[0], team[1], by=boss)
        team[1].takes_inquiries = False
        team[1].save()
        reassign_open(team[1], by=boss)
    inquiries = Inquiry.objects.open().select_related("coordinator")
    assert len(inquiries) == 5
    for inquiry in inquiries:
        assert inquiry.coordinator is not None or inquiry.is_flagged
        assert inquiry.reply_due_at is not None or inquiry.is_flagged
        for made in inquiry.assignments.filter(made_by=None):
            again = assignment.replay(made.trace)
            assert again.as_trace() == made.trace
            assert again.coordinator_id == made.coordinator_id


# Giving an inquiry to somebody by hand


def test_reason_is_owed_for_a_colleagues_inquiry(ana: Coordinator, jan: Coordinator, boss: User) -> None:
    eva = make_coordinator("Eva Third", languages=())
    inquiry = make_inquiry(preferred_language="hr")
    with pytest.raises(TriageError, match="Enter why"):
        assign_to(inquiry, jan, by=eva.user, reason="  ")
    inquiry.refresh_from_db()
    assert inquiry.coordinator == ana
    assign_to(inquiry, jan, by=eva.user, reason="Ana is ill")
    assert inquiry.events.filter(kind=EventKind.ASSIGNED).latest("at").note == "Ana is ill"
    take_over(inquiry, by=ana.user)
    assign_to(inquiry, jan, by=ana.user)
    assign_to(inquiry, ana, by=boss)
    inquiry.refresh_from_db()
    assert inquiry.coordinator == ana
