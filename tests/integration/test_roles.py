"""Who may open what at the desk: every address for every role."""

from collections.abc import Callable
from datetime import date
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from coordinators.enums import Role
from coordinators.models import Absence, Coordinator, ReplyPolicy, SpecialDay, User
from inquiries.enums import AnswerMailLevel, ErasedBy, MailDetail
from inquiries.models import AnswerMailChoice, Export, Inquiry, MailDetailChoice, ReplyTemplate, Tombstone
from inquiries.services.erasure import erase
from inquiries.services.files import add_file
from tests.factories import make_coordinator, make_inquiry, make_user
from tests.files import pdf
from treatments.enums import FactKind, Speciality
from treatments.models import (
    Clinic,
    ClinicFact,
    Doctor,
    GlossaryTerm,
    PageSection,
    SharedSection,
    SitePage,
    Source,
    Treatment,
    TreatmentPage,
)
from treatments.models import Testimonial as Quote  # pytest would take a name with Test for tests

pytestmark = pytest.mark.django_db

ROLES = ("anonymous", "colleague", "owner", "editor", "manager", "superuser")
EVERYBODY = {"anonymous": 302, "colleague": 200, "owner": 200, "editor": 200, "manager": 200, "superuser": 200}
STAFF = EVERYBODY | {"editor": 403}
OWNER = STAFF | {"colleague": 404}
MANAGERS = EVERYBODY | {"colleague": 403, "owner": 403, "editor": 403}
EDITORS = EVERYBODY | {"colleague": 403, "owner": 403}
NOBODY = EVERYBODY | dict.fromkeys(("colleague", "owner", "editor", "manager", "superuser"), 403)


@pytest.fixture
def owner() -> Coordinator:
    return make_coordinator("Ana Horvat", languages=("en",))


@pytest.fixture
def people(owner: Coordinator) -> dict[str, User]:
    """One person for each role; the inquiry and the absence of these tests are the owner's."""
    return {
        "colleague": make_coordinator("Jan Novak", languages=("de",)).user,
        "owner": owner.user,
        "editor": make_user(Role.EDITOR, "Edi Editor"),
        "manager": make_user(Role.MANAGER, "Mia Manager"),
        "superuser": User.objects.create_superuser("root@clinic.example", name="Root"),
    }


def inquiry_of(owner: Coordinator) -> Inquiry:
    inquiry = make_inquiry()
    assert inquiry.coordinator == owner
    return inquiry


def a_file(owner: Coordinator) -> tuple[UUID, UUID]:
    inquiry = inquiry_of(owner)
    return inquiry.pk, add_file(inquiry, SimpleUploadedFile("report.pdf", pdf())).pk


def a_tombstone(owner: Coordinator) -> Tombstone:
    return erase(inquiry_of(owner), ErasedBy.PATIENT)


def absence_of(owner: Coordinator) -> Absence:
    return Absence.objects.create(coordinator=owner, starts_on=date(2020, 1, 1), ends_on=date(2020, 1, 2))


def a_special_day() -> SpecialDay:
    return SpecialDay.objects.create(day_on=date(2020, 12, 24))


def mail_choice() -> MailDetailChoice:
    manager = User.objects.get(role=Role.MANAGER, is_superuser=False)
    return MailDetailChoice.objects.create(level=MailDetail.NOTICE, chosen_by=manager, reason="Start")


def answer_choice() -> AnswerMailChoice:
    manager = User.objects.get(role=Role.MANAGER, is_superuser=False)
    return AnswerMailChoice.objects.create(level=AnswerMailLevel.NOTICE, chosen_by=manager, reason="Start")


def an_export() -> Export:
    manager = User.objects.get(role=Role.MANAGER, is_superuser=False)
    return Export.objects.create(made_by=manager, file_format="csv", row_count=0)


def a_template() -> ReplyTemplate:
    return ReplyTemplate.objects.create(name="Hello")


def a_clinic() -> Clinic:
    facts = dict.fromkeys(("operator", "street", "postcode", "city", "phone"), "x")
    return Clinic.objects.create(id=1, name="Clinic", country="HR", email="info@clinic.example", **facts)


def a_doctor() -> Doctor:
    return Doctor.objects.create(name="Dr. X", speciality=Speciality.PAIN, languages=["hr"])


def a_fact() -> ClinicFact:
    return ClinicFact.objects.create(kind=FactKind.DOCTORS, number=3, as_of=date(2026, 1, 1), source="The clinic")


def a_quote() -> Quote:
    return Quote.objects.create(language="en", text="Kind.", shown_name="A.", received_on=date(2026, 1, 1))


