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
from coordinators.models import Coordinator
from inquiries.enums import UNSURE
from inquiries.inbox import ALL, COORDINATOR, NOBODY, OPEN, VIEWS, VIEWS_BY_CODE, View
from inquiries.models import Inquiry
from inquiries.querysets import InquiryQuerySet
from inquiries.readable import treatment_title
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
        chosen = self.value()
        return queryset.filter(preferred_language=chosen) if chosen in dict(self.lookup_choices) else queryset


class TreatmentFilter(SimpleListFilter):
    """The treatment that the inquiry is about."""

    title = gettext_lazy("treatment")
    parameter_name = "treatment"
    template = "admin/inquiries/inquiry/menu_filter.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ANN401, ARG002  # Django's signature
        """Return the treatments by title, and the patients who do not know theirs yet."""
        return [*((str(pk), title) for pk, title in treatment_titles().items()), (UNSURE, treatment_title(None))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Inquiry]) -> QuerySet[Inquiry]:  # noqa: ARG002  # Django's signature
        """Return the inquiries about the treatment."""
        chosen = self.value()
        if chosen == UNSURE:
            return queryset.filter(treatment__isnull=True)
        # Only what is offered: the database would answer any other number of an address with 500.
        return queryset.filter(treatment=int(chosen)) if chosen in dict(self.lookup_choices) else queryset


class CoordinatorFilter(SimpleListFilter):
    """Whose inquiries: one coordinator's, or those that nobody has; for managers, who alone see everybody's."""

    title = gettext_lazy("coordinator")
    parameter_name = COORDINATOR
    template = "admin/inquiries/inquiry/menu_filter.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ANN401, ARG002  # Django's signature
        """Return everybody who has ever answered, for managers."""
        if not person(request).is_manager:
            return []
        team = Coordinator.objects.order_by("display_name", "pk").values_list("pk", "display_name")
        return [*((str(pk), name) for pk, name in team), (NOBODY, _("nobody"))]

    def value(self) -> str | None:
        """Return the chosen coordinator's number; an unknown one counts as none."""
        chosen = super().value()
        return chosen if chosen in dict(self.lookup_choices) else None

    def queryset(self, request: HttpRequest, queryset: QuerySet[Inquiry]) -> QuerySet[Inquiry]:  # noqa: ARG002  # Django's signature
        """Return the inquiries of the coordinator."""
        chosen = self.value()
        if chosen == NOBODY:
            return as_inquiries(queryset).unowned()
        return queryset.filter(coordinator=int(chosen)) if chosen else queryset


FILTERS = (ViewFilter, LanguageFilter, TreatmentFilter, CoordinatorFilter)


def as_inquiries(queryset: QuerySet[Any] | None) -> InquiryQuerySet:
    """Return the queryset as what it is; Django's signature only knows its base class."""
    if not isinstance(queryset, InquiryQuerySet):
        raise TypeError
    return queryset
