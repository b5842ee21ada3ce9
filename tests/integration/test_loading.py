"""Content: files become rows, changed files are followed, and what an editor changed is never overwritten."""

from pathlib import Path

import pytest

from treatments.content_files import ContentError
from treatments.loading import load_content
from treatments.models import PageSection, SharedSection, SitePage, SitePageSection, Source, Treatment, TreatmentPage

pytestmark = pytest.mark.django_db

FILES = {
    "sources.toml": '[T1]\ntitle = "A trial"\npublisher = "A journal"\nyear = 2020\n',
    "sample/treatment.toml": """
position = 9
minutes_min = 5
minutes_max = 15
sessions_min = 1
sessions_max = 1
guidance = ["XRAY", "CT"]
anaesthesia = "LOCAL"
onset_days_min = 0
onset_days_max = 21
lasting_weeks_min = 0
lasting_weeks_max = 12
radiation = "YES"
""",
    "sample/en.md": """+++
title = "Sample injection"
slug = "sample-injection"
answer = "A sample."
+++

## What is it? {#what}

A needle.[^T1]

It is thin.

## Does it hurt? {#faq-1}

A little.
""",
    "sample/de.md": """+++
title = "Muster-Injektion"
slug = "muster-injektion"
answer = "Ein Muster."
written_on = 2026-11-20
+++

## Was ist das? {#what}

Eine Nadel.[^T1]
""",
    "shared/fr.md": "+++\n+++\n\n## Avant {#prepare}\n\nMangez.\n",
    "pages/sample-page/en.md": """+++
title = "A sample page"
slug = "a-sample-page"
answer = "It says little."
+++

## First {#first}

One.

## Second {#second}

Two.
""",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write a small content folder and load it once."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def loaded(folder: Path) -> Path:
    load_content(folder)
    return folder


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def page(language: str = "en") -> TreatmentPage:
    return TreatmentPage.objects.get(treatment__code="sample", language=language)


def test_load_makes_rows_that_say_what_the_files_say(folder: Path) -> None:
    report = load_content(folder)
    assert (report.created, report.updated, report.unchanged, report.kept) == (11, 0, 0, [])
    english = page()
    assert (english.title, english.slug, english.answer) == ("Sample injection", "sample-injection", "A sample.")
    assert english.is_public
    assert english.reviewer == ""
    assert page("de").written_on.isoformat() == "2026-11-20"
    sections = list(english.sections.order_by("position").values_list("key", "heading", "body"))
    assert sections == [
        ("what", "What is it?", "A needle.[^T1]\n\nIt is thin."),
        ("faq-1", "Does it hurt?", "A little."),
    ]
    assert Treatment.objects.get(code="sample").guidance == ["XRAY", "CT"]
    assert SharedSection.objects.get(language="fr").body == "Mangez."


def test_load_again_changes_nothing(loaded: Path) -> None:
    before = page().updated_at
    report = load_content(loaded)
    assert (report.created, report.updated, report.unchanged, report.kept) == (0, 0, 11, [])
    assert page().updated_at == before


def test_project_content_is_loaded_already_and_stays_the_same() -> None:
    report = load_content()
    assert (report.created, report.updated, report.kept) == (0, 0, [])


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("sources.toml", "A trial", "A better trial"),
        ("sample/treatment.toml", "minutes_max = 15", "minutes_max = 20"),
        ("sample/en.md", 'title = "Sample injection"', 'title = "Another title"'),
        ("sample/en.md", "A needle.", "A thin needle."),
        ("sample/en.md", "## What is it?", "## What is that?"),
        ("shared/fr.md", "Mangez.", "Ne mangez pas."),
        ("pages/sample-page/en.md", "It says little.", "It says more."),
        ("pages/sample-page/en.md", "Two.", "Two and a half."),
    ],
)
def test_changed_file_is_followed(loaded: Path, name: str, old: str, new: str) -> None:
    change(loaded, name, old, new)
    report = load_content(loaded)
    assert (report.created, report.updated, report.kept) == (0, 1, [])
    assert load_content(loaded).updated == 0


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("sources.toml", "year = 2020", 'year = 2020\nurl = "https://example.com/"'),
        ("sources.toml", "year = 2020\n", ""),
        ("sample/treatment.toml", "position = 9", "position = 9\ninterval_days_min = 7\ninterval_days_max = 14"),
        ("sample/en.md", 'answer = "A sample."', 'answer = "A sample."\nalso_called = "specimen"'),
    ],
)
def test_fact_that_a_file_adds_or_drops_is_followed(loaded: Path, name: str, old: str, new: str) -> None:
    change(loaded, name, old, new)
    report = load_content(loaded)
    assert (report.updated, report.kept) == (1, [])


def test_dropped_fact_is_empty_again(loaded: Path) -> None:
    change(loaded, "sources.toml", "year = 2020\n", "")
    load_content(loaded)
    assert Source.objects.get(key="T1").year is None


def test_new_section_and_new_language_are_added(loaded: Path) -> None:
    change(loaded, "sample/en.md", "## Does it hurt?", "## Why? {#why}\n\nBecause.\n\n## Does it hurt?")
    dutch = FILES["sample/de.md"].replace("muster-injektion", "voorbeeld").encode()
    (loaded / "sample" / "nl.md").write_bytes(dutch)
    report = load_content(loaded)
    assert (report.created, report.updated, report.kept) == (3, 1, [])
    keys = page().sections.order_by("position").values_list("key", flat=True)
    assert list(keys) == ["what", "why", "faq-1"]
    assert page("nl").slug == "voorbeeld"


