"""No rule that assigns, orders or times inquiries can read what a patient said about their health (docs/adr/0003).

Three ways to look: who imports what, what the rule's own inputs hold, and what the database is asked while it works.
"""

import ast
import dataclasses
import typing
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import grimp
import pytest
import time_machine
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from coordinators.assignment import Candidate, Question, Verdict
from coordinators.enums import Role
from coordinators.roster import Load
from inquiries.details.questions import GROUPS
from inquiries.inbox import VIEWS
from inquiries.models import Inquiry, MedicalAnswers, Message, PatientFile
from inquiries.services.clock import keep_promises
from inquiries.services.details import save_answers
from inquiries.services.submit import submit_inquiry
from tests.factories import make_coordinator, make_inquiry, make_submission, make_user

ROOT: Path = settings.BASE_DIR
# What chooses, orders, narrows and times.
RULES = (
    "inquiries.inbox", "inquiries.keyset", "inquiries.sight", "inquiries.querysets", "inquiries.tasks",
    "inquiries.admin.rows", "inquiries.admin.filters",
    "inquiries.services.assigning", "inquiries.services.clock", "inquiries.services.submit",
)  # fmt: skip
HEALTH = ("inquiries.details", "inquiries.services.details")
NAMES = frozenset({"MedicalAnswers", "medical_answers", "inquiries_medicalanswers"})
# Who may speak of the answers: their table, their room, and what shows, exports or erases everything of one person.
MAY_NAME = frozenset(
    {
        "inquiries/models/__init__.py", "inquiries/models/details.py", "inquiries/querysets.py",
        "inquiries/services/details.py", "inquiries/personal_data.py", "inquiries/services/erasure.py",
        "inquiries/admin/detail.py", "inquiries/exports/columns.py", "inquiries/private/entered.py",
        "inquiries/private/views/overview.py",
    }
)  # fmt: skip


def test_rules_import_nothing_about_health() -> None:
    graph = grimp.build_graph("treatments", "coordinators", "inquiries", cache_dir=None)
    coordinators = {"coordinators", *graph.find_descendants("coordinators")}
    assert set(RULES) <= graph.modules
    assert graph.find_shortest_chain(importer="inquiries.private.urls", imported="inquiries.details.questions")
    health = {module for name in HEALTH for module in {name, *graph.find_descendants(name)}}
    for rule in sorted({*RULES, *coordinators}):
        for module in health:
            chain = graph.find_shortest_chain(importer=rule, imported=module)
            assert chain is None, " → ".join(chain or ())


def _names_in(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.alias):
            yield node.name
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
            yield from node.value.split("__")


def _path_of(module: str) -> Path:
    return ROOT / (module.replace(".", "/") + ".py")


@pytest.mark.parametrize("module", RULES)
def test_rules_do_not_name_the_answers(module: str) -> None:
    """The querysets' file may import the model for the type checker and name its own class, and no more."""
    source = _path_of(module).read_text(encoding="utf-8")
    if module == "inquiries.querysets":
        tree = ast.parse(source)
        classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
        only_words = classes["MedicalAnswersQuerySet"].body
        assert [type(node) for node in only_words] == [ast.Expr], "nothing filters or sorts medical answers"
        source = "\n".join(ast.unparse(node) for name, node in classes.items() if name != "MedicalAnswersQuerySet")
    assert NAMES.isdisjoint(_names_in(source))


def test_only_a_few_files_name_the_answers() -> None:
    for room in ("treatments", "coordinators", "inquiries", "clinic_site"):
        for path in (ROOT / room).rglob("*.py"):
            name = path.relative_to(ROOT).as_posix()
            if "/migrations/" in name or name.startswith("inquiries/details/") or name in MAY_NAME:
                continue
            assert NAMES.isdisjoint(_names_in(path.read_text(encoding="utf-8"))), name


def _leaves(kind: object, seen: set[object]) -> Iterator[tuple[str, object]]:
    """Return every field that can be reached from a dataclass, with its type."""
    if not isinstance(kind, type) or not dataclasses.is_dataclass(kind) or kind in seen:
        return
    seen.add(kind)
    hints = typing.get_type_hints(kind)
    for field in dataclasses.fields(kind):
        yield field.name, hints[field.name]
        for part in (hints[field.name], *typing.get_args(hints[field.name])):
            yield from _leaves(part, seen)


@pytest.mark.parametrize("start", [Question, Candidate, Verdict, Load])
def test_the_rules_inputs_hold_no_health_data(start: type) -> None:
    fields = dict(_leaves(start, set()))
    asked = {code for group in GROUPS for question in group.questions for code in question.codes}
    assert fields
    assert asked.isdisjoint(fields)
    assert {"answers", "details", "message", "files", "inquiry"}.isdisjoint(fields)
    for kind in fields.values():
        assert not {Inquiry, MedicalAnswers, dict, object} & {kind, *typing.get_args(kind)}, fields


@pytest.mark.django_db
def test_working_rules_never_ask_for_health_data(client: Client) -> None:
    """Submitting, listing by every view, reminding, reassigning: no query touches what patients said."""
    for name in ("Ana Horvat", "Ben Kos"):
        make_coordinator(name)
    manager = make_user(Role.MANAGER, "Mia Manager")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        inquiry = make_inquiry()
        save_answers(inquiry, GROUPS[0], {"where": ["neck"], "since": "weeks-6"})
        client.force_login(manager)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            submit_inquiry(make_submission(email="somebody.else@example.com"))
            inbox = reverse("admin:inquiries_inquiry_changelist")
            for view in VIEWS:
                assert client.get(inbox, {"view": view.code}).status_code == 200
            assert client.get(inbox, {"q": inquiry.reference}).status_code in {200, 302}
            for _day in range(10):
                clock.shift(timedelta(days=1))
                keep_promises()
        inquiry.refresh_from_db()
    assert inquiry.promises.filter(ended_at__isnull=False).exists(), "the clock has worked"
    tables = [model._meta.db_table for model in (MedicalAnswers, Message, PatientFile)]
    asked = [
        query["sql"] for query in queries.captured_queries if any(f'"{table}"' in query["sql"] for table in tables)
    ]
    assert asked == []


def test_the_answers_cannot_be_filtered() -> None:
    for path in ("answers", "answers__contains", "answers__isnull"):
        with pytest.raises(FieldError):
            MedicalAnswers.objects.filter(**{path: "neck"})
        with pytest.raises(FieldError):
            Inquiry.objects.filter(**{f"medical_answers__{path}": "neck"})
    with pytest.raises(FieldError):
        MedicalAnswers.objects.values("answers")
