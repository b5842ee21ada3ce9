"""The reply templates that come with the project, one file each."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

CONTENT = Path(__file__).parent / "content"


@dataclass(frozen=True)
class InitialTemplate:
    """One template as its file tells it: a name for the desk, the same in other languages, the words by language."""

    name: str
    names: dict[str, str]
    texts: dict[str, str]


def initial_templates() -> list[InitialTemplate]:
    """Return the templates in the order of their file names."""
    found = []
    for path in sorted(CONTENT.glob("*.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        texts = {language: text.strip() for language, text in data["texts"].items()}
        found.append(InitialTemplate(data["name"], data["names"], texts))
    return found
