"""What the project's own translations were made from: a digest for each section, kept beside the texts.

`treatments/content/translations/<language>.toml` has a table for each subject (a treatment's code, `shared`, or
`pages/<key>`) with the digest of the source section that each translated section was made from.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from treatments.content_files import CONTENT, SectionText, read_content_file, read_toml, text_digest
from treatments.outline import SAFETY_KEYS

FOLDER = "translations"
Record = dict[str, dict[str, str]]


@dataclass(frozen=True)
class StaleText:
    """A section of a content file whose source changed, or that was never written."""

    language: str
    subject: str
    key: str

    @property
    def is_safety(self) -> bool:
        """Whether a patient's safety hangs on the text."""
        return self.key in SAFETY_KEYS


def digest_of(section: SectionText) -> str:
    """Return what identifies a section's words."""
    return text_digest(section.heading, section.body)


def read_record(language: str, content: Path = CONTENT) -> Record:
    """Return what the texts of `language` were made from; empty where nothing is recorded."""
    path = content / FOLDER / f"{language}.toml"
    return read_toml(path) if path.is_file() else {}


def subjects(language: str, content: Path = CONTENT) -> dict[str, dict[str, SectionText]]:
    """Return the sections of every content file of `language`, by subject and key."""
    return {
        path.parent.relative_to(content).as_posix(): {
            section.key: section for section in read_content_file(path).sections
        }
        for path in sorted(content.rglob(f"{language}.md"))
    }


def stale_texts(language: str, source_language: str, content: Path = CONTENT) -> list[StaleText]:
    """Return which sections of the files of `language` are missing, or were made from other words."""
    record, written = read_record(language, content), subjects(language, content)
    return [
        StaleText(language, subject, key)
        for subject, sections in subjects(source_language, content).items()
        for key, section in sections.items()
        if key not in written.get(subject, {}) or record.get(subject, {}).get(key) != digest_of(section)
    ]


def write_record(language: str, source_language: str, content: Path = CONTENT) -> None:
    """Record that every section of `language` says what its source says now."""
    written = subjects(language, content)
    lines = []
    for subject, sections in subjects(source_language, content).items():
        lines.append(f"[{json.dumps(subject)}]")
        lines += [
            f'{key} = "{digest_of(section)}"' for key, section in sections.items() if key in written.get(subject, {})
        ]
        lines.append("")
    path = content / FOLDER / f"{language}.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines), encoding="utf-8")
