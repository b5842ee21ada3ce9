"""The rows of `benchmarks/inbox.py`: fills an empty database with so many inquiries, as a clinic's years would.

The rows are copies of one real inquiry with other keys, names, dates and owners: ten thousand are made here, and the
database copies the closed ones among them as often as it takes, each time further back. They are put into the tables
of the version before the inbox's migration; then that migration runs, and is timed.

Every page that is measured is full at either size, so that a page of many is compared with a page of as many: more
than half of a thousand are open, the rest have one coordinator, treatment and language that are frequent, and the rare
ones are as many among a million as among a thousand.
"""

import random
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from django.core.management import call_command
from django.db import connection
from django.db.models import Model
from django.utils import timezone
from inbox_tables import PERIOD_DAYS, RARE_LANGUAGE, Row, Tables, in_sql, stored

from coordinators.enums import Role
from inquiries.enums import ContactResult, EmailStatus, EventKind, Outcome, QuarantineReason, Status
from inquiries.models import DeskSheet, Inquiry, InquiryEvent, OutgoingEmail, SearchTerm
from inquiries.references import DIGITS, LETTERS, PATTERN
from inquiries.sealing.blind import keyed_digest
from inquiries.services.submit import submit_inquiry
from tests.factories import make_coordinator, make_submission, make_user
from treatments.loading import load_content
from treatments.models import Treatment

BEFORE_THE_INBOX = "0006"
TEAM, FIRST_NAMES, LAST_NAMES = 2, 800, 3000
LANGUAGES, WEIGHTS = ("en", "de", "hr", "it", "nl"), (10, 30, 10, 5, 45)
# So many of all have one first name, and so many the first treatment
FREQUENT_NAME, FREQUENT_TREATMENT = 0.6, 0.6
# As many at every size, and the oldest of all
RARE, RARE_NAME = 60, "rare"
OPEN_AT_MOST, OPEN_SHARE = 2000, 0.6
MADE_HERE = 10_000
# Of the attempts so many reach nobody; of the open ones so many wait, late, unread, ownerless, promised nothing, held
MISSED, WAITING, LATE, UNREAD, FLAGGED, UNPROMISED, HELD = 0.4, 0.5, 0.5, 0.4, 0.2, 0.3, 0.4
UNDELIVERED = 0.25


def reference(number: int) -> str:
    """Return the reference of the inquiry with this number."""
    body = ""
    for kind in reversed(PATTERN):
        letters = DIGITS if kind == "d" else LETTERS
        number, place = divmod(number, len(letters))
        body = letters[place] + body
    return f"ZG-{body[:4]}-{body[4:]}"


def word(kind: str, number: int) -> str:
    """Return an invented name."""
    return f"{kind}{number}"


def copies_of(count: int) -> int:
    """Return how often the closed ones among the first rows are copied to make `count`."""
    made = min(count, MADE_HERE)
    return round((count - made) / (made - _open_of(made) - RARE))


def _open_of(made: int) -> int:
    return min(OPEN_AT_MOST, int(made * OPEN_SHARE))


def build(count: int) -> str:
    """Fill the database and return how long it took."""
    call_command("migrate", verbosity=0)
    load_content()
    make_user(Role.MANAGER, "Mia Manager")
    team = [make_coordinator(f"Coordinator {number}", languages=LANGUAGES[:5]) for number in range(TEAM)]
    first = submit_inquiry(make_submission())
    # Their keys now: the older tables lack columns that the models ask for.
    event, email = first.events.order_by("at")[0].pk, first.emails.get(kind="CONFIRMATION").pk
    call_command("migrate", "inquiries", BEFORE_THE_INBOX, verbosity=0)
    started = time.monotonic()
    patterns = {
        Inquiry: stored("inquiries_inquiry", in_sql(first.pk)),
        InquiryEvent: stored("inquiries_inquiryevent", in_sql(event)),
        OutgoingEmail: stored("inquiries_outgoingemail", in_sql(email)),
    }
    treatments: list[int | None] = [*Treatment.objects.order_by("pk").values_list("pk", flat=True), None]
    owners = [(coordinator.pk, coordinator.user_id) for coordinator in team]
    tables = Tables()
    oldest = timedelta(days=PERIOD_DAYS * (copies_of(count) + 1))
    for row in _rows(min(count, MADE_HERE), oldest, patterns, owners, treatments):
        tables.add(*row)
    tables.multiply(copies_of(count))
    tables.end()
    filled = time.monotonic()
    call_command("migrate", verbosity=0)
    migrated = time.monotonic()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return f"{count:,} inquiries: filled in {filled - started:.0f} s, migrated in {migrated - filled:.0f} s"


