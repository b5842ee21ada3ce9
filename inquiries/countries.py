"""Countries as patients type them: a code, or a name in any language of the site."""

import unicodedata
from functools import lru_cache

from django.conf import settings
from django.utils import translation
from django.utils.translation import get_language
from django_countries import countries

# Offered first while typing: where the clinic's patients usually come from. Any other country can be typed.
USUAL = ("HR", "DE", "AT", "NL", "BE", "CH", "SI", "IT", "BA", "GB", "IE", "FR", "HU", "RS", "ME", "US")


def country_choices() -> list[tuple[str, str]]:
    """Return (code, name) in the active language, the usual ones first."""
    return _choices_in(get_language() or settings.LANGUAGE_CODE)


@lru_cache(maxsize=32)
def _choices_in(language: str) -> list[tuple[str, str]]:
    """Return the choices in `language`; translating and sorting 250 names takes longer than the rest of the form."""
    with translation.override(language):
        names = {code: str(name) for code, name in countries}
    usual = [(code, names[code]) for code in USUAL]
    return usual + [(code, name) for code, name in names.items() if code not in USUAL]


def country_name(code: str) -> str:
    """Return a country's name in the active language."""
    return str(countries.name(code)) or code


def find_country(typed: str) -> str | None:
    """Return the ISO 3166-1 alpha-2 code of what was typed, or None."""
    code = typed.strip().upper()
    if code in countries.countries:
        return code
    return _codes_by_name().get(_fold(typed))


@lru_cache(maxsize=1)
def _codes_by_name() -> dict[str, str]:
    """Return codes by folded name, in every language of the site."""
    codes: dict[str, str] = {_fold(alias): code for code, aliases in _ALIASES.items() for alias in aliases.split(",")}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            codes.update({_fold(str(name)): code for code, name in countries})
    return codes


def _fold(name: str) -> str:
    """Return a name without accents, capitals and blanks at the ends."""
    decomposed = unicodedata.normalize("NFKD", name.strip().casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


# What people also write, capitals and accents aside; among it how the countries of many patients call themselves
_ALIASES = {
    "GB": "UK, U.K., England, Engleska, Engeland, Inghilterra, Great Britain, Großbritannien, Groot-Brittannië,"
          " Gran Bretagna, Velika Britanija, Scotland, Schottland, Škotska, Wales, Northern Ireland, Nordirland",
    "US": "USA, U.S.A., United States, The United States, America, Amerika, Vereinigte Staaten, Verenigde Staten,"
          " Stati Uniti, Sjedinjene Države, SAD",
    "HR": "Republic of Croatia, Republika Hrvatska", "IE": "Republic of Ireland, Éire", "DE": "BRD",
    "AT": "Österreich, Oesterreich", "CH": "Schweiz, Suisse", "NL": "Holland, Olanda, The Netherlands",
    "BA": "BiH, Bosna, Bosnia, Bosnien, Босна и Херцеговина", "RS": "Србија", "ME": "Црна Гора",
    "MK": "Mazedonien, Sjeverna Makedonija, Македонија", "XK": "Kosova", "AL": "Shqipëria",
    "CZ": "Czech Republic, Tschechien, Češka, Tsjechië, Česko, Česká republika", "SK": "Slovensko",
    "PL": "Polska", "HU": "Magyarország", "RO": "România", "BG": "България", "GR": "Ελλάδα", "ES": "España",
    "TR": "Türkei, Turkey", "SE": "Sverige", "NO": "Norge", "DK": "Danmark", "FI": "Suomi", "UA": "Україна, Украина",
    "RU": "Россия", "AE": "UAE, Dubai", "KR": "Korea", "VA": "Vatican",
}  # fmt: skip
