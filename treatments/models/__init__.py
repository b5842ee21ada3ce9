"""Tables of the treatments room."""

from treatments.models.clinic import Clinic
from treatments.models.page import Page, SitePage, TreatmentPage
from treatments.models.section import PageSection, Section, SharedSection, SitePageSection
from treatments.models.source import Source
from treatments.models.treatment import Treatment

__all__ = [
    "Clinic", "Page", "PageSection", "Section", "SharedSection", "SitePage", "SitePageSection", "Source",
    "Treatment", "TreatmentPage",
]  # fmt: skip
