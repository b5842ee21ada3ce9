"""What claims too much cannot be published: at the desk, as real posts, and in manage.py check_content."""

import re
from html import unescape
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import translation

from coordinators.enums import Role
from tests.factories import make_user
from treatments import claim_rules
from treatments.claim_rules import rules_for
from treatments.claims import Finding, Kind, Reason
from treatments.enums import PublicationState
from treatments.models import GlossaryTerm, SharedSection, SitePage, Source, TreatmentPage
from treatments.models import Testimonial as PatientQuote  # pytest takes Test… for tests
from treatments.publishing import REASONS, claims_of_page, claims_of_testimonial, finding_refusal

pytestmark = pytest.mark.django_db

PROMISE = "You lie down. It cures you. You get up."
NUMBER = "In one trial 26 of 50 people had less pain."


@pytest.fixture
def editor(client: Client) -> Client:
    client.force_login(make_user(Role.EDITOR, "Edi Editor"))
    return client


@pytest.fixture
def page() -> TreatmentPage:
    return TreatmentPage.objects.get(language="en", treatment__code="facet-infiltration")


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def address(row: TreatmentPage | SitePage | SharedSection) -> str:
    return reverse(f"admin:treatments_{row._meta.model_name}_change", args=[row.pk])


def form_of(page: TreatmentPage | SitePage, **overrides: Any) -> dict[str, Any]:
    """Return what the browser sends when a page is saved as it is."""
    names = ("slug", "state", "title", "answer", "description", "written_on", "also_called")
    form = {name: getattr(page, name, "") for name in names}
    sections = list(page.sections.order_by("position", "id"))
    form |= {"sections-TOTAL_FORMS": len(sections) + 1, "sections-INITIAL_FORMS": len(sections)}
    form[f"sections-{len(sections)}-position"] = "0"
    for number, section in enumerate(sections):
        for name in ("id", "position", "heading", "body"):
            form[f"sections-{number}-{name}"] = getattr(section, name)
    return form | overrides


def errors_at(response: Any, field: str) -> str:
    """Return what is said right above a field, which must still hold what was typed."""
    assert response.status_code == 200
    html = response.content.decode()
    match = re.search(
        rf'<ul class="errorlist"[^>]*>((?:(?!</ul>).)*)</ul>(?:(?!<ul class="errorlist").)*?name="{field}"',
        html,
        flags=re.DOTALL,
    )
    assert match, text_of(html)
    return text_of(match[1])


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (PROMISE, ["“cures” must not be said: “It cures you.”", "None of these treatments cures."]),
        (NUMBER, ["“26 of 50” is a number without a source", "Cite a source as [^KEY] in this paragraph"]),
        ("It relieves pain.", ["“relieves” states an effect without a source: “It relieves pain.”"]),
    ],
)
def test_section_of_a_published_page_is_refused_at_its_field(
    editor: Client, page: TreatmentPage, body: str, said: list[str]
) -> None:
    before = page.sections.order_by("position", "id")[2].body
    response = editor.post(address(page), form_of(page, title="Kept as typed", **{"sections-2-body": body}))
    message = errors_at(response, "sections-2-body")
    assert all(part in message for part in said), message
    assert body in unescape(response.content.decode())
    assert 'value="Kept as typed"' in response.content.decode()
    assert page.sections.order_by("position", "id")[2].body == before


def test_heading_and_new_section_are_read_too(editor: Client, page: TreatmentPage) -> None:
    heading = {"sections-0-heading": "A highly effective treatment"}
    assert "highly effective" in errors_at(editor.post(address(page), form_of(page, **heading)), "sections-0-heading")
    site_page = SitePage.objects.get(key="legal", language="en")
    new = f"sections-{site_page.sections.count()}"
    added = {f"{new}-key": "new", f"{new}-position": "9", f"{new}-heading": "New", f"{new}-body": PROMISE}
    assert "cures" in errors_at(editor.post(address(site_page), form_of(site_page, **added)), f"{new}-body")


def test_number_with_its_source_is_saved(editor: Client, page: TreatmentPage) -> None:
    response = editor.post(address(page), form_of(page, **{"sections-2-body": f"{NUMBER}[^FJ52]"}))
    assert response.status_code == 302, text_of(response.content.decode())


def test_section_that_is_removed_does_not_stand_against_the_page(editor: Client) -> None:
    page = SitePage.objects.get(key="legal", language="en")
    page.sections.create(key="extra", position=9, heading="Extra", body=PROMISE)
    number = page.sections.count() - 1
    response = editor.post(address(page), form_of(page, **{f"sections-{number}-DELETE": "on"}))
    assert response.status_code == 302, text_of(response.content.decode())


@pytest.mark.parametrize("name", ["title", "answer", "description", "also_called"])
def test_text_of_a_page_is_refused_where_it_stands(editor: Client, page: TreatmentPage, name: str) -> None:
    response = editor.post(address(page), form_of(page, **{name: "Helps 9 of 10 people"}))
    assert "no source can be cited here" in errors_at(response, name)


def test_draft_is_saved_and_refused_when_it_is_published(editor: Client, page: TreatmentPage) -> None:
    draft = form_of(page, state=PublicationState.DRAFT, **{"sections-2-body": PROMISE})
    assert editor.post(address(page), draft).status_code == 302
    page.refresh_from_db()
    assert not page.is_public
    response = editor.post(address(page), form_of(page, state=PublicationState.PUBLISHED))
    assert "“cures” must not be said" in errors_at(response, "sections-2-body")
    page.refresh_from_db()
    assert not page.is_public


