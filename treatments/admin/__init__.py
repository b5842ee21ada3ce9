"""Content at the desk: treatments, pages, sources, the clinic; for editors."""

from treatments.admin import clinic, pages, shared, treatment

__all__ = ["clinic", "pages", "shared", "treatment"]
