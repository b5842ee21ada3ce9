"""The glossary of a language, ready to be found in running text."""

import re
from dataclasses import dataclass
from functools import cached_property

from treatments.models import GlossaryTerm, SitePage


@dataclass(frozen=True)
class Glossary:
    """Where the words of one language are explained, and in which forms they are met."""

    url: str
    keys: dict[str, str]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Every form as a whole word, the longest first, whatever its capitals."""
        longest_first = sorted(self.keys, key=lambda form: (-len(form), form))
        # A text's lines break anywhere, also between the words of a term.
        forms = "|".join(re.escape(form).replace(r"\ ", r"\s+") for form in longest_first)
        return re.compile(rf"(?<!\w)(?:{forms})(?!\w)", re.IGNORECASE)

    def key_of(self, words: str) -> str:
        """Return the term that `words` are a form of."""
        return self.keys[" ".join(words.casefold().split())]


def glossary_of(language: str) -> Glossary | None:
    """Return the glossary of `language`; None while there is no page or no word."""
    page = SitePage.objects.published().in_language(language).filter(key=SitePage.GLOSSARY).first()
    terms = GlossaryTerm.objects.filter(language=language).values_list("key", "forms")
    # Words stand in escaped HTML: a form with a sign that HTML escapes is looked for as it is written there.
    keys = {_as_written(form): key for key, forms in terms for form in forms if form.strip()}
    return Glossary(page.get_absolute_url(), keys) if page and keys else None


def _as_written(form: str) -> str:
    """Return a form as it stands in a page's HTML, without capitals."""
    return form.strip().replace("&", "&amp;").casefold()
