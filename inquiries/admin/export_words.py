"""What the record of exports says of the lists that were exported: codes in words."""

from collections.abc import Mapping
from datetime import date
from functools import cached_property

from django.conf import settings
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from coordinators.models import Coordinator
from inquiries.admin.filters import FILTERS
from inquiries.enums import UNSURE
from inquiries.inbox import COORDINATOR, NOBODY, VIEWS_BY_CODE
from inquiries.services.assigning import OTHER_LANGUAGE
from treatments.titles import treatment_titles

# Stands in the record for what somebody searched for, which may be a name
SEARCHED = "searched"
# The days of receipt, in the record
FIRST, LAST = "received_from", "received_until"


class RecordedWords:
    """The words of one page's filters, each kind of them fetched once and only if it is needed."""

    def of(self, filters: Mapping[str, str]) -> str:
        """Return what a list was narrowed to; a code that there is no more stays as it is."""
        # A database may give them back in any order.
        names = [*(name for name in self._titles if name in filters), *sorted(filters.keys() - self._titles.keys())]
        return "; ".join(self._part(name, str(filters[name])) for name in names) or "–"

    def _part(self, name: str, code: str) -> str:
        if name == SEARCHED:
            return _("found by a search (the words are not kept)")
        title, words = self._titles.get(name, name), self._words(name, code)
        return f"{capfirst(title)}: {words}"

    def _words(self, name: str, code: str) -> str:
        if name in {FIRST, LAST}:
            return date_format(date.fromisoformat(code), pgettext("date format", "j F Y"))
        if name == "view":
            return str(VIEWS_BY_CODE[code].label) if code in VIEWS_BY_CODE else code
        if name == "language":
            return {**dict(settings.LANGUAGES), OTHER_LANGUAGE: _("Another language")}.get(code, code)
        if name == "treatment":
            return self._treatments.get(code, code)
        if name == COORDINATOR:
            return self._coordinators.get(code, code)
        return code

    @cached_property
    def _titles(self) -> dict[str, str]:
        titles = {spec.parameter_name: str(spec.title) for spec in FILTERS}
        return titles | {FIRST: _("Received from"), LAST: _("Received until")}

    @cached_property
    def _treatments(self) -> dict[str, str]:
        titles = {str(pk): title for pk, title in treatment_titles().items()}
        return titles | {UNSURE: _("I don't know yet")}

    @cached_property
    def _coordinators(self) -> dict[str, str]:
        names = Coordinator.objects.values_list("pk", "display_name")
        return {str(pk): name for pk, name in names} | {NOBODY: _("nobody")}
