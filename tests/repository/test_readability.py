"""Every page can be read by a child of nine to eleven (FACTS.md §8)."""

from pathlib import Path

import pytest

from tests.pages import LANGUAGES
from treatments.content_files import CONTENT, read_content_file
from treatments.readability import readability

# No sentence longer than this, as the NHS asks of its pages.
LONGEST_SENTENCE = 20
MEAN_SENTENCE = 12
# LIX below 30 is a children's book, below 40 a popular magazine. Languages that write words as one, or decline them
# with endings, have longer words for the same thing.
HIGHEST_LIX = {"en": 30, "nl": 36, "de": 38, "it": 40, "hr": 42}
PAGES = sorted(CONTENT.rglob("en.md"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("source", PAGES, ids=lambda path: path.parent.name)
def test_page_is_easy_to_read(source: Path, language: str) -> None:
    file = read_content_file(source.parent / f"{language}.md")
    figures = readability("\n\n".join(section.body for section in file.sections))
    assert figures.longest <= LONGEST_SENTENCE
    assert figures.mean_length <= MEAN_SENTENCE
    assert figures.lix <= HIGHEST_LIX[language]


def test_hard_text_is_told_from_easy_text() -> None:
    easy = readability("We clean your skin. It feels cold. Then you rest.")
    hard = readability(
        "Notwithstanding comprehensive multidisciplinary conservative rehabilitation, radiofrequency neurotomy may "
        "occasionally constitute an appropriate interventional alternative for carefully selected individuals."
    )
    assert easy.lix < 20
    assert hard.lix > 60
    assert hard.longest == 18
