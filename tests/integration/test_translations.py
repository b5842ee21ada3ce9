"""Translations that fall behind: exactly the changed section, safe where safety hangs on it, seen by editors."""

import re
from datetime import date
from io import StringIO
from pathlib import Path
from shutil import copytree

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from coordinators.demo import create_demo_team
from coordinators.enums import Role
from coordinators.models import User
from inquiries.enums import EmailKind
from inquiries.models import Heartbeat, OutgoingEmail
from inquiries.services.reports import report_reviews
from tests.pages import LANGUAGES
from treatments.content_files import CONTENT
from treatments.coverage import coverage, gaps
from treatments.loading import load_content
from treatments.made_from import stale_texts, write_record
from treatments.models import PageSection, SharedSection, SitePage, TreatmentPage
from treatments.translations import changes, confirm

pytestmark = pytest.mark.django_db

TRANSLATED = [code for code in LANGUAGES if code != "en"]


def section(key: str, language: str = "en", treatment: str = "facet-denervation") -> PageSection:
    return PageSection.objects.get(page__treatment__code=treatment, page__language=language, key=key)


def change(key: str, addition: str = " Bring your own towel.") -> PageSection:
    source = section(key)
    source.body += addition
    source.save()
    return source


def seen_in(html: str) -> str:
    [seen] = re.findall(r'name="seen" value="([0-9a-f]+)"', html)
    return str(seen)


def page(client: Client, language: str, treatment: str = "facet-denervation") -> str:
    url = TreatmentPage.objects.get(treatment__code=treatment, language=language).get_absolute_url()
    return client.get(url).content.decode()


@pytest.fixture
def editor(client: Client) -> Client:
    create_demo_team()
    client.force_login(User.objects.get(role=Role.EDITOR))
    return client


def test_our_own_translations_are_in_step() -> None:
    assert gaps() == []
    for language in TRANSLATED:
        assert stale_texts(language, "en") == []


def test_a_changed_safety_section_is_shown_in_the_source_language_and_nothing_else_changes(client: Client) -> None:
    before = {language: page(client, language) for language in TRANSLATED}
    untouched = page(client, "de", "facet-infiltration")
    change("not-now")
    for language in TRANSLATED:
        html = page(client, language)
        assert "Bring your own towel." in html
        old = section("not-now", language)
        assert old.heading not in html, "the old wording must not stand there"
        assert '<div class="prose" lang="en" dir="ltr">' in html
        assert html.count("language-note") == before[language].count("language-note") + 1
        others = PageSection.objects.filter(page=old.page, key__in=["what", "risks", "who"])
        assert all(other.heading in html for other in others)
    assert page(client, "de", "facet-infiltration") == untouched


def test_another_changed_section_stays_with_a_note(client: Client) -> None:
    change("what")
    html = page(client, "nl")
    assert section("what", "nl").heading in html
    assert "Bring your own towel." not in html
    assert html.count("language-note") == 1


def test_a_missing_safety_section_is_shown_in_the_source_language(client: Client) -> None:
    section("risks", "hr").delete()
    section("what", "hr").delete()
    html = page(client, "hr")
    assert section("risks").heading in html
    assert section("what").heading not in html


def test_a_shared_safety_section_falls_back_on_every_page(client: Client) -> None:
    source = SharedSection.objects.get(language="en", key="blood-thinners")
    source.heading = "What if you take a blood thinner?"
    source.save()
    for treatment in ("facet-denervation", "facet-infiltration", "periradicular-therapy", "back-injections"):
        assert source.heading in page(client, "de", treatment)


def test_a_draft_of_the_source_is_not_shown_to_visitors(client: Client) -> None:
    source = change("not-now", " Not yet public.")
    TreatmentPage.objects.filter(pk=source.page_id).update(state="DRAFT")
    html = page(client, "de")
    assert "Not yet public." not in html
    assert section("not-now", "de").heading in html
    assert html.count("language-note") == 1, "the old wording does not stand there without a word"


def test_a_deleted_source_marks_what_was_made_from_it(client: Client) -> None:
    section("risks").delete()
    html = page(client, "de")
    assert section("risks", "de").heading in html
    assert html.count("language-note") == 1


def test_changing_back_makes_it_current_again() -> None:
    source = change("who")
    assert {gap.language for gap in gaps()} == set(TRANSLATED)
    source.body = source.body.removesuffix(" Bring your own towel.")
    source.save()
    assert gaps() == []


def test_coverage_lists_exactly_what_is_behind() -> None:
    change("who")
    section("steps", "de").delete()
    found = {(gap.language, gap.key, str(gap.freshness)) for gap in gaps()}
    assert found == {(language, "who", "stale") for language in TRANSLATED} | {("de", "steps", "missing")}
    assert sum(not row.is_whole for row in coverage()) == 2