def test_shared_section_is_refused_while_visitors_read_it(editor: Client, page: TreatmentPage) -> None:
    section = SharedSection.objects.get(language="en", key="prepare")
    form = {"heading": section.heading, "body": PROMISE}
    assert "“cures” must not be said" in errors_at(editor.post(address(section), form), "body")
    TreatmentPage.objects.filter(language="en").update(state=PublicationState.DRAFT)
    assert editor.post(address(section), form).status_code == 302
    response = editor.post(address(page), form_of(page, state=PublicationState.PUBLISHED))
    message = errors_at(response, "state")
    assert f"The shared section “{section.heading}” keeps the page from being published." in message
    assert "“cures” must not be said" in message


def test_page_about_the_site_does_not_answer_for_shared_sections(editor: Client) -> None:
    SharedSection.objects.filter(language="en", key="prepare").update(body=PROMISE)
    page = SitePage.objects.get(key="legal", language="en")
    assert editor.post(address(page), form_of(page)).status_code == 302


@pytest.fixture
def _no_english_rules(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Any:
    monkeypatch.setattr(claim_rules, "FOLDER", tmp_path)
    rules_for.cache_clear()
    yield
    rules_for.cache_clear()


@pytest.mark.usefixtures("_no_english_rules")
def test_nothing_is_published_in_a_language_without_rules(editor: Client, page: TreatmentPage) -> None:
    response = editor.post(address(page), form_of(page))
    assert "There are no rules for claims in this language (en)" in errors_at(response, "state")
    assert editor.post(address(page), form_of(page, state=PublicationState.DRAFT)).status_code == 302
    _out, err = check(fails=True)
    assert "There are no rules for claims in this language (hr)" in err


def check(*, fails: bool, **options: Any) -> tuple[str, str]:
    """Run the command and return what it said."""
    out, err = StringIO(), StringIO()
    try:
        call_command("check_content", stdout=out, stderr=err, **options)
        failed = False
    except CommandError:
        failed = True
    assert failed == fails, err.getvalue()
    return out.getvalue(), err.getvalue()


def test_check_finds_nothing_in_what_is_loaded() -> None:
    out, err = check(fails=False)
    assert err == ""
    assert "0 findings" in out
    for page in TreatmentPage.objects.all():
        assert claims_of_page(page) == []


def test_check_names_place_rule_and_sentence(page: TreatmentPage) -> None:
    page.sections.filter(key="what").update(body=PROMISE)
    SharedSection.objects.filter(language="en", key="prepare").update(body=NUMBER)
    GlossaryTerm.objects.filter(language="en", key="facet-joint").update(explanation="It relieves pain.")
    _out, err = check(fails=True, language="en")
    assert f"{page}, what, body: FORBIDDEN_WORD: “cures” must not be said: “It cures you.”" in err
    assert "shared sections, prepare, body: UNSOURCED_NUMBER" in err
    assert "glossary, facet-joint, body: UNSOURCED_EFFECT" in err
    assert {finding.finding.kind for finding in claims_of_page(page)} == {Kind.FORBIDDEN_WORD, Kind.UNSOURCED_NUMBER}
    _out, err = check(fails=False, language="hr")
    assert err == ""


def test_source_that_was_deleted_covers_nothing(page: TreatmentPage) -> None:
    page.sections.filter(key="what").update(body=f"{NUMBER}[^FJ52]")
    Source.objects.filter(key="FJ52").delete()
    _out, err = check(fails=True, language="en")
    assert f"{page}, what, body: UNSOURCED_NUMBER" in err


def test_draft_is_named_and_does_not_fail(page: TreatmentPage) -> None:
    page.sections.filter(key="what").update(body=PROMISE)
    TreatmentPage.objects.filter(pk=page.pk).update(state=PublicationState.DRAFT)
    out, err = check(fails=False, language="en")
    assert f"{page}, what, body (draft): FORBIDDEN_WORD" in err
    assert "0 findings, 1 in drafts" in out


def test_check_reads_testimonials_by_the_rule_of_results() -> None:
    quote = PatientQuote.objects.create(
        language="en", text="My pain is gone.", shown_name="J. P.", received_on="2026-01-01", consent_on="2026-01-01",
        consent_note="Folder 1", moderator="Mia", state=PublicationState.PUBLISHED,
    )  # fmt: skip
    _out, err = check(fails=True, language="en")
    assert f"testimonial {quote.pk}, text: OUTCOME" in err
    assert claims_of_testimonial("The staff were kind.", "en") == []


def test_every_finding_is_told_in_words_of_its_own() -> None:
    assert set(REASONS) == set(Reason)
    told = {
        finding_refusal(Finding(kind, "A sentence.", "word", reason), can_cite=can_cite)
        for kind in Kind
        for reason in (Reason if kind == Kind.FORBIDDEN_WORD else [None])
        for can_cite in (True, False)
    }
    assert len(told) == len(Reason) + 1 + 2 * 2
    assert all("“word”" in message and "“A sentence.”" in message for message in told)
    with translation.override("en"):
        long = finding_refusal(Finding(Kind.OUTCOME, "word " * 200, "word"), can_cite=False)
    assert len(long) < 400
