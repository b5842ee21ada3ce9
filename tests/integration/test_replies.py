"""Answers from templates: placeholders, languages, previews, and whether the e-mail carries the answer."""

from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from coordinators import demo
from coordinators.enums import Role
from coordinators.models import Coordinator
from inquiries.emails import build_email
from inquiries.emails.patient import answer_mail_level
from inquiries.enums import AnswerMailLevel, EmailKind, Sender
from inquiries.models import AnswerMailChoice, Inquiry, Message, OutgoingEmail, ReplyTemplate, ReplyTemplateText
from inquiries.replies.content_files import initial_templates
from inquiries.replies.placeholders import Placeholder, fill, unfilled, unknown_placeholders
from inquiries.services.contact import change_contact
from inquiries.services.links import revoke_link
from inquiries.services.messages import write_answer
from inquiries.services.reply_templates import load_reply_templates
from tests.factories import make_coordinator, make_inquiry, make_user
from tests.integration.test_desk import address, take, text_of
from treatments.claim_rules import rules_for
from treatments.claims import find_claims
from treatments.models import Treatment

pytestmark = pytest.mark.django_db

LIST = "/admin/inquiries/replytemplate/"
ATTACK = "{{ settings.SECRET_KEY }}"


@pytest.fixture
def ana() -> Coordinator:
    return make_coordinator("Ana Horvat", languages=("en", "de", "hr"))


def template(name: str, treatment: Treatment | None = None, **texts: str) -> ReplyTemplate:
    """Make a template with words by language."""
    made = ReplyTemplate.objects.create(name=name, treatment=treatment)
    for language, text in texts.items():
        ReplyTemplateText.objects.create(template=made, language=language, text=text)
    return made


def insert(client: Client, inquiry: Inquiry, chosen: ReplyTemplate | None, **data: str) -> Any:
    """Choose a template and press its button."""
    return take(client, inquiry, "answer", template=str(chosen.pk) if chosen else "", insert="1", **data)


def written(response: Any) -> str:
    """Return what stands in the answer's field."""
    field = response.content.decode().partition('name="answer-text"')[2].partition(">")[2]
    return unescape(field.partition("</textarea>")[0]).removeprefix("\n")


# Placeholders


def test_placeholders_are_filled_once_and_only_if_they_are_known() -> None:
    values = {"name": "{{ phone }} & Co", "phone": "1"}
    assert fill("Dear {{name}}, {{ phone }} {{ other }} {{email}}", values) == (
        "Dear {{ phone }} & Co, 1 {{ other }} {{email}}"
    )


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("Dear {{ name }} {{reference}}", []),
        (ATTACK, [ATTACK]),
        ("{{ name|safe }} {% load x %}", ["{{ name|safe }}"]),
        ("{{ Name }} and {{ Name }}", ["{{ Name }}"]),
        ("{{ name }", ["{{"]),
        ("name }} {{ {{ name }}", ["{{ {{ name }}", "}}"]),
        ("{{}}", ["{{}}"]),
    ],
)
def test_what_is_no_placeholder_is_named(text: str, unknown: list[str]) -> None:
    assert unknown_placeholders(text) == unknown


@given(st.text(alphabet="{} aname|%.", max_size=40), st.text(alphabet="{} n", max_size=8))
def test_filled_text_has_no_known_placeholder_left(text: str, value: str) -> None:
    filled = fill(text, dict.fromkeys(Placeholder.values, "x"))
    assert not [left for left in unfilled(filled) if left.strip("{} ") in Placeholder.values]
    assert fill(text, {}) == text
    if "{{" not in text:
        assert fill(text, {"name": value}) == text


# At the desk


def test_answer_is_filled_from_a_template_without_javascript(desk: Client) -> None:
    make_demo_clinic()
    chosen = template("Hello", en="Hello {{ name }}, {{ reference }}. {{coordinator}}, {{ clinic }}, {{ phone }}")
    inquiry = make_inquiry(name="Eva <i>Maier</i>")
    response = insert(desk, inquiry, chosen)
    assert response.status_code == 200
    assert written(response) == (
        f"Hello Eva <i>Maier</i>, {inquiry.reference}. Ana Horvat, Klinika Primjer, +385 1 000 0000"
    )
    assert "<i>Maier" not in response.content.decode()
    assert not Message.objects.exists()
    assert not inquiry.emails.filter(kind=EmailKind.ANSWER_WAITING).exists()
    assert take(desk, inquiry, "answer", text=written(response)).status_code == 302
    assert inquiry.messages.get(sender=Sender.STAFF).text == written(response)