def test_one_click_says_that_nothing_needs_translating(editor: Client) -> None:
    change("who")
    target = section("who", "de")
    url = reverse("admin:treatments_translation", args=["pagesection", target.pk])
    shown = editor.get(url).content.decode()
    assert "<ins>" in shown
    assert "towel" in shown
    assert {gap.language for gap in gaps()} == set(TRANSLATED), "looking changes nothing"
    change("who", " And a hat.")
    response = editor.post(url, {"seen": seen_in(shown)}, follow=True)
    assert "has changed since you opened" in response.content.decode()
    assert {gap.language for gap in gaps()} == set(TRANSLATED), "nobody confirms what nobody saw"
    editor.post(url, {"seen": seen_in(response.content.decode())})
    assert {gap.language for gap in gaps()} == set(TRANSLATED) - {"de"}
    assert target.body == section("who", "de").body


def test_editor_who_retranslates_says_so_in_the_form(editor: Client) -> None:
    change("who")
    target = section("who", "de")
    url = reverse("admin:treatments_treatmentpage_change", args=[target.page_id])
    form = editor.get(url).context["adminform"].form
    data = {name: value for name in form.fields if (value := form[name].value()) is not None}
    rows = list(PageSection.objects.filter(page=target.page_id).order_by("position", "id"))
    data |= {"sections-TOTAL_FORMS": len(rows), "sections-INITIAL_FORMS": len(rows)}
    data |= {"sections-MIN_NUM_FORMS": 0, "sections-MAX_NUM_FORMS": 1000}
    for number, row in enumerate(rows):
        values = {"id": row.pk, "page": row.page_id, "key": row.key, "heading": row.heading, "body": row.body}
        data |= {f"sections-{number}-{name}": value for name, value in values.items()}
    place = next(number for number, row in enumerate(rows) if row.pk == target.pk)
    data[f"sections-{place}-heading"] = "Wem kann sie vielleicht helfen?"
    assert editor.post(url, data).status_code == 302
    assert "de" in {gap.language for gap in gaps()}, "a small correction is no translation"
    data[f"sections-{place}-matches_source"] = "what somebody saw an hour ago"
    response = editor.post(url, data)
    assert response.status_code == 200
    assert "has changed since you opened" in response.content.decode()
    shown = editor.get(url).content.decode()
    [seen] = re.findall(rf'name="sections-{place}-matches_source" value="([0-9a-f]+)"', shown)
    data[f"sections-{place}-matches_source"] = seen
    assert editor.post(url, data).status_code == 302
    assert "de" not in {gap.language for gap in gaps()}


def test_only_editors_see_translations(editor: Client) -> None:
    overview = reverse("admin:treatments_translations")
    assert editor.get(overview).status_code == 200
    editor.force_login(User.objects.filter(role=Role.COORDINATOR)[0])
    assert editor.get(overview).status_code == 403
    target = reverse("admin:treatments_translation", args=["pagesection", section("who", "de").pk])
    assert editor.post(target).status_code == 403


@pytest.fixture
def content(tmp_path: Path) -> Path:
    return Path(copytree(CONTENT, tmp_path / "content"))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_source_file_that_changed_makes_the_files_of_every_language_stale(content: Path) -> None:
    edit(content / "shared" / "en.md", "Tell us about every point", "Please tell us about every point")
    assert [text.key for text in stale_texts("de", "en", content)] == ["tell-first"]
    load_content(content)
    assert {(gap.language, gap.key) for gap in gaps()} == {(language, "tell-first") for language in TRANSLATED}
    write_record("de", "en", content)
    load_content(content)
    assert {gap.language for gap in gaps()} == set(TRANSLATED) - {"de"}


def test_loading_again_keeps_what_an_editor_confirmed(content: Path) -> None:
    change("who")
    confirm(section("who", "de"), section("who").digest)
    load_content(content)
    assert {gap.language for gap in gaps()} == set(TRANSLATED) - {"de"}


def test_command_fails_on_what_it_is_told_to() -> None:
    call_command("check_translations", stdout=StringIO())
    change("what")
    call_command("check_translations", fail_on="safety", stdout=StringIO())
    with pytest.raises(CommandError):
        call_command("check_translations", stdout=StringIO())
    change("risks")
    with pytest.raises(CommandError):
        call_command("check_translations", fail_on="safety", stdout=StringIO())


def test_changes_are_told_word_by_word() -> None:
    told = [(change.kind, change.words) for change in changes("Rest for one hour.", "Rest for two hours.")]
    assert told == [("same", "Rest for"), ("gone", " one hour."), ("new", " two hours.")]
    [same] = changes("- One\n- Two", "- One\n- Two")
    assert same.words == "- One\n- Two"


def test_editors_are_told_once_a_week_and_only_if_there_is_something() -> None:
    create_demo_team()
    assert report_reviews() == 0
    Heartbeat.objects.all().delete()
    SitePage.objects.filter(key="guide", language="en").update(review_due_on=date(2020, 1, 1))
    change("risks")
    assert report_reviews() == 1
    assert report_reviews() == 0
    report = OutgoingEmail.objects.get(kind=EmailKind.REVIEW_REPORT)
    call_command("sweep_outbox", stdout=StringIO())
    report.refresh_from_db()
    assert report.status == "SENT"
    body = str(mail.outbox[-1].body)
    assert SitePage.objects.get(key="guide", language="en").title in body
    assert section("risks").heading in body
    assert reverse("admin:treatments_translations") in body