def a_translation() -> tuple[str, int]:
    return "pagesection", PageSection.objects.filter(page__language="de")[0].pk


# The address' name, what its one argument is, and the answer to a GET for each role
Case = tuple[str, Callable[[Coordinator], object] | None, dict[str, int]]
ADDRESSES: list[Case] = [
    ("index", None, EVERYBODY),
    ("password_change", None, EVERYBODY),
    ("inquiries_inquiry_changelist", None, STAFF),
    ("inquiries_inquiry_open", None, STAFF),
    ("inquiries_inquiry_change", lambda owner: inquiry_of(owner).pk, OWNER),
    ("inquiries_inquiry_file", a_file, OWNER),
    ("inquiries_consenttext_changelist", None, MANAGERS),
    ("inquiries_consenttext_add", None, NOBODY),
    ("inquiries_consenttext_change", lambda owner: inquiry_of(owner).consent.pk, MANAGERS),
    ("inquiries_consenttext_delete", lambda owner: inquiry_of(owner).consent.pk, NOBODY),
    ("inquiries_tombstone_changelist", None, MANAGERS),
    ("inquiries_tombstone_add", None, NOBODY),
    ("inquiries_tombstone_change", lambda owner: a_tombstone(owner).pk, MANAGERS),
    ("inquiries_tombstone_delete", lambda owner: a_tombstone(owner).pk, NOBODY),
    ("inquiries_outgoingemail_changelist", None, MANAGERS),
    ("inquiries_outgoingemail_add", None, NOBODY),
    ("inquiries_outgoingemail_change", lambda owner: inquiry_of(owner).emails.all()[0].pk, MANAGERS),
    ("inquiries_outgoingemail_delete", lambda owner: inquiry_of(owner).emails.all()[0].pk, NOBODY),
    ("inquiries_export_changelist", None, MANAGERS),
    ("inquiries_export_add", None, MANAGERS),
    ("inquiries_export_change", lambda _owner: an_export().pk, MANAGERS),
    ("inquiries_export_delete", lambda _owner: an_export().pk, NOBODY),
    ("inquiries_inquiryevent_changelist", None, MANAGERS),
    ("own_settings", None, EVERYBODY),
    ("inquiries_maildetailchoice_changelist", None, MANAGERS),
    ("inquiries_maildetailchoice_add", None, MANAGERS),
    ("inquiries_maildetailchoice_change", lambda _owner: mail_choice().pk, MANAGERS),
    ("inquiries_maildetailchoice_delete", lambda _owner: mail_choice().pk, NOBODY),
    ("inquiries_answermailchoice_changelist", None, MANAGERS),
    ("inquiries_answermailchoice_add", None, MANAGERS),
    ("inquiries_answermailchoice_change", lambda _owner: answer_choice().pk, MANAGERS),
    ("inquiries_answermailchoice_delete", lambda _owner: answer_choice().pk, NOBODY),
    ("inquiries_replytemplate_changelist", None, STAFF),
    ("inquiries_replytemplate_add", None, MANAGERS),
    ("inquiries_replytemplate_change", lambda _owner: a_template().pk, STAFF),
    ("inquiries_replytemplate_delete", lambda _owner: a_template().pk, MANAGERS),
    ("coordinators_user_changelist", None, MANAGERS),
    ("coordinators_user_add", None, MANAGERS),
    ("coordinators_user_change", lambda owner: owner.user_id, MANAGERS),
    ("coordinators_user_delete", lambda owner: owner.user_id, NOBODY),
    ("coordinators_coordinator_changelist", None, MANAGERS),
    ("coordinators_coordinator_add", None, MANAGERS),
    ("coordinators_coordinator_change", lambda owner: owner.pk, MANAGERS),
    ("coordinators_coordinator_delete", lambda owner: owner.pk, NOBODY),
    ("coordinators_replypolicy_change", lambda _owner: 1, MANAGERS),
    ("coordinators_replypolicy_add", None, NOBODY),
    ("coordinators_replypolicy_delete", lambda _owner: 1, NOBODY),
    ("coordinators_absence_changelist", None, STAFF),
    ("coordinators_absence_add", None, STAFF),
    ("coordinators_absence_change", lambda owner: absence_of(owner).pk, OWNER),
    ("coordinators_absence_delete", lambda owner: absence_of(owner).pk, OWNER),
    ("coordinators_coverage", None, STAFF),
    ("coordinators_simulator", None, MANAGERS),
    ("coordinators_specialday_changelist", None, MANAGERS),
    ("coordinators_specialday_add", None, MANAGERS),
    ("coordinators_specialday_change", lambda _owner: a_special_day().pk, MANAGERS),
    ("coordinators_specialday_delete", lambda _owner: a_special_day().pk, MANAGERS),
    ("treatments_treatment_changelist", None, EDITORS),
    ("treatments_treatment_add", None, EDITORS),
    ("treatments_treatment_change", lambda _owner: Treatment.objects.all()[0].pk, EDITORS),
    ("treatments_treatment_delete", lambda _owner: Treatment.objects.all()[0].pk, NOBODY),
    ("treatments_treatmentpage_changelist", None, EDITORS),
    ("treatments_treatmentpage_add", None, EDITORS),
    ("treatments_treatmentpage_change", lambda _owner: TreatmentPage.objects.all()[0].pk, EDITORS),
    ("treatments_treatmentpage_preview", lambda _owner: TreatmentPage.objects.all()[0].pk, EDITORS),
    ("treatments_treatmentpage_delete", lambda _owner: TreatmentPage.objects.all()[0].pk, NOBODY),
    ("treatments_sitepage_changelist", None, EDITORS),
    ("treatments_sitepage_add", None, EDITORS),
    ("treatments_sitepage_change", lambda _owner: SitePage.objects.all()[0].pk, EDITORS),
    ("treatments_sitepage_preview", lambda _owner: SitePage.objects.all()[0].pk, EDITORS),
    ("treatments_sitepage_delete", lambda _owner: SitePage.objects.all()[0].pk, NOBODY),
    ("treatments_sharedsection_changelist", None, EDITORS),
    ("treatments_sharedsection_add", None, EDITORS),
    ("treatments_sharedsection_change", lambda _owner: SharedSection.objects.all()[0].pk, EDITORS),
    ("treatments_sharedsection_delete", lambda _owner: SharedSection.objects.all()[0].pk, NOBODY),
    ("treatments_source_changelist", None, EDITORS),
    ("treatments_source_add", None, EDITORS),
    ("treatments_source_change", lambda _owner: Source.objects.all()[0].pk, EDITORS),
    ("treatments_source_delete", lambda _owner: Source.objects.all()[0].pk, NOBODY),
    ("treatments_glossaryterm_changelist", None, EDITORS),
    ("treatments_glossaryterm_add", None, EDITORS),
    ("treatments_glossaryterm_change", lambda _owner: GlossaryTerm.objects.all()[0].pk, EDITORS),
    ("treatments_glossaryterm_delete", lambda _owner: GlossaryTerm.objects.all()[0].pk, EDITORS),
    ("treatments_doctor_changelist", None, EDITORS),
    ("treatments_doctor_add", None, EDITORS),
    ("treatments_doctor_change", lambda _owner: a_doctor().pk, EDITORS),
    ("treatments_doctor_delete", lambda _owner: a_doctor().pk, EDITORS),
    ("treatments_clinicfact_changelist", None, EDITORS),
    ("treatments_clinicfact_add", None, EDITORS),
    ("treatments_clinicfact_change", lambda _owner: a_fact().pk, EDITORS),
    ("treatments_clinicfact_delete", lambda _owner: a_fact().pk, EDITORS),
    ("treatments_testimonial_changelist", None, EDITORS),
    ("treatments_testimonial_add", None, EDITORS),
    ("treatments_testimonial_change", lambda _owner: a_quote().pk, EDITORS),
    ("treatments_testimonial_delete", lambda _owner: a_quote().pk, EDITORS),
    ("treatments_translations", None, EDITORS),
    ("treatments_translation", lambda _owner: a_translation(), EDITORS),
    ("treatments_clinic_change", lambda _owner: a_clinic().pk, EDITORS),
    ("treatments_clinic_delete", lambda _owner: a_clinic().pk, NOBODY),
]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("case", ADDRESSES, ids=lambda case: case[0])
def test_address_answers_each_role(
    client: Client, owner: Coordinator, people: dict[str, User], case: Case, role: str
) -> None:
    name, argument, answers = case
    given = argument(owner) if argument else ()
    address = reverse(f"admin:{name}", args=given if isinstance(given, tuple) else (given,))
    if role != "anonymous":
        client.force_login(people[role])
    response = client.get(address)
    assert response.status_code == answers[role]
    if role == "anonymous":
        assert response.headers["Location"].startswith(reverse("admin:login"))


