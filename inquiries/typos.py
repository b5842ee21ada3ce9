"""Slips in e-mail addresses: "did you mean gmail.com?" A suggestion, never a block, never about what stands before @.

A wrong suggestion sends somebody's mail to a stranger, so short and local names are only compared by what fingers do
(two letters swapped, a letter doubled); only the few providers that half the world uses are compared more freely.
"""

from collections.abc import Iterator

from django_countries.data import COUNTRIES

# Most used first: where two are as near, the first is suggested.
_WORLD = (
    "gmail.com", "hotmail.com", "outlook.com", "yahoo.com", "icloud.com", "googlemail.com", "t-online.de",
    "outlook.de", "hotmail.de", "yahoo.de", "hotmail.it", "outlook.it", "yahoo.it", "hotmail.nl", "outlook.nl",
    "hotmail.fr", "yahoo.fr", "yahoo.co.uk", "hotmail.co.uk", "protonmail.com",
)  # fmt: skip
_LOCAL = (
    # Germany, Austria, Switzerland
    "gmx.de", "web.de", "gmx.net", "gmx.at", "gmx.ch", "freenet.de", "arcor.de", "posteo.de", "mailbox.org", "aon.at",
    "chello.at", "a1.net", "inode.at", "liwest.at", "bluewin.ch", "hispeed.ch", "sunrise.ch",
    # Croatia and its neighbours
    "net.hr", "inet.hr", "t-com.hr", "vip.hr", "bnet.hr", "iskon.hr", "optinet.hr", "globalnet.hr", "siol.net",
    "amis.net", "t-2.net",
    # The Netherlands and Belgium
    "ziggo.nl", "kpnmail.nl", "kpnplanet.nl", "planet.nl", "hetnet.nl", "home.nl", "upcmail.nl", "casema.nl",
    "quicknet.nl", "xs4all.nl", "chello.nl", "telfort.nl", "telenet.be", "skynet.be",
    # Italy
    "libero.it", "virgilio.it", "alice.it", "tiscali.it", "tin.it", "fastwebnet.it", "inwind.it",
)  # fmt: skip
# They look like a slip of one above, and are none.
_NEIGHBOURS = frozenset({
    "aol.com", "aol.de", "aol.it", "att.net", "btinternet.com", "comcast.net", "email.com", "email.de", "email.it",
    "fastmail.com", "fastmail.fm", "gmx.com", "gmx.eu", "gmx.fr", "gmx.info", "gmx.li", "gmx.org", "gmx.us",
    "hey.com", "hotmail.at", "hotmail.be", "hotmail.ch", "hotmail.es", "hotmail.se", "hotmail.hr", "hushmail.com",
    "laposte.net", "live.at", "live.be", "live.co.uk", "live.com", "live.de", "live.fr", "live.it", "live.nl",
    "mac.com", "mail.com", "mail.de", "mail.ru", "me.com", "msn.com", "orange.fr", "outlook.at", "outlook.be",
    "outlook.co.uk", "outlook.es", "outlook.fr", "pm.me", "proton.me", "protonmail.ch", "rocketmail.com", "tim.it",
    "tutanota.com", "tutanota.de", "yahoo.at", "yahoo.es", "yahoo.gr", "yahoo.ie", "yahoo.se", "ymail.com",
})  # fmt: skip
_PROVIDERS = (*_WORLD, *_LOCAL)
_KNOWN = frozenset(_PROVIDERS) | _NEIGHBOURS

# These live under one ending only, whatever country a person adds.
_ONLY_COM = frozenset({"gmail", "googlemail", "icloud"})
# Endings that are no top-level domain; what a keyboard makes of .com and .net.
_ENDING_SLIPS = {
    **dict.fromkeys(
        ("ccom", "cim", "ckm", "clm", "cmo", "cok", "com.com", "comm", "con", "conm", "coom", "copm", "cpm", "ocm",
         "vom", "xom"), "com",
    ),
    **dict.fromkeys(("ent", "met", "ner", "nett", "ney", "nte"), "net"),
}  # fmt: skip
# Top-level domains of countries that are also what is left of .com
_COM_CUT_SHORT = frozenset({"co", "cm", "om"})
_COUNTRY_ENDINGS = frozenset(code.lower() for code in COUNTRIES) | {"eu", "uk", "su"}
# From this length on, a name has so few real neighbours that another letter is more likely a slip
_LONG = 7


