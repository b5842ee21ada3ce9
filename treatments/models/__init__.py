"""Tables of the treatments room."""

from treatments.models.clinic import Clinic, ClinicFact, Doctor, Testimonial
from treatments.models.glossary import GlossaryTerm
from treatments.models.page import Page, SitePage, TreatmentPage
from treatments.models.section import PageSection, Section, SharedSection, SitePageSection
from treatments.models.source import Source
from treatments.models.treatment import Treatment

__all__ = [
    "Clinic", "ClinicFact", "Doctor", "GlossaryTerm", "Page", "PageSection", "Section", "SharedSection", "SitePage",
    "SitePageSection", "Source", "Testimonial", "Treatment", "TreatmentPage",
]  # fmt: skip
