"""Medical details under the private link: all may be skipped, nothing is lost, nothing is shown unasked."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from clinic_site.logs import JsonFormatter
from inquiries.details.answers import Value
from inquiries.details.form_fields import MonthField
from inquiries.details.forms import PREFIX, DetailsForm
from inquiries.details.questions import GROUPS, PAIN, SAFETY, TRAVEL, TRIED, Group, Kind
from inquiries.details.readable import readable_answers
from inquiries.enums import EmailKind, EventKind
from inquiries.links import private_token
from inquiries.models import Inquiry, InquiryEvent, MedicalAnswers
from inquiries.private.access import KEY_FIELD, new_key
from inquiries.services.details import save_answers
from tests.factories import make_coordinator, make_inquiry

pytestmark = pytest.mark.django_db

LANGUAGES = [code for code, _name in settings.LANGUAGES]
HERE = {"Sec-Fetch-Site": "same-origin"}
CANARY = "Kanarienvogel"
SUMMARY = 'class="card card-problem error-summary"'
BARE = {KEY_FIELD, "shown", "action"}


def rows_of_database() -> list[object]:
    """Return every row of every table as it is stored."""
    found: list[object] = []
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f'SELECT * FROM "{table}"')
            found.append((table, cursor.fetchall()))
    return found


@pytest.fixture(autouse=True)
def _team() -> None:
    make_coordinator("Ana Horvat", languages=("en", "de"))


@pytest.fixture
def inquiry() -> Inquiry:
    return make_inquiry()


def address(inquiry: Inquiry, group: Group | None = None, language: str = "en") -> str:
    link = inquiry.private_link
    arguments = {"token": private_token(link.pk, link.version), **({"group": group.code} if group else {})}
    with translation.override(language):
        return reverse(f"inquiries:private-details{'-group' if group else ''}", kwargs=arguments)


def post(client: Client, inquiry: Inquiry, group: Group, language: str = "en", **answers: Any) -> Any:
    data = {f"{PREFIX}-{name}": value for name, value in answers.items() if name not in BARE}
    bare = {name: value for name, value in answers.items() if name in BARE}
    return client.post(address(inquiry, group, language), {**data, **bare}, headers=HERE)


def stored(inquiry: Inquiry, group: Group) -> dict[str, Value]:
    row = MedicalAnswers.objects.filter(inquiry=inquiry, group=group.code).first()
    return json.loads(row.answers) if row else {}


def every_answer(group: Group, *, last: bool) -> tuple[dict[str, Any], dict[str, Value]]:
    """Return what a browser posts when everything is answered, and what should be stored."""
    sent: dict[str, Any] = {}
    expected: dict[str, Value] = {}
    day = (timezone.localdate() + timedelta(days=40 if last else 30)).isoformat()
    for question in group.questions:
        codes = [option.code for option in question.options]
        match question.kind:
            case Kind.CHOICE:
                sent[question.code] = expected[question.code] = codes[-1 if last else 0]
            case Kind.SEVERAL | Kind.REGIONS:
                sent[question.code] = expected[question.code] = codes
            case Kind.TEXT:
                sent[question.code] = expected[question.code] = f"{CANARY}\nčćž عربي"
            case Kind.MONTH:
                sent |= {f"{question.code}_month": "3", f"{question.code}_year": "2021"}
                expected[question.code] = "2021-03"
            case Kind.DAY:
                sent[question.code] = expected[question.code] = day
        if question.more:
            sent[question.more_code] = expected[question.more_code] = f"{CANARY} <b>&"
    return sent, expected


# Saving


@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.code)
def test_every_answer_comes_back_in_every_language(
    client: Client, inquiry: Inquiry, group: Group, language: str, last: bool
) -> None:
    sent, expected = every_answer(group, last=last)
    response = post(client, inquiry, group, language, **sent)
    assert response.status_code == 303
    assert stored(inquiry, group) == expected
    with translation.override(language):
        (read,) = readable_answers(inquiry)
        assert read.title == str(group.title)
        chosen = {answer.label: answer.chosen for answer in read.answers}
        for question in group.questions:
            labels = {option.code: str(option.label) for option in question.options}
            value = expected[question.code]
            if labels:
                codes = [value] if isinstance(value, str) else value
                assert chosen[str(question.label)] == tuple(labels[code] for code in codes)
    assert any(CANARY in answer.words for answer in read.answers) or group.code == "imaging"


def test_saving_goes_on_to_the_next_group(client: Client, inquiry: Inquiry) -> None:
    for group, following in zip(GROUPS, (*GROUPS[1:], None), strict=True):
        response = post(client, inquiry, group)
        assert response["Location"] == address(inquiry, following) + "?done=saved"
        assert "Your answers are saved." in client.get(response["Location"]).content.decode()


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.code)
def test_every_question_can_be_skipped_and_nothing_is_chosen_beforehand(
    client: Client, inquiry: Inquiry, group: Group
) -> None:
    page = client.get(address(inquiry, group)).content.decode()
    assert not re.search(
        r"<(input|option)[^>]*\b(checked|selected(?! *>\s*Month))\b", page.replace('value="" selected', "")
    )
    assert "required" not in page
    before = rows_of_database()
    assert post(client, inquiry, group).status_code == 303
    assert rows_of_database() == before


def test_the_history_says_which_group_and_nothing_else(client: Client, inquiry: Inquiry) -> None:
    post(client, inquiry, PAIN, where=["neck"], where_else=CANARY)
    event = InquiryEvent.objects.get(inquiry=inquiry, kind=EventKind.DETAILS_SAVED)
    assert (event.details, event.note, event.actor) == ({"group": "pain"}, "", None)
    assert inquiry.emails.filter(kind=EmailKind.PATIENT_ADDED).count() == 1
    post(client, inquiry, PAIN, where=["neck"], where_else=CANARY)
    assert InquiryEvent.objects.filter(inquiry=inquiry, kind=EventKind.DETAILS_SAVED).count() == 1


def test_answers_lie_sealed(client: Client, inquiry: Inquiry) -> None:
    post(client, inquiry, PAIN, where=["lower-back-left"], where_else=CANARY)
    everything = str(rows_of_database())
    assert CANARY not in everything
    assert "lower-back-left" not in everything


def test_what_is_left_blank_stays_when_it_was_not_shown(client: Client, inquiry: Inquiry) -> None:
    post(client, inquiry, PAIN, where=["neck", "knee-left"], since="weeks-6")
    post(client, inquiry, PAIN, leg="no")
    assert stored(inquiry, PAIN) == {"where": ["neck", "knee-left"], "since": "weeks-6", "leg": "no"}
    post(client, inquiry, PAIN, where=["tailbone"])
    assert stored(inquiry, PAIN)["where"] == ["tailbone"]


def test_what_was_shown_can_be_taken_back(client: Client, inquiry: Inquiry) -> None:
    post(client, inquiry, PAIN, where=["neck", "knee-left"], since="weeks-6", where_else=CANARY)
    response = post(client, inquiry, PAIN, key=new_key(inquiry), shown="1", where=["neck"], since="")
    assert response.status_code == 200
    assert "Show and change" in response.content.decode()
    assert stored(inquiry, PAIN) == {"where": ["neck"]}
    post(client, inquiry, PAIN, key=new_key(inquiry), shown="1")
    assert stored(inquiry, PAIN) == {}


def test_when_the_key_is_over_nothing_is_lost_and_the_page_says_so(client: Client, inquiry: Inquiry) -> None:
    post(client, inquiry, PAIN, where=["neck"], since="weeks-6")
    response = post(client, inquiry, PAIN, key="over", shown="1", where=["tailbone"], since="")
    assert stored(inquiry, PAIN) == {"where": ["tailbone"], "since": "weeks-6"}
    page = response.content.decode()
    assert "answers that you took away are still there" in page
    assert KEY_FIELD not in re.findall(r'name="([^"]+)"', page)


# Showing


def test_answers_are_never_on_a_page_that_a_link_alone_opens(client: Client, inquiry: Inquiry) -> None:
    sent, _expected = every_answer(PAIN, last=False)
    post(client, inquiry, PAIN, **sent)
    pages = [client.get(address(inquiry)), client.get(address(inquiry, PAIN))]
    pages.append(post(client, inquiry, PAIN, action="show", key="forged"))
    pages.append(client.post(address(inquiry), {"key": "forged"}, headers=HERE))
    for response in pages:
        page = response.content.decode()
        assert CANARY not in page
        assert "checked" not in page
        assert "no-store" in response["Cache-Control"]
        assert not response.cookies
    assert pages[2].status_code == 403
    assert "Answered on " in pages[0].content.decode()


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.code)
def test_with_a_key_earlier_answers_are_shown_and_saved_again_unchanged(
    client: Client, inquiry: Inquiry, group: Group
) -> None:
    sent, expected = every_answer(group, last=True)
    post(client, inquiry, group, **sent)
    before = rows_of_database()
    response = post(client, inquiry, group, action="show", key=new_key(inquiry))
    form = response.context["form"]
    assert rows_of_database() == before
    assert response.content.decode().count(" checked") == sum(
        len(value) if isinstance(value, list) else 1
        for code, value in expected.items()
        if group.by_code.get(code) and group.by_code[code].options
    )
    again = {field.html_name.removeprefix(f"{PREFIX}-"): field.value() for field in form}
    for question in group.questions:
        if question.kind is Kind.MONTH:
            del again[question.code]
            again |= {f"{question.code}_month": "3", f"{question.code}_year": "2021"}
    post(client, inquiry, group, key=new_key(inquiry), shown="1", **again)
    assert rows_of_database() == before


def test_an_answer_of_an_older_form_is_kept_and_shown_as_its_code(client: Client, inquiry: Inquiry) -> None:
    save_answers(inquiry, PAIN, {"since": "last-spring", "where": ["neck", "left-toe"], "mood": "fine", "leg": ["x"]})
    (read,) = readable_answers(inquiry)
    shown = {answer.label: (answer.chosen, answer.words) for answer in read.answers}
    assert shown["Since when do you have this pain?"] == (("last-spring",), "")
    assert shown["Where does it hurt?"] == (("Neck", "left-toe"), "")
    assert shown["mood"] == ((), "fine")
    page = post(client, inquiry, PAIN, action="show", key=new_key(inquiry)).content.decode()
    assert re.search(r'value="last-spring"[^>]* checked', page)
    post(client, inquiry, PAIN, key=new_key(inquiry), shown="1", since="last-spring", where=["left-toe"])
    assert stored(inquiry, PAIN) == {"since": "last-spring", "where": ["left-toe"], "mood": "fine"}


def test_a_group_that_no_form_has_any_more_is_still_read(inquiry: Inquiry) -> None:
    MedicalAnswers.objects.create(
        inquiry=inquiry, group="sleep", answers='{"hours": "6", "months": ["may"]}', saved_at=timezone.now()
    )
    (read,) = readable_answers(inquiry)
    assert (read.title, [answer.words for answer in read.answers]) == ("sleep", ["6", "may"])


def test_looking_changes_nothing(client: Client, inquiry: Inquiry) -> None:
    post(client, inquiry, PAIN, where=["neck"])
    before = rows_of_database()
    for number in range(20):
        for group in (None, *GROUPS):
            look = client.head if number % 2 else client.get
            assert look(address(inquiry, group), headers={"User-Agent": "scanner"}).status_code == 200
    assert rows_of_database() == before


def test_a_group_that_is_not_there_leads_to_the_list(client: Client, inquiry: Inquiry) -> None:
    response = client.get(address(inquiry) + "sleep/")
    assert response["Location"] == address(inquiry)
    assert response["X-Robots-Tag"] == "noindex, nofollow"


def test_a_form_on_another_site_saves_nothing(client: Client, inquiry: Inquiry) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    client.post(address(inquiry, PAIN), {f"{PREFIX}-since": "weeks-6"}, headers=headers)
    assert stored(inquiry, PAIN) == {}


@pytest.mark.parametrize("group", [None, *GROUPS], ids=lambda group: group.code if group else "list")
def test_every_page_tells_what_to_do_in_an_emergency(client: Client, inquiry: Inquiry, group: Group | None) -> None:
    page = client.get(address(inquiry, group)).content.decode()
    assert "card-emergency" in page
    assert 'href="tel:112"' in page
    assert "Your answers do not decide anything here. A doctor reads them." in page


# Mistakes


@pytest.mark.parametrize(
    ("group", "typed", "problem"),
    [
        (TRIED, {"surgery_when_month": "3"}, ("id_q-surgery_when_1", "Enter the year too")),
        (TRIED, {"surgery_when_year": "99"}, ("id_q-surgery_when_1", "four digits")),
        (TRIED, {"surgery_when_year": "last"}, ("id_q-surgery_when_1", "four digits")),
        (TRIED, {"surgery_when_year": "2999"}, ("id_q-surgery_when_1", "a month that is over")),
        (TRIED, {"surgery_when_year": "2020", "surgery_when_month": "13"}, ("id_q-surgery_when_1", "")),
        (TRAVEL, {"earliest": "soon"}, ("id_q-earliest", "Enter a day")),
        (TRAVEL, {"earliest": "1999-01-01"}, ("id_q-earliest", "still to come")),
        (TRAVEL, {"latest": "2999-01-01"}, ("id_q-latest", "next three years")),
        (PAIN, {"where_else": "x" * 1001}, ("id_q-where_else", "it has 1001 now")),
        (PAIN, {"since": "forever"}, ("id_q-since_0", "one of the answers on the page")),
        (PAIN, {"where": ["tail"]}, ("id_q-where_0", "one of the answers on the page")),
    ],
)
def test_after_a_mistake_the_form_comes_back_filled_in(
    client: Client, inquiry: Inquiry, group: Group, typed: dict[str, Any], problem: tuple[str, str]
) -> None:
    field, message = problem
    first = group.questions[0]
    also: dict[str, Any] = {"since": "years-5", "worse": ["sitting"], "pain_words": CANARY} if group is PAIN else {}
    response = post(client, inquiry, group, **{**also, **typed})
    page = response.content.decode()
    assert response.status_code == 422
    assert SUMMARY in page
    assert f'<a href="#{field}">' in page
    assert f'id="{field}"' in page
    assert message in page
    assert first.code in page
    for value in typed.values():
        if isinstance(value, str) and group is not PAIN and value != "13":
            assert value in page
    if group is PAIN:
        assert CANARY in page
        assert re.search(r'value="sitting"[^>]* checked', page)
    assert stored(inquiry, group) == {}


def test_a_journey_does_not_end_before_it_begins(client: Client, inquiry: Inquiry) -> None:
    day = timezone.localdate() + timedelta(days=30)
    typed = {"earliest": day.isoformat(), "latest": (day - timedelta(days=1)).isoformat()}
    assert post(client, inquiry, TRAVEL, **typed).status_code == 422
    typed["latest"] = f"{day.day}.{day.month}.{day.year}"
    assert post(client, inquiry, TRAVEL, **typed).status_code == 303
    assert stored(inquiry, TRAVEL)["latest"] == day.isoformat()


def test_after_a_mistake_a_key_stays_on_the_page(client: Client, inquiry: Inquiry) -> None:
    key = new_key(inquiry)
    page = post(client, inquiry, PAIN, key=key, shown="1", where_else="x" * 1001).content.decode()
    assert f'name="{KEY_FIELD}" value="{key}"' in page
    assert 'name="shown"' in page


def test_when_the_database_cannot_save_the_form_comes_back_filled_in(
    client: Client, inquiry: Inquiry, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def locked(*_arguments: Any, **_options: Any) -> None:
        raise OperationalError(f"database is locked: {CANARY}")

    monkeypatch.setattr("inquiries.details.views.save_answers", locked)
    response = post(client, inquiry, PAIN, where=["neck"], pain_words="Since the garden")
    page = response.content.decode()
    assert response.status_code == 503
    assert "We could not save this just now" in page
    assert "Since the garden" in page
    assert re.search(r'value="neck"[^>]* checked', page)
    formatted = [JsonFormatter().format(record) for record in caplog.records]
    assert not [line for line in formatted if CANARY in line or "garden" in line]


@pytest.mark.parametrize(("month", "year", "expected"), [("", "2020", "2020"), ("12", "2020", "2020-12"), ("", "", "")])
def test_a_year_is_enough(month: str, year: str, expected: str) -> None:
    assert MonthField(required=False).clean([month, year]) == expected


def test_free_words_lose_what_turns_the_direction_of_writing(client: Client, inquiry: Inquiry) -> None:
    post(client, inquiry, SAFETY, diabetes="yes", diabetes_more="a\u202eb\r\nc\x00")
    assert stored(inquiry, SAFETY) == {"diabetes": "yes", "diabetes_more": "ab\nc"}


# The desk


def test_the_desk_shows_answers_and_the_marked_map(inquiry: Inquiry) -> None:
    save_answers(inquiry, PAIN, {"where": ["lower-back-left"], "pain_words": f"{CANARY} <b>"})
    page = render_to_string(
        "admin/inquiries/inquiry/details.html", {"inquiry": inquiry, "details": readable_answers(inquiry)}
    )
    assert "Lower back on the left" in page
    assert f'lang="en" dir="auto">{CANARY} &lt;b&gt;</div>' in page
    assert page.count('class="map-cross"') == 1


def test_each_region_has_one_checkbox() -> None:
    regions = list(DetailsForm(PAIN).regions())
    assert len({region.id for region in regions}) == len(regions) == len(PAIN.by_code["where"].options)