def admin_names(resolver: URLResolver) -> set[str]:
    """Return the names of all addresses below a resolver."""
    names = set()
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            names |= admin_names(pattern)
        elif isinstance(pattern, URLPattern) and pattern.name:
            names.add(pattern.name)
    return names


# Addresses that only redirect, only take a POST (tested with what they do), or belong to Django itself
ELSEWHERE = {
    "login", "logout", "password_change_done", "autocomplete", "jsi18n", "view_on_site", "app_list", "language",
    "inquiries_inquiry_step", "coordinators_user_step", "coordinators_replypolicy_changelist",
    "treatments_clinic_changelist", "treatments_clinic_add",
}  # fmt: skip


def test_no_address_of_the_desk_is_left_out() -> None:
    [desk] = [
        pattern
        for pattern in get_resolver().url_patterns
        if isinstance(pattern, URLResolver) and pattern.app_name == "admin"
    ]
    histories = {name for name in admin_names(desk) if name.endswith("_history")}
    assert admin_names(desk) - histories - ELSEWHERE == {name for name, _, _ in ADDRESSES}


@pytest.mark.parametrize(("role", "answer"), [("colleague", 404), ("editor", 403)])
def test_steps_are_closed_to_others(
    client: Client, owner: Coordinator, people: dict[str, User], role: str, answer: int
) -> None:
    inquiry = inquiry_of(owner)
    client.force_login(people[role])
    for step in ("take-over", "assign", "contact", "close", "reopen", "release", "resend"):
        assert client.post(reverse("admin:inquiries_inquiry_step", args=[inquiry.pk, step])).status_code == answer
    inquiry.refresh_from_db()
    assert inquiry.coordinator == owner
    assert not inquiry.events.filter(actor=people[role]).exists()


