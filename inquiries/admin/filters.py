"""What the inbox can be narrowed to."""

from typing import Any

from django.conf import settings
from django.contrib.admin import SimpleListFilter
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordinators.admin.access import person
from inquiries.enums import UNSURE
from inquiries.inbox import ALL, OPEN, VIEWS, VIEWS_BY_CODE, View
from inquiries.models import Inquiry
from inquiries.querysets import InquiryQuerySet
from inquiries.services.assigning import OTHER_LANGUAGE
from treatments.titles import treatment_titles


class ViewFilter(SimpleListFilter):
    """The named views; without a choice the open inquiries, or all of them for whoever searches."""

    title = gettext_lazy("view")
    parameter_name = "view"
    template = "admin/inquiries/inquiry/view_filter.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ANN401, ARG002  # Django's signature
        """Return the views."""
        self.default = ALL.code if request.GET.get(SEARCH_VAR) else OPEN.code
        return [(view.code, str(view.label)) for view in VIEWS]

    def value(self) -> str:
        """Return the chosen view's code; an unknown one counts as none."""
        chosen = super().value()
        return chosen if chosen in VIEWS_BY_CODE else self.default

    @property
    def view(self) -> View:
        """The chosen view."""
        return VIEWS_BY_CODE[self.value()]

    def choices(self, changelist: ChangeList) -> Any:  # noqa: ANN401  # Django's signature
        """Yield the views as links that keep the other filters, with how many inquiries wait in each."""
        counts = {count.code: count for count in getattr(changelist, "counts", ())}
        for code, label in self.lookup_choices:
            link = changelist.get_query_string({self.parameter_name: code})
            yield {
                "selected": code == self.value(),
                "query_string": link,
                "display": label,
                "count": counts.get(code),
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Inquiry]) -> InquiryQuerySet:
        """Return the inquiries of the view."""
        rows = as_inquiries(queryset)
        return self.view.narrow(rows, person(request), timezone.now())


class LanguageFilter(SimpleListFilter):
    """The language that the patient wants to be answered in."""

    title = gettext_lazy("language")
    parameter_name = "language"
    template = "admin/inquiries/inquiry/menu_filter.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ANN401, ARG002  # Django's signature
        """Return the site's languages, and any other."""
        return [*settings.LANGUAGES, (OTHER_LANGUAGE, _("Another language"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Inquiry]) -> QuerySet[Inquiry]:  # noqa: ARG002  # Django's signature
        """Return the inquiries in the language."""
        return queryset.filter(preferred_language=self.value()) if self.value() else queryset


class TreatmentFilter(SimpleListFilter):
    """The treatment that the inquiry is about."""

    title = gettext_lazy("treatment")
    parameter_name = "treatment"
    template = "admin/inquiries/inquiry/menu_filter.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ANN401, ARG002  # Django's signature
        """Return the treatments by title, and the patients who do not know theirs yet."""
        return [*((str(pk), title) for pk, title in treatment_titles().items()), (UNSURE, _("I don't know yet"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Inquiry]) -> QuerySet[Inquiry]:  # noqa: ARG002  # Django's signature
        """Return the inquiries about the treatment."""
        chosen = self.value()
        if chosen == UNSURE:
            return queryset.filter(treatment__isnull=True)
        return queryset.filter(treatment=int(chosen)) if chosen and chosen.isdecimal() else queryset


FILTERS = (ViewFilter, LanguageFilter, TreatmentFilter)


def as_inquiries(queryset: QuerySet[Any] | None) -> InquiryQuerySet:
    """Return the queryset as what it is; Django's signature only knows its base class."""
    if not isinstance(queryset, InquiryQuerySet):
        raise TypeError
    return queryset
