"""Contact data that the patient corrects, and the person at the desk who confirms them."""

import uuid

from django.db import transaction
from django.utils import timezone

from coordinators.models import User
from inquiries.enums import EmailKind, EventKind
from inquiries.models import Inquiry, SearchTerm
from inquiries.readable import parsed_phone
from inquiries.sealing import blind_index
from inquiries.sealing.blind import normal_email
from inquiries.services.events import lock, write_event
from inquiries.services.limits import check_contact_changes
from inquiries.services.notices import tell_coordinator
from inquiries.services.outbox import put_inquiry_email, put_or_repeat
from inquiries.services.seen import check_seen


@transaction.atomic
def change_contact(
    inquiry: Inquiry,
    *,
    email: str | None = None,
    phone: str | None = None,
    by: User | None = None,
    seen: str | None = None,
) -> None:
    """Store a corrected address or number; None leaves it as it is.

    The old address is told. What the patient corrects through the private link opens nothing that was entered until a
    person at the desk has confirmed the patient: whoever holds the link could otherwise read it by naming an address of
    their own. What the desk corrects (`by`) is confirmed at once. Raises TooOftenError for the patient, and TriageError
    for the desk when something came in, corrected data above all, that was not `seen`.
    """
    now = timezone.now()
    locked = lock(inquiry)
    old_email = locked.email
    email_changed = email is not None and normal_email(email) != normal_email(old_email)
    phone_changed = phone is not None and phone != locked.phone
    if not (email_changed or phone_changed):
        return
    check_seen(locked, seen)
    if by is None:
        check_contact_changes(locked, now)
    if email is not None and email_changed:
        locked.email = email
        locked.email_refused_at = None
    if phone is not None and phone_changed:
        locked.phone = phone
        locked.phone_is_doubtful = bool(phone) and parsed_phone(phone, locked.country) is None
    if email_changed or not old_email:
        locked.contact_changed_at = now
    if by:
        locked.person_confirmed_at = now
    locked.save()
    index_person(locked)
    write_event(locked, EventKind.CONTACT_CHANGED, by, details={"email": email_changed, "phone": phone_changed})
    _tell(locked, old_email, email_changed=email_changed, by=by)


def _tell(inquiry: Inquiry, old_email: str, *, email_changed: bool, by: User | None) -> None:
    """Tell the old address, the new one, and whoever answers."""
    if inquiry.joined_to:
        # The desk shows the history of the inquiry that this was added to.
        write_event(inquiry.joined_to, EventKind.CONTACT_CHANGED, by, details={"reference": inquiry.reference})
    if inquiry.is_quarantined:
        # Nothing leaves before a person has looked.
        return
    if old_email:
        put_inquiry_email(
            EmailKind.ADDRESS_CHANGED, inquiry, about=uuid.uuid4(), address=old_email, language=inquiry.language
        )
    if email_changed and inquiry.email:
        put_or_repeat(EmailKind.LINK, inquiry)
    if by is None:
        tell_coordinator(inquiry)


@transaction.atomic
def confirm_person(inquiry: Inquiry, *, by: User, seen: str | None = None) -> None:
    """Write down that a person at the desk has made sure who the patient is, on the phone for example.

    That holds for what was added to the inquiry, too. Raises TriageError when something came in that was not `seen`:
    whoever holds the link would be confirmed with an address that nobody has looked at.
    """
    locked = lock(inquiry)
    check_seen(locked, seen)
    now = timezone.now()
    Inquiry.objects.whole(locked.pk).update(person_confirmed_at=now)
    write_event(locked, EventKind.PERSON_CONFIRMED, by)


def index_person(inquiry: Inquiry) -> None:
    """Store the digests under which the inquiry is found: words of the name, the address, the number."""
    digests = blind_index(name=inquiry.name, email=inquiry.email, phone=inquiry.phone)
    SearchTerm.objects.filter(inquiry=inquiry).exclude(digest__in=digests).delete()
    known = set(SearchTerm.objects.filter(inquiry=inquiry).values_list("digest", flat=True))
    SearchTerm.objects.bulk_create(SearchTerm(inquiry=inquiry, digest=digest) for digest in sorted(digests - known))
