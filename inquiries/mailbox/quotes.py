"""Taking the history off a reply: what was quoted goes where that is sure; in doubt too much stays."""

import re

_QUOTED = re.compile(r"^\s*>")
_WROTE = re.compile(
    r"(wrote|writes|schrieb|schreef|ha scritto|napisa(o|la|o/la)?|je pisao|je pisala)\b[^:]{0,120}:\s*$", re.IGNORECASE
)
_OPENING = re.compile(r"^\s*(on|am|op|il|in data|dana|u|na)\b.*\d", re.IGNORECASE)
_SENTENCE = re.compile(r"[.!?]\s*$")
_ORIGINAL = re.compile(
    r"^\s*[-_]{2,}\s*(original message|ursprüngliche nachricht|originalnachricht|oorspronkelijk bericht"
    r"|messaggio originale|izvorna poruka|originalna poruka)\s*[-_]{2,}\s*$",
    re.IGNORECASE,
)
# The block of header lines that Outlook puts above what it quotes, in the languages of the site
_BLOCK_FROM = re.compile(r"^\s*\*?(from|von|van|da|od|šalje|pošiljatelj)\s*:\*?\s*\S", re.IGNORECASE)
_BLOCK_OTHER = re.compile(
    r"^\s*\*?(sent|date|to|cc|subject|gesendet|datum|an|betreff|verzonden|aan|onderwerp|inviato|data|a|oggetto"
    r"|poslano|prima|za|predmet)\s*:\*?",
    re.IGNORECASE,
)
_RULE = re.compile(r"^\s*[-_]{5,}\s*$")
_FORWARDED = re.compile(r"^\s*(fwd?|fw|wg|i|doorst|tr|prosl|proslijeđeno)\s*:", re.IGNORECASE)
_BLOCK_LINES = 6
_BLOCK_NEEDS = 2
_ATTRIBUTION_LINES = 2


def is_forwarded(subject: str) -> bool:
    """Return whether a subject says that somebody passes an e-mail on: then what it holds is the news."""
    return bool(_FORWARDED.match(subject))


def without_history(text: str) -> str:
    """Return what somebody wrote, without the e-mail that it answers; the whole text if nothing else would be left."""
    lines = text.splitlines()
    lines = _before_original(lines)
    lines = _without_last_quotation(lines)
    lines = _without_first_quotation(lines)
    return "\n".join(lines).strip() or text.strip()


def _before_original(lines: list[str]) -> list[str]:
    """Cut where a mail program has put the whole earlier e-mail below a line or block of its own."""
    for number, line in enumerate(lines):
        if _ORIGINAL.match(line) or _is_block(lines, number):
            before = lines[:number]
            while before and (not before[-1].strip() or _RULE.match(before[-1])):
                before.pop()
            return before if _says_something(before) else lines
    return lines


def _is_block(lines: list[str], number: int) -> bool:
    """Return whether a block of header lines begins here."""
    if not _BLOCK_FROM.match(lines[number]):
        return False
    following = [line for line in lines[number + 1 : number + 1 + _BLOCK_LINES] if line.strip()]
    return sum(bool(_BLOCK_OTHER.match(line)) for line in following) >= _BLOCK_NEEDS


def _without_last_quotation(lines: list[str]) -> list[str]:
    """Cut the quotation at the end and the line that introduces it; quotations between answers stay."""
    end = len(lines)
    while end and (not lines[end - 1].strip() or _QUOTED.match(lines[end - 1])):
        end -= 1
    if not any(_QUOTED.match(line) for line in lines[end:]):
        return lines
    before = lines[: _start_of_attribution(lines, end)]
    return before if _says_something(before) else lines


def _start_of_attribution(lines: list[str], end: int) -> int:
    """Return where "On 3 November Ana wrote:" begins, which may take several lines; `end` where there is none."""
    if not end or not _WROTE.search(lines[end - 1]):
        return end
    for start in range(end - 1, max(end - 1 - _ATTRIBUTION_LINES, -1), -1):
        if not lines[start].strip() or (start < end - 1 and _SENTENCE.search(lines[start])):
            break
        if _OPENING.match(lines[start]):
            return start
    return end - 1


def _without_first_quotation(lines: list[str]) -> list[str]:
    """Cut a quotation at the very beginning where the answer stands below it, and nothing else is quoted."""
    start = next((number for number, line in enumerate(lines) if line.strip()), 0)
    number = start
    while number < len(lines) and number <= start + _ATTRIBUTION_LINES and not _QUOTED.match(lines[number]):
        number += 1
    if number >= len(lines) or not _QUOTED.match(lines[number]):
        return lines
    end = number
    while end > start and not lines[end - 1].strip():
        end -= 1
    if end > start and _start_of_attribution(lines, end) != start:
        return lines
    while number < len(lines) and (not lines[number].strip() or _QUOTED.match(lines[number])):
        number += 1
    after = lines[number:]
    return after if _says_something(after) and not any(_QUOTED.match(line) for line in after) else lines


def _says_something(lines: list[str]) -> bool:
    """Return whether any line holds words that are not quoted."""
    return any(line.strip() and not _QUOTED.match(line) for line in lines)
