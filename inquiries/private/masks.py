"""Contact data shown so that their owner knows them again and nobody else learns them."""

DOTS = "•••"
_SHOWN_DIGITS = 4
_ENOUGH_DIGITS = 7


def mask_email(email: str) -> str:
    """Return an address with the first letters of its parts and its ending: `j•••@e•••.com`."""
    local, at, domain = email.rpartition("@")
    if not at:
        return DOTS if email else ""
    host, dot, ending = domain.rpartition(".")
    shown = f"{host[:1]}{DOTS}{dot}{ending}" if dot else f"{domain[:1]}{DOTS}"
    return f"{local[:1]}{DOTS}@{shown}"


def mask_phone(phone: str) -> str:
    """Return a number with its last four digits: `•••• 4567`; nothing of one that is too short to hide the rest."""
    digits = "".join(character for character in phone if character.isdecimal())
    if len(digits) < _ENOUGH_DIGITS:
        return DOTS if phone else ""
    return f"{DOTS}• {digits[-_SHOWN_DIGITS:]}"