def make_demo_clinic() -> None:
    """Make the demo clinic beside the test's own people."""
    demo._make_clinic()


def test_patient_reads_their_own_language_and_the_desk_sees_its_own_beside(desk: Client) -> None:
    chosen = template("Hello", en="Hello {{ name }}", de="Guten Tag {{ name }}")
    response = insert(desk, make_inquiry(preferred_language="de", name="Eva"), chosen)
    assert written(response) == "Guten Tag Eva"
    text = text_of(response)
    assert "As the patient reads it (German) Guten Tag Eva" in text
    assert "The template in English Hello Eva" in text
    html = response.content.decode()
    assert '<div class="message" lang="de" dir="auto">Guten Tag Eva</div>' in html
    assert '<div class="message" lang="en" dir="auto">Hello Eva</div>' in html


def test_language_that_is_missing_is_said_and_the_pages_language_comes_first(desk: Client) -> None:
    chosen = template("Hello", en="Hello {{ name }}", de="Guten Tag {{ name }}")
    inquiry = make_inquiry(preferred_language="hr", language="de", name="Eva")
    assert "Hello (not in the patient" in text_of(desk.get(address(inquiry)))
    response = insert(desk, inquiry, chosen)
    assert written(response) == "Guten Tag Eva"
    text = text_of(response)
    assert "It stands here in this one: German. Translate it before you send it." in text
    english = make_inquiry(preferred_language="hr", language="hr", name="Eva")
    assert written(insert(desk, english, chosen)) == "Hello Eva"


def test_language_that_the_site_does_not_speak_is_said(desk: Client) -> None:
    inquiry = make_inquiry(preferred_language="other", language="en")
    assert "The patient would like another language" in text_of(desk.get(address(inquiry)))


def test_only_templates_that_fit_are_offered(desk: Client) -> None:
    own, other = (Treatment.objects.get(code=code) for code in ("facet-infiltration", "facet-denervation"))
    for name, treatment in (("For all", None), ("For this", own), ("For another", other)):
        template(name, treatment, en="x")
    gone = template("Not in use", en="x")
    ReplyTemplate.objects.filter(pk=gone.pk).update(is_active=False)
    template("Without words")
    html = desk.get(address(make_inquiry())).content.decode()
    offered = [name for name in ("For all", "For this", "For another", "Not in use", "Without words") if name in html]
    assert offered == ["For all", "For this"]
    assert "Choose a template first." in text_of(insert(desk, make_inquiry(), gone))


def test_what_was_written_stays_when_a_template_is_inserted(desk: Client) -> None:
    first, second = template("First", en="One {{ name }}"), template("Second", en="Two")
    inquiry = make_inquiry(name="Eva")
    # An untouched template is replaced; a changed one, or own words, stay above.
    again = insert(desk, inquiry, second, text="One Eva", inserted=str(first.pk))
    assert written(again) == "Two"
    changed = insert(desk, inquiry, second, text="One Eva,\r\nand more", inserted=str(first.pk))
    assert written(changed) == "One Eva,\nand more\n\nTwo"
    none = insert(desk, inquiry, None, text="Own words")
    assert written(none) == "Own words"
    assert "Choose a template first." in text_of(none)


@pytest.mark.parametrize("left", [ATTACK, "{{ price }}", "{{ nonsense }}", "{{"])
def test_answer_with_an_open_placeholder_is_not_sent_and_stays(desk: Client, left: str) -> None:
    inquiry = make_inquiry()
    response = take(desk, inquiry, "answer", text=f"It costs {left}")
    assert response.status_code == 200
    assert written(response) == f"It costs {left}"
    assert f"Fill this in, or take it out, before you send: {left}" in text_of(response)
    assert settings.SECRET_KEY not in response.content.decode()
    assert not Message.objects.exists()


def test_placeholder_without_a_value_stays_and_is_named_at_once(desk: Client) -> None:
    inquiry = make_inquiry(treatment=None)
    revoke_link(inquiry, by=make_user(Role.MANAGER, "Mia Manager"))
    chosen = template("x", en="{{ treatment }} {{ private_link }} {{ phone }} {{ price }} " + ATTACK)
    response = insert(desk, inquiry, chosen)
    assert written(response) == "{{ treatment }} {{ private_link }} {{ phone }} {{ price }} " + ATTACK
    assert "before you send: {{ treatment }}, {{ private_link }}, {{ phone }}, {{ price }}" in text_of(response)


