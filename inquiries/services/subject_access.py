"""Handing a person everything that the site holds about them, when they ask by letter (GDPR Art. 15 and 20)."""

import json
import logging
import zipfile
from dataclasses import dataclass, field
from typing import IO

from django.core.serializers.json import DjangoJSONEncoder

from inquiries.enums import EmailKind
from inquiries.models import Inquiry, LinkRequest, OutgoingEmail
from inquiries.sealing.blind import contact_digest, normal_email
from inquiries.services.files import FileGoneError, stored_bytes
from inquiries.services.patient_copy import export_data

logger = logging.getLogger(__name__)


@dataclass
class Handed:
    """What was handed out: references of inquiries, number of files; and what a person has to look at first."""

    references: list[str] = field(default_factory=list)
    files: int = 0
    missing_files: int = 0
    # Somebody changed the contact data through the private link, and nobody has confirmed who that was.
    doubtful: list[str] = field(default_factory=list)


def hand_out(email: str, target: IO[bytes]) -> Handed:
    """Write everything about the person with this address into `target`, a ZIP file; each inquiry's history says so."""
    handed = Handed()
    found = Inquiry.objects.of_person([contact_digest(email=email, phone="")]).order_by("received_at", "pk")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        exports = []
        for inquiry in found.select_related("joined_to"):
            if inquiry.person_is_doubtful or (inquiry.joined_to and inquiry.joined_to.person_is_doubtful):
                handed.doubtful.append(inquiry.reference)
                continue
            exports.append(export_data(inquiry))
            handed.references.append(inquiry.reference)
            _add_files(inquiry, archive, handed)
        everything = {"inquiries": exports, **_elsewhere(email)}
        text = json.dumps(everything, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        archive.writestr("data.json", text)
    logger.info("personal data handed out", extra={"count": len(handed.references)})
    return handed


def _add_files(inquiry: Inquiry, archive: zipfile.ZipFile, handed: Handed) -> None:
    """Add the inquiry's files under their keys; `data.json` says how the patient called each."""
    for file in inquiry.files.in_order():
        try:
            data = stored_bytes(file)
        except FileGoneError:
            handed.missing_files += 1
            continue
        archive.writestr(f"files/{inquiry.reference}/{file.pk}.{file.kind.lower()}", data)
        handed.files += 1


def _elsewhere(email: str) -> dict[str, object]:
    """Return where the address stands outside inquiries: requests for a link, and last e-mails that wait to be sent."""
    wanted = normal_email(email)
    requests = [row.made_at for row in LinkRequest.objects.iterator() if normal_email(row.email) == wanted]
    waiting = OutgoingEmail.objects.filter(kind__in=[EmailKind.ERASED, EmailKind.ADDRESS_CHANGED])
    emails = [row.kind for row in waiting.iterator() if row.address and normal_email(row.address) == wanted]
    return {"link_requests": requests, "waiting_emails": emails}
