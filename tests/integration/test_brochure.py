"""Brochures and cards: the page's own words as a tagged PDF and as a picture, made once for each version."""

import io
import logging
import re
import struct
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import segno
from django.conf import settings
from django.test import Client
from django.utils import translation
from pypdf import PdfReader
from pytest_django import Settings

from coordinators.demo import create_demo_team
from tests.pages import LANGUAGES
from treatments import safety
from treatments.brochure import store
from treatments.brochure.content import brochure_data, page_version
from treatments.brochure.pictures import qr_code
from treatments.brochure.typesetting import brochure_pdf
from treatments.enums import PublicationState
from treatments.labels import LABEL_SIZE, TIGHT_SIZE
from treatments.models import Clinic, PageSection, TreatmentPage
from treatments.reading import read_treatment_page

pytestmark = pytest.mark.django_db

CODES = ("facet-infiltration", "facet-denervation", "periradicular-therapy", "back-injections")
SMALLEST_LARGE_PRINT = 18
MOST_BYTES = 400_000
FILES = ("brochure.pdf", "brochure-large-print.pdf", "card.png")
BREAKS_STANDARD = "brochure breaks PDF/UA-1"


@pytest.fixture(autouse=True)
def _clinic(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    create_demo_team()


def page_of(code: str, language: str) -> TreatmentPage:
    return TreatmentPage.objects.select_related("treatment").get(treatment__code=code, language=language)


def data_of(page: TreatmentPage) -> dict[str, Any]:
    with translation.override(page.language):
        return brochure_data(page, read_treatment_page(page), Clinic.objects.first())


def read(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def squeezed(text: str) -> str:
    """Return a text without what line breaks and hyphenation change."""
    return re.sub(r"[\s\u00ad\u200b\u2060-]", "", text)


def printed(content: bytes) -> str:
    return squeezed("".join(page.extract_text() for page in read(content).pages))


def bookmarks(outline: list[Any]) -> list[str]:
    found: list[str] = []
    for item in outline:
        found += bookmarks(item) if isinstance(item, list) else [item.title]
    return found


def edit(page: TreatmentPage, key: str, body: str) -> None:
    PageSection.objects.filter(page=page, key=key).update(body=body)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_brochure_says_what_the_page_says(
    client: Client, code: str, language: str, caplog: pytest.LogCaptureFixture
) -> None:
    row = page_of(code, language)
    path = row.get_absolute_url()
    with translation.override(language):
        page = read_treatment_page(row)
    expected = [section.key for section in (page.expectation, *page.sections, *page.questions) if section]
    html = client.get(path).content.decode()
    content = client.get(path + "brochure.pdf").content
    large = client.get(path + "brochure-large-print.pdf").content

    data = data_of(row)
    shown = [data["expectation"], *data["sections"], data["ask"], *data["questions"]]
    assert sorted(section["key"] for section in shown) == sorted(expected)
    assert [source["number"] for source in data["sources"]] == [source.number for source in page.sources]
    assert data["version"] == page_version(page)
    assert data["version"] in html
    assert not [record for record in caplog.records if record.getMessage() == BREAKS_STANDARD]

    pdf = read(content)
    assert max(len(content), len(large)) < MOST_BYTES
    assert pdf.metadata is not None
    assert pdf.metadata.title == page.title
    catalog: Any = pdf.trailer["/Root"]
    assert catalog["/Lang"] == language
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "<pdfuaid:part>1</pdfuaid:part>" in catalog["/Metadata"].get_data().decode()
    headings = {squeezed(title) for title in bookmarks(pdf.outline)}
    assert {squeezed(section["heading"]) for section in shown} <= headings
    with translation.override(language):
        assert squeezed(str(safety.CARD_TITLE)) in headings
    assert squeezed(data["words"]["version"]) in squeezed(pdf.pages[0].extract_text())


@pytest.mark.parametrize("language", LANGUAGES)
def test_large_print_has_no_small_letter(client: Client, language: str) -> None:
    content = client.get(page_of("back-injections", language).get_absolute_url() + "brochure-large-print.pdf").content
    sizes: set[float] = set()
    # Letters of drawings count in the drawing's own units, set 1.17 times as large: 400 of them fill the column.
    drawn = {LABEL_SIZE, TIGHT_SIZE}

    def note(text: str, _cm: list[float], matrix: list[float], _font: Any, size: float) -> None:
        if text.strip() and size not in drawn:
            sizes.add(round(size * abs(matrix[3] or matrix[0]), 1))

    for page in read(content).pages:
        page.extract_text(visitor_text=note)
    assert min(sizes) >= SMALLEST_LARGE_PRINT


def test_whole_brochure_can_be_read_out(client: Client) -> None:
    """Contact, dates, sources, safety card and questions are in the text, not only drawn."""
    row = page_of("facet-denervation", "de")
    text = printed(client.get(row.get_absolute_url() + "brochure.pdf").content)
    data = data_of(row)
    clinic = data["clinic"]
    with translation.override("de"):
        signs = (*safety.EMERGENCY_SIGNS, *safety.URGENT_SIGNS, *safety.SEE_A_DOCTOR_FIRST, *safety.DISCLAIMER)
        told = [*map(str, signs), str(safety.DO_NOT_WAIT), str(safety.NUMB_LEG)]
    told += [clinic["name"], clinic["phone"], clinic["email"], clinic["demo"], *data["review"], *clinic["address"]]
    told += [source["title"] for source in data["sources"]]
    told += [number["numbers"] for number in data["safety"]["now"]["numbers"]]
    for words in told:
        assert squeezed(words) in text, words


@pytest.mark.parametrize("large", [False, True])
def test_reading_aids_meet_each_drawing_in_its_section(large: bool) -> None:
    """Wherever the page has room for a drawing, the order of the tags is that of the page."""
    data = data_of(page_of("facet-denervation", "en"))
    pdf = read(brochure_pdf(data, large=large))
    root: Any = pdf.trailer["/Root"]
    order = "".join(roles(root["/StructTreeRoot"]["/K"]))
    sections = "".join(
        "2" + "F" * [block["kind"] for block in section["blocks"]].count("drawing") for section in data["sections"]
    )
    assert sections.count("F") >= 5
    # The title, the QR code; facts, expectation and contents come before the sections.
    assert order.startswith("1F222" + sections)


def roles(node: Any) -> Iterator[str]:
    """Return the headings (1, 2) and figures (F) of a structure tree in reading order."""
    node = node.get_object()
    if isinstance(node, list):
        for child in node:
            yield from roles(child)
    elif isinstance(node, dict):
        shown = {"/H1": "1", "/H2": "2", "/Figure": "F"}.get(str(node.get("/S")))
        if shown:
            yield shown
        if "/K" in node:
            yield from roles(node["/K"])


def test_reviewer_takes_the_place_of_the_warning(client: Client) -> None:
    row = page_of("facet-denervation", "en")
    url = row.get_absolute_url() + "brochure.pdf"
    unread = squeezed("No doctor has checked this page yet.")
    assert unread in printed(client.get(url).content)
    TreatmentPage.objects.filter(pk=row.pk).update(
        reviewer="Dr. Iva Test", reviewed_on="2026-05-04", review_due_on="2028-05-04"
    )
    text = printed(client.get(url).content)
    assert unread not in text
    assert squeezed("Checked by Dr. Iva Test on 4 May 2026.") in text
    assert squeezed("Next check due on 4 May 2028.") in text


def test_code_on_the_first_page_leads_to_the_page() -> None:
    row = page_of("facet-denervation", "de")
    url = settings.SITE_URL + row.get_absolute_url()
    data = data_of(row)
    assert data["qr"] == qr_code(url)
    drawn = modules(data["qr"])
    assert drawn == [[bool(module) for module in line] for line in segno.make(url, error="m", micro=False).matrix]
    links: Any = read(brochure_pdf(data, large=False)).pages[0]["/Annots"]
    assert url in [link.get_object().get("/A", {}).get("/URI") for link in links]


def modules(svg: str) -> list[list[bool]]:
    """Return a QR code's dark and light fields, read from its drawing."""
    root = ET.fromstring(svg)
    found = root.find("{http://www.w3.org/2000/svg}path")
    assert found is not None
    edge, size = 4, int(root.get("width") or 0)
    dark: set[tuple[int, int]] = set()
    x, y = 0.0, 0.0
    for command, numbers in re.findall(r"([Mmhv])([^Mmhv]*)", found.get("d") or ""):
        values = [float(value) for value in re.findall(r"-?[\d.]+", numbers)]
        if command == "M":
            x, y = values
        elif command == "m":
            x, y = x + values[0], y + values[1]
        elif command == "h":
            dark |= {(int(x) + step, int(y)) for step in range(int(values[0]))}
            x += values[0]
    return [[(column, line) in dark for column in range(edge, size - edge)] for line in range(edge, size - edge)]


def test_stale_sections_carry_the_notes_of_the_page(client: Client) -> None:
    source, translated = page_of("facet-denervation", "en"), page_of("facet-denervation", "de")
    for section in PageSection.objects.filter(page=translated):
        section.matches(PageSection.objects.get(page=source, key=section.key))
        section.save()
    fresh = data_of(translated)
    assert not [section for section in fresh["sections"] if section["note"] and section["key"] in {"what", "risks"}]
    edit(source, "what", "New words about heat.")
    edit(source, "risks", "New words about a risk.")
    sections = {section["key"]: section for section in data_of(translated)["sections"]}
    assert sections["what"]["language"] == "de"
    assert sections["risks"]["language"] == "en"
    path = translated.get_absolute_url()
    html = client.get(path).content.decode()
    text = printed(client.get(path + "brochure.pdf").content)
    assert squeezed("New words about a risk.") in text
    assert squeezed("New words about heat.") not in text
    for key in ("what", "risks"):
        assert sections[key]["note"] in html
        assert squeezed(sections[key]["note"]) in text


HOSTILE = (
    '#import "/etc/passwd": x',
    "#panic(1) #read(0) #sys.inputs",
    "$ x^2 $ and $y$",
    "@label <label> ~ -- --- ...",
    "<script>alert(1)</script> <b>bold</b>",
    "= not a heading",
    "/ term: no",
    "\\u{41} \\\\ { } [ ]",
    '"); panic("x',
)


def test_nothing_typed_means_anything_to_typst(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    row = page_of("facet-denervation", "en")
    edit(
        row,
        "what",
        "\n\n".join(HOSTILE) + "\n\n# big\n\n###### small\n\n- a\n\n      - b\n\n1) c\n\n> q\n\n```\n#x\n```",
    )
    TreatmentPage.objects.filter(pk=row.pk).update(title='Heat #panic("t") *x* $y$', answer="#answer <x> @y")
    response = client.get(row.get_absolute_url() + "brochure.pdf")
    text = printed(response.content)
    assert response.status_code == 200
    for words in (*HOSTILE, '#panic("t") *x* $y$', "#answer <x> @y"):
        typed = words.replace("\\\\", "\\")
        assert squeezed(typed) in text, words
    assert not [record for record in caplog.records if record.getMessage() == BREAKS_STANDARD]
    assert client.get(row.get_absolute_url() + "card.png").status_code == 200


def test_letter_without_a_glyph_is_logged_and_costs_nobody_the_brochure(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """Typst refuses it under PDF/UA-1: that it was quiet above proves that every letter of ours has its glyph."""
    row = page_of("facet-denervation", "en")
    edit(row, "what", "A word in another script: 針")
    with caplog.at_level(logging.WARNING):
        response = client.get(row.get_absolute_url() + "brochure.pdf")
    assert response.content.startswith(b"%PDF-")
    assert [record for record in caplog.records if record.getMessage() == BREAKS_STANDARD]


@pytest.mark.parametrize("language", LANGUAGES)
def test_card_is_a_picture_of_the_size_that_networks_want(client: Client, language: str) -> None:
    for code in CODES:
        response = client.get(page_of(code, language).get_absolute_url() + "card.png")
        assert response.headers["Content-Type"] == "image/png"
        assert response.content.startswith(b"\x89PNG")
        assert struct.unpack(">II", response.content[16:24]) == (1200, 630)
        assert len(response.content) < MOST_BYTES


@pytest.mark.parametrize("file", FILES)
def test_answer_is_for_everybody_to_keep(client: Client, file: str) -> None:
    url = page_of("facet-denervation", "hr").get_absolute_url() + file
    response = client.get(url)
    assert response.status_code == 200
    assert set(response.headers["Cache-Control"].split(", ")) == {"public", "max-age=60"}
    assert response.headers["Content-Language"] == "hr"
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")
    assert client.head(url).status_code == 200
    assert client.post(url).status_code == 405
    other = Client(headers={"User-Agent": "Other", "Accept-Language": "fr", "Cookie": "a=b"}).get(url)
    assert other.content == response.content
    again = client.get(url, headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("file", FILES)
def test_draft_has_no_brochure(client: Client, file: str) -> None:
    row = page_of("facet-denervation", "hr")
    TreatmentPage.objects.filter(pk=row.pk).update(state=PublicationState.DRAFT)
    assert client.get(row.get_absolute_url() + file).status_code == 404
    assert client.get("/hr/lijecenje/nema/" + file).status_code == 404


class _Press:
    """Stands for Typst: counts what it makes."""

    def __init__(self) -> None:
        self.runs = 0

    def __call__(self, data: dict[str, Any], *, large: bool) -> bytes:
        self.runs += 1
        return f"{data['version']} {large}".encode()


@pytest.fixture
def press(monkeypatch: pytest.MonkeyPatch) -> _Press:
    press = _Press()
    monkeypatch.setattr(store, "brochure_pdf", press)
    return press


def test_each_version_is_made_once_and_replaces_the_older(client: Client, press: _Press, tmp_path: Path) -> None:
    row = page_of("facet-denervation", "en")
    url = row.get_absolute_url() + "brochure.pdf"
    first = client.get(url)
    assert client.get(url).content == first.content
    assert press.runs == 1
    client.get(row.get_absolute_url() + "brochure-large-print.pdf")
    assert press.runs == 2
    edit(row, "what", "Other words.")
    second = client.get(url)
    assert press.runs == 3
    assert (second.content, second.headers["ETag"]) != (first.content, first.headers["ETag"])
    kept = sorted(path.name.split("-")[1] for path in (tmp_path / "brochures").iterdir())
    assert kept == ["brochure", "large"]


def test_clinic_and_language_are_part_of_the_version(press: _Press) -> None:
    row = page_of("facet-denervation", "en")
    first = store.made(store.BROCHURE, row)
    Clinic.objects.update(phone="+385 1 999 9999")
    second = store.made(store.BROCHURE, row)
    third = store.made(store.BROCHURE, page_of("facet-denervation", "de"))
    assert len({first.digest, second.digest, third.digest}) == 3
    assert press.runs == 3


def test_full_disk_costs_time_and_not_the_brochure(
    client: Client, press: _Press, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_arguments: Any, **_options: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "_keep", full)
    url = page_of("facet-denervation", "en").get_absolute_url() + "brochure.pdf"
    assert client.get(url).status_code == client.get(url).status_code == 200
    assert press.runs == 2
    assert "brochure not kept" in caplog.text


def test_leftover_of_a_killed_process_goes_with_the_older_version(press: _Press, tmp_path: Path) -> None:
    row = page_of("facet-denervation", "en")
    leftover = tmp_path / "brochures" / f"{row.pk}-brochure-abc123"
    leftover.parent.mkdir()
    leftover.write_bytes(b"half")
    store.made(store.BROCHURE, row)
    assert not leftover.exists()
    assert press.runs == 1


def test_right_to_left_brochure_can_be_set(caplog: pytest.LogCaptureFixture) -> None:
    """The layout mirrors; Arabic letters would need a font of their own."""
    data = data_of(page_of("facet-denervation", "en")) | {"language": "ar", "rtl": True}
    for large in (False, True):
        assert brochure_pdf(data, large=large).startswith(b"%PDF-")
    assert BREAKS_STANDARD not in caplog.text


def test_site_without_a_clinic_has_brochures(client: Client) -> None:
    Clinic.objects.all().delete()
    path = page_of("facet-denervation", "nl").get_absolute_url()
    for file in FILES:
        assert client.get(path + file).status_code == 200


def test_page_offers_its_brochures(client: Client) -> None:
    path = page_of("facet-denervation", "nl").get_absolute_url()
    html = client.get(path).content.decode()
    for file in FILES[:2]:
        assert f'href="{file}"' in html
