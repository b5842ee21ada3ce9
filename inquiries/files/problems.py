"""Why a file is not taken, as the patient reads it beside the field."""

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MAX_BYTES = 15 * 1024 * 1024
MAX_FILES = 20


class Problem(TextChoices):
    """What is wrong with a file; the codes are what the log says."""

    EMPTY = "empty", gettext_lazy("This file is empty. Choose another file.")
    TOO_LARGE = "too_large", gettext_lazy("This file is larger than %(limit)s. Send a smaller one, or a photo of it.")
    TOO_MANY = "too_many", gettext_lazy("You have added %(count)d files, which is the most. Remove one first.")
    TOO_MANY_PIXELS = (
        "too_many_pixels",
        gettext_lazy("This picture has too many pixels for us to open. Send it in a smaller size."),
    )
    WRONG_TYPE = "wrong_type", gettext_lazy("We can only take PDF, JPEG, PNG and HEIC. This file is something else.")
    WRONG_NAME = (
        "wrong_name",
        gettext_lazy(
            "The name of this file does not fit what is in it. The name must end in .pdf, .jpg, .png or .heic."
        ),
    )
    SCAN_IMAGES = (
        "scan_images",
        gettext_lazy("These look like images from a CD. We cannot take them here. Below you read how to send them."),
    )
    DAMAGED = (
        "damaged",
        gettext_lazy("We cannot open this file. It may be damaged. Save it again, or send a photo."),
    )
    INFECTED = (
        "infected",
        gettext_lazy(
            "Our virus scanner found something dangerous in this file. We have not kept it. Please check your device."
        ),
    )
    NOT_STORED = "not_stored", gettext_lazy("We could not save this file just now. Please try again in a minute.")
    BUSY = "busy", gettext_lazy("Many pictures are coming in just now. Please try again in a minute.")


# Not the file's fault: the same file may be taken a little later.
PASSING = frozenset({Problem.NOT_STORED, Problem.BUSY})


class FileRefusedError(Exception):
    """A file is not taken; nothing of it is kept."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.value)
        self.problem = problem


def explain(problem: Problem) -> str:
    """Return what the patient reads about a file that is not taken."""
    return str(problem.label) % {"limit": limit_in_words(), "count": MAX_FILES}


def limit_in_words() -> str:
    """Return how large a file may be."""
    return _("%(count)d MB") % {"count": MAX_BYTES // (1024 * 1024)}