def suggest(email: str) -> str | None:
    """Return the address that `email` probably means, or None when nothing looks like a slip."""
    local, at, domain = email.strip().rpartition("@")
    typed = domain.lower()
    if not local or not at or typed in _KNOWN:
        return None
    bare = typed.removeprefix("www.")
    meant = bare if bare in _KNOWN else _provider(bare) or _mended_ending(typed)
    return f"{local}@{meant}" if meant else None


def _provider(typed: str) -> str | None:
    """Return the provider whose domain `typed` is a slip of, the nearest first."""
    candidates = sorted(_candidates(typed))
    return _PROVIDERS[candidates[0][1]] if candidates else None


def _candidates(typed: str) -> Iterator[tuple[int, int]]:
    """Yield (distance, place in the list) of every provider that `typed` may mean."""
    name, _dot, ending = typed.partition(".")
    for place, provider in enumerate(_PROVIDERS):
        known_name, _dot, known_ending = provider.partition(".")
        in_world = provider in _WORLD
        far = _distance(name, known_name)
        if far and not (_is_slip_in_world(name, known_name, far) if in_world else _is_slip(name, known_name, far)):
            continue
        ending_is_meant = ending == known_ending or _ending_means(ending, known_ending, name, in_world=in_world)
        if ending_is_meant:
            yield far + _distance(ending, known_ending), place


def _is_slip_in_world(name: str, known: str, far: int) -> bool:
    """Return whether `name` is near enough to a provider that half the world uses."""
    same_letters = sorted(name) == sorted(known)
    if far == 1 and same_letters:
        return True
    return name[:1] == known[0] and far <= (2 if same_letters or len(known) >= _LONG else 1)


def _is_slip(name: str, known: str, far: int) -> bool:
    """Return whether `name` is what fingers make of a smaller provider's name."""
    if name[:1] != known[0]:
        return False
    swapped = far == 1 and sorted(name) == sorted(known)
    return swapped or _squeezed(name) == _squeezed(known) or (far == 1 and len(known) >= _LONG)


def _ending_means(ending: str, known: str, name: str, *, in_world: bool) -> bool:
    """Return whether another ending than the provider's is a slip, and not simply another place."""
    if known == "com" and (name in _ONLY_COM or (in_world and ending in _COM_CUT_SHORT)):
        return True
    if ending in _ENDING_SLIPS:
        return _ENDING_SLIPS[ending] == known
    if ending in _COUNTRY_ENDINGS:
        return False
    # No country has this ending: `web.ed`, `gmx.dr`. Longer ones may well exist.
    near = _distance(ending, known) == 1
    return near and (len(ending) <= len(known) or (in_world and known == "com"))


def _mended_ending(typed: str) -> str | None:
    """Return any domain with an ending that exists nowhere, with the one that was meant."""
    name, _dot, ending = typed.rpartition(".")
    return f"{name}.{_ENDING_SLIPS[ending]}" if name and ending in _ENDING_SLIPS else None


def _squeezed(name: str) -> str:
    """Return the name with every run of one letter as a single letter."""
    return "".join(letter for place, letter in enumerate(name) if place == 0 or letter != name[place - 1])


def _distance(one: str, other: str) -> int:
    """Return how many letters were added, left out, changed or swapped with their neighbour (Damerau-Levenshtein)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        older, before, row = before, row, [i]
        for j, wanted in enumerate(other, start=1):
            row.append(min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted)))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                row[j] = min(row[j], older[j - 2] + 1)
    return row[-1]
