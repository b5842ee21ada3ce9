"""Codes that open, for fifteen minutes, what a patient has entered."""

import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from inquiries.codes import CODE_LIFE, code_digits, digits_of
from inquiries.enums import EmailKind, EventKind
from inquiries.models import AccessCode, Inquiry
from inquiries.services.events import lock, write_event
from inquiries.services.outbox import put_inquiry_email

CODES_PER_HOUR = 5
CODE_WINDOW = timedelta(hours=1)


@transaction.atomic
def send_code(inquiry: Inquiry) -> bool:
    """Send a new code to the address on file; return whether one was sent.

    None is sent without an address, after too many, or while nobody has confirmed changed contact data.
    """
    now = timezone.now()
    locked = lock(inquiry)
    recent = locked.access_codes.filter(made_at__gt=now - CODE_WINDOW).count()
    if not locked.email or locked.person_is_doubtful or recent >= CODES_PER_HOUR:
        return False
    # Only the newest code opens anything.
    locked.access_codes.filter(expires_at__gt=now).update(expires_at=now)
    code = AccessCode.objects.create(inquiry=locked, made_at=now, expires_at=now + CODE_LIFE)
    put_inquiry_email(EmailKind.ACCESS_CODE, locked, about=code.pk)
    write_event(locked, EventKind.CODE_SENT)
    return True


@transaction.atomic
def use_code(inquiry: Inquiry, typed: str) -> bool:
    """Use the newest code up if it is what was typed; return whether it was. A few wrong tries make it worthless."""
    locked = lock(inquiry)
    code = locked.access_codes.usable(timezone.now()).first()
    if code is None or locked.person_is_doubtful:
        return False
    code.attempts = F("attempts") + 1
    is_right = secrets.compare_digest(code_digits(code.pk), digits_of(typed))
    if is_right:
        code.used_at = timezone.now()
        write_event(locked, EventKind.READ_BACK)
    code.save(update_fields=["attempts", "used_at"])
    return is_right