def test_patients_own_braces_are_never_filled(desk: Client) -> None:
    inquiry = make_inquiry(name="{{ reference }}")
    response = insert(desk, inquiry, template("x", en="Hello {{ name }}"))
    assert written(response) == "Hello {{ reference }}"


def test_preview_sends_nothing(desk: Client) -> None:
    inquiry = make_inquiry()
    response = take(desk, inquiry, "answer", text="Look at me", preview="1")
    assert "As the patient reads it (English) Look at me" in text_of(response)
    assert written(response) == "Look at me"
    assert not Message.objects.exists()


def test_answer_is_not_offered_where_nobody_could_be_told(desk: Client) -> None:
    assert "Please phone." in text_of(desk.get(address(make_inquiry(email="", phone="+49 171 2345678"))))
    held = text_of(desk.get(address(make_inquiry(honeypot="x"))))
    assert "An inquiry in quarantine is not answered." in held


def test_no_template_and_no_answer_of_a_colleagues_inquiry(desk: Client) -> None:
    make_coordinator("Jan Novak", languages=("nl",))
    inquiry = make_inquiry(preferred_language="nl")
    assert insert(desk, inquiry, template("x", en="x")).status_code == 404


# Managing them


def form_data(text: str, **texts: str) -> dict[str, Any]:
    """Return what a manager posts for a new template."""
    rows = {"en": text, **texts}
    data: dict[str, Any] = {
        "name": "New", "treatment": "", "is_active": "on", "position": "0",
        "texts-TOTAL_FORMS": str(len(rows)), "texts-INITIAL_FORMS": "0",
    }  # fmt: skip
    for number, (language, words) in enumerate(rows.items()):
        data |= {f"texts-{number}-language": language, f"texts-{number}-text": words}
    return data


def test_manager_writes_a_template_in_several_languages(manager: Client) -> None:
    response = manager.post(f"{LIST}add/", form_data("Hello {{ name }}", de="Guten Tag {{ name }}"))
    assert response.status_code == 302
    made = ReplyTemplate.objects.get()
    assert set(made.texts.values_list("language", "text")) == {
        ("en", "Hello {{ name }}"),
        ("de", "Guten Tag {{ name }}"),
    }
    text = text_of(manager.get(LIST))
    assert "English, German" in text


@pytest.mark.parametrize("words", [ATTACK, "{{ surname }}", "Hello {{ name"])
def test_unknown_placeholder_is_refused_in_words(manager: Client, words: str) -> None:
    response = manager.post(f"{LIST}add/", form_data(f"Hello {words}"))
    text = text_of(response)
    assert "This is no placeholder: {{" in text
    assert "You can use: {{ name }}, {{ reference }}" in text
    assert words in text
    assert settings.SECRET_KEY not in response.content.decode()
    assert not ReplyTemplate.objects.exists()


def test_coordinators_read_templates_and_change_none(desk: Client) -> None:
    made = template("Hello", en="Hello {{ name }}")
    one = reverse("admin:inquiries_replytemplate_change", args=[made.pk])
    assert "Hello {{ name }}" in text_of(desk.get(one))
    assert "{{ private_link }}" in text_of(desk.get(one))
    for path in (one, f"{LIST}add/", reverse("admin:inquiries_replytemplate_delete", args=[made.pk])):
        assert desk.post(path, form_data("Changed") | {"post": "yes"}).status_code == 403
    assert made.texts.get().text == "Hello {{ name }}"


# Those that come with the project


def test_initial_templates_are_whole_and_say_nothing_that_may_not_be_said() -> None:
    initial = initial_templates()
    languages = {code for code, _ in settings.LANGUAGES}
    assert len(initial) == 4
    for item in initial:
        assert set(item.texts) == languages, item.name
        used = set()
        for language, text in item.texts.items():
            assert unknown_placeholders(text) == [], (item.name, language)
            used.add(frozenset(unfilled(text)))
            bare = fill(text, dict.fromkeys(Placeholder.values, "x"))
            assert find_claims(bare, rules_for(language)) == [], (item.name, language)
        assert len(used) == 1, f"{item.name} asks for other placeholders in another language"


def test_initial_templates_are_loaded_once() -> None:
    assert load_reply_templates() == len(initial_templates())
    ReplyTemplate.objects.exclude(name="We need more time").delete()
    ReplyTemplateText.objects.filter(language="en").update(text="Our own words")
    call_command("load_reply_templates", verbosity=0)
    assert ReplyTemplate.objects.count() == 1
    assert ReplyTemplateText.objects.get(language="en").text == "Our own words"


