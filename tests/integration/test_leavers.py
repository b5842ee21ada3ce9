"""What a person does late, or in another tab, must not leave a patient with nobody."""

import pytest

from coordinators.enums import Role
from coordinators.models import Coordinator, User
from inquiries.enums import EmailKind, EventKind, Outcome
from inquiries.models import Inquiry, OutgoingEmail
from inquiries.references import normal_reference
from inquiries.services import triage
from inquiries.services.errors import TriageError
from inquiries.services.staff import deactivate
from tests.factories import make_coordinator, make_inquiry, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def jonas() -> Coordinator:
    make_coordinator("Ana Horvat", languages=("hr",))
    return make_coordinator("Jonas Kraus", languages=("de",))


@pytest.fixture
def manager() -> User:
    return make_user(Role.MANAGER, "Mia Manager")


def closed_inquiry(owner: Coordinator) -> Inquiry:
    inquiry = make_inquiry(preferred_language="de")
    assert inquiry.coordinator == owner
    triage.record_read(inquiry, by=owner.user)
    triage.close(inquiry, Outcome.INFORMED, by=owner.user)
    return inquiry


def test_closed_inquiry_is_not_given_to_anybody(jonas: Coordinator) -> None:
    inquiry = closed_inquiry(jonas)
    ana = Coordinator.objects.get(display_name="Ana Horvat")
    with pytest.raises(TriageError):
        triage.assign_to(inquiry, ana, by=jonas.user)
    with pytest.raises(TriageError):
        triage.take_over(inquiry, by=ana.user)
    assert not OutgoingEmail.objects.filter(coordinator=ana).exists()


def test_closed_inquiry_is_not_released(jonas: Coordinator) -> None:
    inquiry = make_inquiry(preferred_language="de", honeypot="x")
    triage.record_read(inquiry, by=jonas.user)
    triage.close(inquiry, Outcome.SPAM, by=jonas.user)
    with pytest.raises(TriageError):
        triage.release(inquiry, by=jonas.user)
    assert not OutgoingEmail.objects.exists()


def test_inquiry_reopened_after_its_owner_left_gets_a_new_one(jonas: Coordinator, manager: User) -> None:
    inquiry = closed_inquiry(jonas)
    deactivate(jonas.user, by=manager)
    triage.reopen(inquiry, by=manager)
    inquiry.refresh_from_db()
    assert inquiry.coordinator is not None
    assert inquiry.coordinator.display_name == "Ana Horvat"
    assert inquiry.promises.running().get().coordinator == inquiry.coordinator, "promised by whoever answers now"
    assert inquiry.events.filter(kind=EventKind.ASSIGNED, details__left=jonas.pk).count() == 1
    assert OutgoingEmail.objects.filter(kind=EmailKind.HANDOVER, coordinator=inquiry.coordinator).exists()


@pytest.mark.parametrize("typed", ["ZG-7KM4-XW2P", "zg7km4xw2p", " 7km4 xw2p ", "7KM4-XW2P", "zg 7KM4XW2P"])
def test_reference_is_read_however_it_was_written_down(typed: str) -> None:
    assert normal_reference(typed) == "ZG-7KM4-XW2P"
