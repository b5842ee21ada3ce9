"""Content at the desk: treatments, pages, sources, the clinic; for editors."""

from treatments.admin import clinic, glossary, pages, shared, treatment

__all__ = ["clinic", "glossary", "pages", "shared", "treatment"]