# What an editor changed


def test_edited_page_is_kept_whatever_the_file_says(loaded: Path) -> None:
    edited = page()
    edited.title = "The editor's title"
    edited.save()
    change(loaded, "sample/en.md", "A sample.", "The file's answer.")
    for _ in range(2):
        report = load_content(loaded)
        assert (report.updated, report.kept) == (0, ["The editor's title (en)"])
    assert (page().title, page().answer) == ("The editor's title", "A sample.")


def test_edited_section_is_kept_while_its_neighbours_follow(loaded: Path) -> None:
    PageSection.objects.filter(page=page(), key="what").update(body="The editor's words.")
    change(loaded, "sample/en.md", "A needle.", "The file's needle.")
    change(loaded, "sample/en.md", "A little.", "The file's little.")
    report = load_content(loaded)
    assert (report.updated, report.kept) == (1, ["What is it?"])
    assert dict(page().sections.values_list("key", "body")) == {
        "what": "The editor's words.",
        "faq-1": "The file's little.",
    }


def test_edited_fact_and_source_are_kept(loaded: Path) -> None:
    Treatment.objects.filter(code="sample").update(minutes_max=45)
    Source.objects.filter(key="T1").update(note="The editor's note", title="The editor's trial")
    change(loaded, "sample/treatment.toml", "minutes_min = 5", "minutes_min = 10")
    change(loaded, "sources.toml", "A journal", "Another journal")
    report = load_content(loaded)
    assert sorted(report.kept) == ["T1: The editor's trial", "sample"]
    treatment = Treatment.objects.get(code="sample")
    assert (treatment.minutes_min, treatment.minutes_max) == (5, 45)
    assert Source.objects.get(key="T1").publisher == "A journal"


def test_hidden_page_stays_hidden(loaded: Path) -> None:
    SitePage.objects.filter(key="sample-page").update(state="DRAFT")
    change(loaded, "pages/sample-page/en.md", "It says little.", "It says more.")
    load_content(loaded)
    assert not SitePage.objects.get(key="sample-page").is_public


def test_review_by_a_doctor_does_not_stop_a_page_from_following(loaded: Path) -> None:
    TreatmentPage.objects.filter(pk=page().pk).update(reviewer="Dr. Eva Kraus", reviewed_on="2026-11-20")
    change(loaded, "sample/en.md", "A sample.", "The file's answer.")
    assert load_content(loaded).updated == 1
    assert (page().answer, page().reviewer) == ("The file's answer.", "Dr. Eva Kraus")


def test_section_that_left_the_file_goes_unless_it_was_edited(loaded: Path) -> None:
    SitePageSection.objects.filter(page__key="sample-page", key="second").update(body="The editor's words.")
    change(loaded, "pages/sample-page/en.md", "## Second {#second}\n\nTwo.\n", "")
    change(loaded, "pages/sample-page/en.md", "## First {#first}\n\nOne.\n", "## Third {#third}\n\nThree.\n")
    change(loaded, "sample/en.md", "## Does it hurt? {#faq-1}\n\nA little.\n", "")
    load_content(loaded)
    assert list(page().sections.values_list("key", flat=True)) == ["what"]
    remaining = SitePageSection.objects.filter(page__key="sample-page").values_list("key", "body")
    assert dict(remaining) == {"second": "The editor's words.", "third": "Three."}


def test_page_may_have_no_section(loaded: Path) -> None:
    (loaded / "shared" / "fr.md").write_text("+++\n+++\n", encoding="utf-8")
    load_content(loaded)
    assert not SharedSection.objects.filter(language="fr").exists()


def test_section_that_an_editor_wrote_is_never_removed(loaded: Path) -> None:
    PageSection.objects.create(page=page(), key="own", position=9, heading="Own", body="Own words.")
    load_content(loaded)
    assert page().sections.filter(key="own").exists()


# Files that are not as they should be


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("sample/en.md", "## What is it? {#what}\n\nText", "front matter"),
        ("sample/en.md", '+++\ntitle = "x"\n\nText', "front matter"),
        ("sample/en.md", "", "front matter"),
        ("sample/en.md", '+++\ntitle = "x\n+++\n', "line"),
        ("sample/en.md", '+++\ntitle = "x"\n+++\n\nLost text\n\n## A {#a}\n\nText', "before the first"),
        ("sample/en.md", '+++\ntitle = "x"\n+++\n\n## Heading without a key\n\nText', "before the first"),
        ("sample/en.md", '+++\ntitle = "x"\n+++\n\n## A {#a}\n\n1\n\n## B {#a}\n\n2', "twice"),
        ("shared/fr.md", "no front matter", "front matter"),
        ("pages/sample-page/en.md", "no front matter", "front matter"),
        ("sources.toml", "[T1\n", ""),
        ("sample/treatment.toml", "position = \n", ""),
    ],
)
def test_malformed_file_is_named_and_nothing_is_loaded(folder: Path, name: str, text: str, reason: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(ContentError) as refused:
        load_content(folder)
    assert str(folder / name) in str(refused.value)
    assert reason in str(refused.value)
    assert not Source.objects.filter(key="T1").exists()
    assert not Treatment.objects.filter(code="sample").exists()
