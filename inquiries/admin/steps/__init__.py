"""The steps of triage, and which of them fit an inquiry now."""

from collections.abc import Sequence
from typing import Any

from coordinators.models import User
from inquiries.admin.steps.answer import WriteAnswer
from inquiries.admin.steps.base import Step
from inquiries.admin.steps.person import ConfirmPerson, CorrectContact, Erase, RenewLink, RevokeLink
from inquiries.admin.steps.sheet import SaveSheet
from inquiries.admin.steps.triage import (
    AskForDetails,
    Assign,
    Close,
    LogContact,
    Release,
    Reopen,
    Resend,
    TakeOver,
    TellNotReached,
)
from inquiries.models import Inquiry

STEPS: tuple[type[Step], ...] = (
    TakeOver, Release, ConfirmPerson, WriteAnswer, LogContact, AskForDetails, TellNotReached, Assign, Close, Reopen,
    CorrectContact, RenewLink, RevokeLink, Erase, Resend, SaveSheet,
)  # fmt: skip

STEPS_BY_NAME = {step.name: step for step in STEPS}


def steps_for(inquiry: Inquiry, user: User, tried: Step | None = None) -> Sequence[Step]:
    """Return the steps that fit the inquiry now; one that was tried and refused keeps what was typed."""
    fresh = [step(inquiry=inquiry, user=user) for step in STEPS]
    steps = [tried if tried and tried.name == step.name else step for step in fresh]
    return [step for step in steps if step is tried or step.fits]


def step_context(inquiry: Inquiry, user: User, tried: Step | None = None) -> dict[str, Any]:
    """Return the steps as the screen needs them: in a list, and by name those that have a place of their own."""
    steps = steps_for(inquiry, user, tried)
    placed = {step.name: step for step in steps if step.stands_alone}
    return {"steps": [step for step in steps if not step.stands_alone], "tried": tried, **placed}