def _rows(
    count: int,
    oldest: timedelta,
    patterns: Mapping[type[Model], Row],
    owners: Sequence[tuple[int, int]],
    treatments: Sequence[int | None],
) -> Iterator[tuple[str, Row]]:
    """Yield every row of every table, the oldest inquiry first."""
    chance = random.Random(count)  # noqa: S311  # the same rows every time
    now = timezone.now()
    step = timedelta(days=PERIOD_DAYS) / count
    opened_from = count - _open_of(count)
    keys = iter(range(1, 100 * count))
    first_names = [keyed_digest("search-name", word("first", number)) for number in range(FIRST_NAMES)]
    last_names = [keyed_digest("search-name", word("last", number)) for number in range(LAST_NAMES)]
    rare_name = keyed_digest("search-name", RARE_NAME)

    def next_key() -> uuid.UUID:
        return uuid.UUID(int=next(keys))

    for number in range(count):
        # The copies differ from their pattern in these sixteen bits (see `copying`).
        pk, is_open = uuid.UUID(int=chance.getrandbits(128) | 0xFFFF << 80), number >= opened_from
        is_rare = number < RARE
        owner, user = owners[0] if is_rare else chance.choice(owners)
        # The open ones came last.
        received = now - timedelta(days=0 if is_open else 5) - (count - number) * step - timedelta(hours=1)
        received -= oldest if is_rare else timedelta(0)
        row = patterns[Inquiry] | {
            "id": pk, "reference": reference(number), "receipt_digest": f"{number:064x}", "submission_id": None,
            "coordinator_id": owner, "received_at": received,
            "treatment_id": treatments[0] if chance.random() < FREQUENT_TREATMENT else chance.choice(treatments),
            "preferred_language": RARE_LANGUAGE if is_rare else chance.choices(LANGUAGES, WEIGHTS)[0],
            "reply_due_at": received + timedelta(hours=6),
            "opened_at": received + timedelta(hours=1), "first_contact_at": received + timedelta(hours=2),
        }  # fmt: skip
        contact = (ContactResult.SPOKE, ContactResult.UNREACHABLE)[chance.random() < MISSED]
        if is_open:
            row |= _open(chance, now, received)
        else:
            row |= {"status": Status.CLOSED.value, "closed_at": received + timedelta(days=3), "closed_by_id": user,
                "outcome": Outcome.INFORMED.value}  # fmt: skip
        yield Inquiry._meta.db_table, row
        events: list[tuple[EventKind, int, str, int | None]] = [(EventKind.RECEIVED, 0, "", None)]
        if row["opened_at"]:
            events.append((EventKind.OPENED, 1, "", user))
        if row["status"] != Status.WAITING:
            events.append((EventKind.CONTACT_ATTEMPT, 2, contact.value, user))
        if not is_open:
            events.append((EventKind.CLOSED, 72, "", user))
        for kind, hours, result, actor in events:
            yield InquiryEvent._meta.db_table, patterns[InquiryEvent] | {
                "id": next_key(), "inquiry_id": pk, "kind": kind.value, "at": received + timedelta(hours=hours),
                "contact_result": result, "actor_id": actor,
            }  # fmt: skip
        failed = chance.random() < (UNDELIVERED if is_open else 0.001)
        yield OutgoingEmail._meta.db_table, patterns[OutgoingEmail] | {
            "id": next_key(), "inquiry_id": pk, "slot": f"slot-{number}", "message_id": f"<{number}@example.com>",
            "status": (EmailStatus.FAILED if failed else EmailStatus.SENT).value, "created_at": received,
            "sent_at": None if failed else received, "claim": None, "lease_until": None,
        }  # fmt: skip
        terms = (
            first_names[0 if is_rare or chance.random() < FREQUENT_NAME else chance.randrange(FIRST_NAMES)],
            rare_name if is_rare else chance.choice(last_names),
            f"mail{chance.getrandbits(240):060x}",
        )
        for digest in terms:
            yield SearchTerm._meta.db_table, {"inquiry_id": pk, "digest": digest}
        if chance.random() < (0.2 if is_open else 0.05):
            yield DeskSheet._meta.db_table, {
                "id": next_key(), "inquiry_id": pk, "notes": patterns[InquiryEvent]["note"], "checklist": "[]",
                "follow_up_on": (received + timedelta(days=chance.randint(0, 9))).date(), "version": 1,
                "updated_by_id": user, "updated_at": received,
            }  # fmt: skip


def _open(chance: random.Random, now: datetime, received: datetime) -> Row:
    """Return what is different about an open inquiry: half of them wait, half of those too long."""
    row: Row = {}
    if chance.random() < WAITING:
        due = now + timedelta(minutes=chance.randint(-600, -1) if chance.random() < LATE else chance.randint(10, 5400))
        row = {"status": Status.WAITING.value, "first_contact_at": None,
            "reply_due_at": max(due, received + timedelta(hours=1))}  # fmt: skip
        if chance.random() < UNREAD:
            row["opened_at"] = None
        if chance.random() < FLAGGED:
            row |= {"coordinator_id": None, "is_flagged": True}
            if chance.random() < UNPROMISED:
                row["reply_due_at"] = None
        if chance.random() < HELD:
            row |= {"quarantined_at": received, "quarantine_reason": QuarantineReason.TOO_FAST.value}
        return row
    return {"status": Status.CONTACTED.value}
