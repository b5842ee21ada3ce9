"""What a doctor's signature stands for, and what the desk refuses so that patients can rely on a page."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from coordinators.demo import create_demo_team
from coordinators.enums import Role
from coordinators.models import User
from tests.integration.test_desk import page_form
from treatments.models import Clinic, PageSection, SharedSection, SitePage, TreatmentPage
from treatments.reviews import sign
from treatments.search import MOST_HITS, find

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client: Client) -> Client:
    create_demo_team()
    client.force_login(User.objects.get(role=Role.EDITOR))
    return client


@pytest.fixture
def page() -> TreatmentPage:
    return TreatmentPage.objects.get(language="en", treatment__code="facet-infiltration")


def address(page: TreatmentPage) -> str:
    return reverse("admin:treatments_treatmentpage_change", args=[page.pk])


def signed(editor: Client, page: TreatmentPage) -> None:
    form = page_form(page, reviewer="Dr. Iva Primjer", reviewed_on="2026-11-21", review_due_on="2027-11-21")
    assert editor.post(address(page), form).status_code == 302
    page.refresh_from_db()


def shown(client: Client, page: TreatmentPage) -> str:
    return client.get(page.get_absolute_url()).content.decode()


CHANGED = "The text has been changed since then."


def test_a_signature_is_for_the_words_that_were_read(editor: Client, page: TreatmentPage) -> None:
    signed(editor, page)
    html = shown(editor, page)
    assert "Checked by Dr. Iva Primjer" in html
    assert CHANGED not in html
    assert '"lastReviewed"' in html
    section = page.sections.get(key="risks")
    response = editor.post(address(page), page_form(page, **new_text(page, section)), follow=True)
    assert "no longer the one that the doctor checked" in response.content.decode()
    html = shown(editor, page)
    assert CHANGED in html
    assert '"lastReviewed"' not in html


def new_text(page: TreatmentPage, section: PageSection) -> dict[str, str]:
    place = list(page.sections.order_by("position", "id")).index(section)
    return {
        f"sections-{place}-body": section.body + "\n\nAsk us.",
        "reviewer": page.reviewer,
        "reviewed_on": "2026-11-21",
        "review_due_on": "2027-11-21",
    }


def test_a_shared_text_that_changes_ends_the_signature_of_every_page(editor: Client, page: TreatmentPage) -> None:
    signed(editor, page)
    shared = SharedSection.objects.get(language="en", key="prepare")
    shared.body += "\n\nBring water."
    shared.save()
    assert CHANGED in shown(editor, page)
    sign(page)
    assert CHANGED not in shown(editor, page)


def test_changing_a_source_says_what_it_means_for_other_languages(editor: Client, page: TreatmentPage) -> None:
    section = page.sections.get(key="risks")
    response = editor.post(address(page), page_form(page, **new_text(page, section) | {"reviewed_on": ""}), follow=True)
    assert response.status_code == 200
    values = {name: value for name, value in new_text(page, section).items() if name.startswith("sections")}
    response = editor.post(address(page), page_form(page, **values), follow=True)
    assert "4 translated sections do not say what this page says now" in response.content.decode()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"reviewed_on": "2026-11-01"}, "The page was written after this day."),
        ({"review_due_on": "2026-11-21"}, "Enter a day after the review."),
    ],
)
def test_dates_of_a_review_that_cannot_be_are_refused(
    editor: Client, page: TreatmentPage, wrong: dict[str, str], message: str
) -> None:
    right = {"reviewer": "Dr. X", "reviewed_on": "2026-11-21", "review_due_on": "2027-11-21"}
    response = editor.post(address(page), page_form(page, **right | wrong))
    assert response.status_code == 200
    assert message in response.content.decode()


def clinic_form(**overrides: object) -> dict[str, object]:
    clinic = Clinic.objects.get()
    names = ("name", "operator", "street", "postcode", "city", "country", "phone", "email", "time_zone")
    form = {name: getattr(clinic, name) for name in names}
    return {**form, "patient_countries": clinic.patient_countries, "is_demo": "on", **overrides}


@pytest.mark.parametrize(("field", "wrong"), [("phone", "abc"), ("phone", "12"), ("country", "ZZ")])
def test_clinic_that_nobody_could_reach_is_refused(editor: Client, field: str, wrong: str) -> None:
    url = reverse("admin:treatments_clinic_change", args=[1])
    response = editor.post(url, clinic_form(**{field: wrong}))
    assert response.status_code == 200
    assert field in response.context["adminform"].form.errors
    assert editor.post(url, clinic_form(patient_countries=["HR", "FR"])).status_code == 302
    assert Clinic.objects.get().patient_countries == ["HR", "FR"]


def test_a_quote_from_tomorrow_is_refused(editor: Client) -> None:
    data = {
        "language": "en", "text": "They listened.", "shown_name": "C.", "received_on": "2999-05-01",
        "consent_on": "2999-05-01", "consent_note": "Folder 3", "moderator": "Edi", "state": "PUBLISHED",
    }  # fmt: skip
    response = editor.post(reverse("admin:treatments_testimonial_add"), data)
    assert set(response.context["adminform"].form.errors) == {"received_on", "consent_on"}


def test_umlauts_may_be_typed_as_two_letters() -> None:
    assert find("Rueckenschmerzen", "de")


def test_a_long_list_of_hits_says_that_it_is_not_all(client: Client) -> None:
    search = SitePage.objects.get(key="search", language="en").get_absolute_url()
    html = client.get(search, {"q": "pain"}).content.decode()
    assert f"The {MOST_HITS} best places" in html


def seen_version(html: str) -> str:
    [seen] = re.findall(r'name="seen_version" value="([0-9a-f]{64})"', html)
    return str(seen)


def test_nobody_undoes_what_somebody_else_just_saved(editor: Client, page: TreatmentPage) -> None:
    mine, theirs = (seen_version(editor.get(address(page)).content.decode()) for _person in range(2))
    assert mine == theirs
    assert editor.post(address(page), page_form(page, title="Mine", seen_version=mine)).status_code == 302
    response = editor.post(address(page), page_form(page, title="Theirs", seen_version=theirs))
    html = response.content.decode()
    assert response.status_code == 200
    assert "Somebody else has changed this" in html
    assert 'value="Theirs"' in html
    assert seen_version(html) == theirs, "pressing Save again does not overwrite, either"
    page.refresh_from_db()
    assert page.title == "Mine"


def test_a_section_that_changed_meanwhile_counts_as_well(editor: Client, page: TreatmentPage) -> None:
    seen = seen_version(editor.get(address(page)).content.decode())
    section = page.sections.get(key="risks")
    section.body += "\n\nOne more risk."
    section.save()
    assert editor.post(address(page), page_form(page, seen_version=seen)).status_code == 200
    assert PageSection.objects.get(pk=section.pk).body.endswith("One more risk.")


def test_the_clinic_is_guarded_too(editor: Client) -> None:
    url = reverse("admin:treatments_clinic_change", args=[1])
    seen = seen_version(editor.get(url).content.decode())
    assert editor.post(url, clinic_form(phone="+385 1 234 5678", seen_version=seen)).status_code == 302
    assert editor.post(url, clinic_form(city="Split", seen_version=seen)).status_code == 200
    assert Clinic.objects.get().phone == "+385 1 234 5678"