@pytest.mark.parametrize("role", ["colleague", "owner", "editor"])
def test_steps_with_people_are_for_managers(
    client: Client, owner: Coordinator, people: dict[str, User], role: str
) -> None:
    client.force_login(people[role])
    for step in ("reset-password", "deactivate", "activate"):
        assert client.post(reverse("admin:coordinators_user_step", args=[owner.user_id, step])).status_code == 403
    owner.user.refresh_from_db()
    assert owner.user.is_active


def test_unknown_inquiry_answers_like_a_colleagues(client: Client, people: dict[str, User]) -> None:
    client.force_login(people["manager"])
    assert client.get(reverse("admin:inquiries_inquiry_change", args=[uuid4()])).status_code == 404


def test_closed_account_is_signed_out_at_once(client: Client, people: dict[str, User]) -> None:
    client.force_login(people["manager"])
    User.objects.filter(pk=people["manager"].pk).update(is_active=False)
    assert client.get(reverse("admin:index")).status_code == 302


def test_single_rows_are_opened_straight_away(client: Client, people: dict[str, User]) -> None:
    client.force_login(people["manager"])
    policy = ReplyPolicy.objects.get()
    response = client.get(reverse("admin:coordinators_replypolicy_changelist"))
    assert response.headers["Location"] == reverse("admin:coordinators_replypolicy_change", args=[policy.pk])
    assert client.get(reverse("admin:treatments_clinic_add")).status_code == 200
    a_clinic()
    assert client.get(reverse("admin:treatments_clinic_add")).status_code == 403
    assert client.get(reverse("admin:treatments_clinic_changelist")).status_code == 302


def test_first_page_shows_each_role_its_own_rooms(client: Client, people: dict[str, User]) -> None:
    rooms = {
        "owner": ["/inquiry/", "/absence/"],
        "editor": ["/treatment/", "/treatmentpage/", "/sitepage/", "/sharedsection/", "/source/", "/clinic/"],
    }
    for role, own in rooms.items():
        client.force_login(people[role])
        html = client.get(reverse("admin:index")).content.decode()
        every = {path for paths in rooms.values() for path in paths} | {"/user/", "/replypolicy/", "/outgoingemail/"}
        assert {path for path in every if f'{path}"' in html} == set(own)


def test_manager_cannot_change_who_may_do_everything(client: Client, people: dict[str, User]) -> None:
    client.force_login(people["manager"])
    root = people["superuser"]
    assert client.post(reverse("admin:coordinators_user_step", args=[root.pk, "deactivate"])).status_code == 403
    own = reverse("admin:coordinators_user_change", args=[people["manager"].pk])
    client.post(own, {"name": "Mia", "role": Role.MANAGER, "language": "en", "is_superuser": "on"})
    people["manager"].refresh_from_db()
    assert people["manager"].name == "Mia"
    assert not people["manager"].is_superuser
