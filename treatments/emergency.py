"""Whom to call in an emergency, country by country.

Numbers stand here and not in content or catalogues, so that they can never be stale or lost in a translation. Nothing
is asked and nothing is stored: a country's numbers are looked up, the same for whatever a patient has.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django_countries import countries

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# The number of the whole European Union, and the one that mobile phones pass on in most other countries.
EVERYWHERE = "112"

# By ISO 3166-1 code: the numbers that bring an ambulance, the one that people there dial first at the beginning.
_AMBULANCE: dict[str, tuple[str, ...]] = {
    # European Union
    "AT": ("144", "112"), "BE": ("112",), "BG": ("112",), "CY": ("112", "199"), "CZ": ("112", "155"), "DE": ("112",),
    "DK": ("112",), "EE": ("112",), "ES": ("112",), "FI": ("112",), "FR": ("112", "15"), "GR": ("112", "166"),
    "HR": ("112", "194"), "HU": ("112", "104"), "IE": ("112", "999"), "IT": ("112", "118"), "LT": ("112",),
    "LU": ("112",), "LV": ("112", "113"), "MT": ("112",), "NL": ("112",), "PL": ("112", "999"), "PT": ("112",),
    "RO": ("112",), "SE": ("112",), "SI": ("112",), "SK": ("112", "155"),
    # The rest of Europe and its neighbours
    "AD": ("112",), "AL": ("127", "112"), "AM": ("103",), "AZ": ("103", "112"), "BA": ("124",), "BY": ("103",),
    "CH": ("144", "112"), "FO": ("112",), "GB": ("999", "112"), "GE": ("112",), "GG": ("999", "112"), "GI": ("112",),
    "GL": ("112",), "IM": ("999",), "IS": ("112",), "JE": ("999", "112"), "LI": ("144", "112"), "MC": ("112",),
    "MD": ("112",), "ME": ("124", "112"), "MK": ("194", "112"), "NO": ("113", "112"), "RS": ("194",),
    "RU": ("103", "112"), "SM": ("118",), "TR": ("112",), "UA": ("103", "112"), "VA": ("118", "112"),
    "XK": ("194", "112"),
    # The Americas
    "AR": ("107", "911"), "BR": ("192",), "CA": ("911",), "CL": ("131",), "CO": ("123",), "MX": ("911",),
    "US": ("911",),
    # Asia and Oceania
    "AE": ("998", "999"), "AU": ("000", "112"), "BH": ("999",), "CN": ("120",), "HK": ("999",), "IL": ("101",),
    "IN": ("112", "108"), "JO": ("911",), "JP": ("119",), "KR": ("119",), "KW": ("112",), "KZ": ("103", "112"),
    "LB": ("140",), "MY": ("999",), "NZ": ("111",), "OM": ("9999",), "PH": ("911",), "QA": ("999",), "SA": ("997",),
    "SG": ("995",), "TH": ("1669",), "TW": ("119",), "VN": ("115",),
    # Africa
    "EG": ("123",), "KE": ("999", "112"), "TN": ("190",), "ZA": ("10177", "112"),
}  # fmt: skip

# Doctors for what cannot wait until the practice opens; only numbers that serve the whole country.
_OUT_OF_HOURS: dict[str, str] = {
    "AT": "1450", "BE": "1733", "DE": "116 117", "GB": "111", "NO": "116 117", "SE": "1177",
}  # fmt: skip
# But for these, which serve the greater part
_OUT_OF_HOURS_PLACES: "dict[str, StrOrPromise]" = {"GB": _("England, Scotland and Wales")}
# Where each town has a number of its own: the service's name, as people there know it, and its language.
_OUT_OF_HOURS_SERVICES: dict[str, tuple[str, str]] = {"NL": ("huisartsenpost", "nl")}

# Names of countries that ISO 3166-1 does not list
_OTHER_NAMES: "dict[str, StrOrPromise]" = {"XK": _("Kosovo")}


@dataclass(frozen=True)
class Number:
    """A number as people write it, and as a phone dials it."""

    written: str

    @property
    def dialled(self) -> str:
        """The number without blanks."""
        return self.written.replace(" ", "")


@dataclass(frozen=True)
class CountryNumbers:
    """Whom to call in one country: the numbers that bring an ambulance, the usual one first."""

    code: str
    country: str
    ambulance: tuple[Number, ...]

    @property
    def differs(self) -> bool:
        """Whether people there dial another number than 112 first."""
        return self.ambulance[0].written != EVERYWHERE


@dataclass(frozen=True)
class OutOfHours:
    """Whom to call in one country when practices are closed: a number, or a service with a number in each town."""

    code: str
    country: str
    number: Number | None
    service: str = ""
    language: str = ""


def numbers_of(codes: Iterable[str]) -> list[CountryNumbers]:
    """Return the emergency numbers of the countries in `codes`, in that order; unknown countries are left out."""
    known = (code for code in dict.fromkeys(codes) if code in _AMBULANCE)
    return [CountryNumbers(code, _name(code), tuple(map(Number, _AMBULANCE[code]))) for code in known]


def numbers_in(code: str) -> CountryNumbers:
    """Return the emergency numbers of one country; 112, without a country's name, where none are known."""
    found = numbers_of([code])
    return found[0] if found else CountryNumbers("", "", (Number(EVERYWHERE),))


def out_of_hours_of(codes: Iterable[str]) -> list[OutOfHours]:
    """Return who helps outside office hours in the countries in `codes`, in that order, where that is known."""
    found = []
    for code in dict.fromkeys(codes):
        if code in _OUT_OF_HOURS:
            place = str(_OUT_OF_HOURS_PLACES.get(code, "")) or _name(code)
            found.append(OutOfHours(code, place, Number(_OUT_OF_HOURS[code])))
        elif code in _OUT_OF_HOURS_SERVICES:
            service, language = _OUT_OF_HOURS_SERVICES[code]
            found.append(OutOfHours(code, _name(code), None, service, language))
    return found


def known_countries() -> list[str]:
    """Return the codes of all countries whose emergency numbers are known."""
    return list(_AMBULANCE)


def _name(code: str) -> str:
    """Return a country's name in the active language."""
    return str(countries.name(code) or _OTHER_NAMES.get(code, code))
