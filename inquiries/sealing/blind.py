"""Keyed digests: finding and comparing sealed values without opening them."""

import hashlib
import hmac
import re
import unicodedata

from inquiries.sealing.keys import derive

_NOT_DIGITS = re.compile(r"\D")
_WORDS = re.compile(r"\w+")
_APOSTROPHES = re.compile("['`\N{RIGHT SINGLE QUOTATION MARK}\N{ACUTE ACCENT}]")
_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "æ": "ae", "œ": "oe"})


def keyed_digest(purpose: str, *parts: str) -> str:
    """Return a digest of `parts` under a key of its own for `purpose`; 64 hexadecimal characters."""
    # Each part is preceded by its length, so that no two lists of parts read the same.
    message = b"".join(f"{len(part.encode())}:".encode() + part.encode() for part in parts)
    return hmac.new(derive(purpose), message, hashlib.sha256).hexdigest()


def blind_index(*, name: str, email: str, phone: str) -> set[str]:
    """Return the digests under which a person can be found: each word of the name, the address, the number."""
    digests = {keyed_digest("search-name", word) for word in name_words(name) | _other_spellings(name)}
    if email:
        digests.add(keyed_digest("search-email", normal_email(email)))
    if digits := normal_phone(phone):
        digests.add(keyed_digest("search-phone", digits))
    return digests


def contact_digest(*, email: str, phone: str) -> str:
    """Return the digest by which one person is known: of the address, without one of the number, or an empty text."""
    if email:
        return keyed_digest("search-email", normal_email(email))
    digits = normal_phone(phone)
    return keyed_digest("search-phone", digits) if digits else ""


# Nobody has more names; each word is one more question to the database
WORDS_AT_MOST = 8


def _other_spellings(name: str) -> set[str]:
    """Return the words as people type them who have no such letters: `Mueller` for Müller, `dangelo` for D'Angelo."""
    spelt_out = name.casefold().translate(_SPELT_OUT)
    return name_words(spelt_out) | name_words(_APOSTROPHES.sub("", spelt_out))


def search_digests(term: str) -> list[set[str]]:
    """Return, for each word of a search, the digests of everything that it may mean; all words must be found."""
    if "@" in term:
        return [{keyed_digest("search-email", normal_email(term))}]
    if normal_phone(term) and not any(character.isalpha() for character in term):
        return [{keyed_digest("search-phone", normal_phone(term))}]
    return [{keyed_digest("search-name", word)} for word in sorted(name_words(term))[:WORDS_AT_MOST]]


def normal_email(email: str) -> str:
    """Return an address as it is compared: without blanks at the ends, letters folded."""
    return unicodedata.normalize("NFC", email).strip().casefold()


def normal_phone(phone: str) -> str:
    """Return the last nine digits of a number: the same with and without a country's prefix."""
    return _NOT_DIGITS.sub("", phone)[-9:]


def name_words(name: str) -> set[str]:
    """Return the words of a name, letters folded and accents dropped, so that `Djokovic` finds `Đoković`."""
    folded = unicodedata.normalize("NFKD", name.casefold().replace("đ", "dj"))
    plain = "".join(character for character in folded if not unicodedata.combining(character))
    return set(_WORDS.findall(plain))
