"""Where public pages say that they were read: nothing of the visitor is kept, and nothing is answered."""

import re

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from inquiries.enums import FunnelStep
from inquiries.origin import Origin, network_digest, origin_verdict
from inquiries.services.measure import SAID_BY_PAGES, count_visit
from treatments.models import TreatmentPage

# Programs that say what they are; those that do not rarely run scripts.
ROBOTS = re.compile(r"bot|crawl|spider|slurp|preview|headless|lighthouse|scan|monitor|python|curl|wget", re.IGNORECASE)
# A ward's or an office's visitors share a network; no office reads so many pages.
PER_NETWORK = 120
WINDOW_SECONDS = 60


@csrf_exempt  # no cookie that it could ride on; the origin is asked instead
@require_POST
@never_cache
def visit(request: HttpRequest) -> HttpResponse:
    """Count that a page was read or its form opened, where that is believable; the answer is always the same."""
    said, treatment = request.POST.get("step", ""), request.POST.get("treatment", "")
    step = next((known for known in SAID_BY_PAGES if known.value == said), None)
    language = get_language() or ""
    if step and _is_welcome(request) and _is_page(step, language, treatment) and not _is_too_often(request):
        count_visit(step, language=language, treatment=treatment)
    return HttpResponse(status=204)


def _is_welcome(request: HttpRequest) -> bool:
    """Return whether a person's browser sent this from one of our pages, and the person does not object."""
    agent = request.headers.get("User-Agent", "")
    objects = request.headers.get("Sec-GPC") == "1" or request.headers.get("DNT") == "1"
    return bool(agent) and not ROBOTS.search(agent) and not objects and origin_verdict(request) is Origin.OK


def _is_page(step: FunnelStep, language: str, treatment: str) -> bool:
    """Return whether there is such a page: a treatment's, or the form's own, which is about none."""
    if not treatment.isprintable():
        # PostgreSQL takes no zero byte, not even to look for.
        return False
    if not treatment:
        return step == FunnelStep.FORM_OPENED
    return TreatmentPage.objects.published().filter(language=language, treatment__code=treatment).exists()


def _is_too_often(request: HttpRequest) -> bool:
    """Return whether one network says more than people read; its keyed digest is held in the cache for a minute."""
    key = f"visits:{network_digest(request)}"
    if cache.add(key, 1, WINDOW_SECONDS):
        return False
    try:
        return cache.incr(key) > PER_NETWORK
    except ValueError:
        return False