# What the e-mail carries


def answer_email(inquiry: Inquiry, ana: Coordinator, text: str = "Bring <b>shoes</b> & time") -> tuple[str, str]:
    """Answer the inquiry and return the e-mail's words and its HTML."""
    message = write_answer(inquiry, text, by=ana.user)
    email = build_email(OutgoingEmail.objects.get(kind=EmailKind.ANSWER_WAITING, about=message.pk))
    [(html, _kind)] = [(str(part[0]), part[1]) for part in email.alternatives]
    return f"{email.subject}\n{email.body}", html


def choose(level: AnswerMailLevel) -> None:
    """Choose as a manager would."""
    by = make_user(Role.MANAGER, f"Chooser {AnswerMailChoice.objects.count()}")
    AnswerMailChoice.objects.create(level=level, chosen_by=by, reason="test")


def test_answer_waits_on_the_private_page_unless_the_clinic_chose_otherwise(ana: Coordinator) -> None:
    assert answer_mail_level() == AnswerMailLevel.NOTICE
    text, html = answer_email(make_inquiry(), ana)
    assert "To protect your data, it is not in this e-mail." in text
    assert "shoes" not in text + html


def test_answer_travels_in_the_email_once_the_clinic_chose_so(ana: Coordinator) -> None:
    choose(AnswerMailLevel.FULL)
    text, html = answer_email(make_inquiry(), ana)
    assert "Bring <b>shoes</b> & time" in text
    assert "Bring &lt;b&gt;shoes&lt;/b&gt; &amp; time" in html
    assert "<b>shoes" not in html
    assert "shoes" not in text.splitlines()[0]
    assert "/inquiry/private/" in text


def test_newest_choice_counts_even_for_an_answer_that_waits_in_the_outbox(ana: Coordinator) -> None:
    choose(AnswerMailLevel.FULL)
    message = write_answer(make_inquiry(), "Secret", by=ana.user)
    choose(AnswerMailLevel.NOTICE)
    email = build_email(OutgoingEmail.objects.get(kind=EmailKind.ANSWER_WAITING, about=message.pk))
    assert "Secret" not in str(email.message())


def test_answer_never_travels_to_an_address_that_nobody_has_confirmed(ana: Coordinator, desk: Client) -> None:
    choose(AnswerMailLevel.FULL)
    inquiry = make_inquiry()
    assert "It is sent in the e-mail" in text_of(desk.get(address(inquiry)))
    change_contact(inquiry, email="thief@example.com")
    inquiry.refresh_from_db()
    assert "it carries none of this" in text_of(desk.get(address(inquiry)))
    text, html = answer_email(inquiry, ana)
    assert "shoes" not in text + html


def test_patients_own_words_never_travel_in_the_email_about_an_answer(ana: Coordinator) -> None:
    choose(AnswerMailLevel.FULL)
    inquiry = make_inquiry(message="CANARY", name="Canary Name")
    text, html = answer_email(inquiry, ana)
    assert "canary" not in (text + html).casefold()


def test_choice_is_recorded_and_for_managers(manager: Client, ana: Coordinator) -> None:
    path = reverse("admin:inquiries_answermailchoice_add")
    assert manager.post(path, {"level": AnswerMailLevel.FULL, "reason": "The board decided"}).status_code == 302
    choice = AnswerMailChoice.objects.get()
    assert (choice.level, choice.chosen_by.name, choice.reason) == ("FULL", "Mia Manager", "The board decided")
    change = reverse("admin:inquiries_answermailchoice_change", args=[choice.pk])
    assert manager.post(change, {"level": AnswerMailLevel.NOTICE, "reason": "x"}).status_code == 403
    manager.force_login(ana.user)
    assert manager.post(path, {"level": AnswerMailLevel.FULL, "reason": "x"}).status_code == 403


def test_a_chosen_template_of_the_demo_can_be_sent_in_every_language(desk: Client) -> None:
    make_demo_clinic()
    load_reply_templates()
    chosen = ReplyTemplate.objects.get(name="Thank you, we will call you")
    for language, _name in settings.LANGUAGES:
        inquiry = make_inquiry(preferred_language=language)
        Inquiry.objects.filter(pk=inquiry.pk).update(is_flagged=True)
        response = insert(desk, inquiry, chosen)
        assert unfilled(written(response)) == []
        assert take(desk, inquiry, "answer", text=written(response)).status_code == 302
        assert inquiry.messages.get().language == language
