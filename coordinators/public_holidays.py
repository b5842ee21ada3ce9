"""Public holidays by country and region, from a library's tables; nothing is asked of the network."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache, partial

import holidays
from django_countries import countries


def holidays_of(country: str, region: str = "") -> Callable[[date], bool]:
    """Return what tells a country's public holidays; a country that is not known has none."""
    return partial(is_public_holiday, country, region)


def is_public_holiday(country: str, region: str, day: date) -> bool:
    """Return whether `day` is a public holiday there."""
    return day in _days(country, region, day.year)


def name_of(country: str, day: date, language: str) -> str:
    """Return what a country's public holiday is called, in `language` if the tables know it; empty for no holiday."""
    return _days(country, "", day.year, _spoken(country, language)).get(day, "")


def regions_of(country: str) -> tuple[str, ...]:
    """Return the codes of a country's regions that have holidays of their own."""
    return _regions().get(country, ())


@lru_cache(maxsize=1)
def known_countries() -> frozenset[str]:
    """Return the codes of the countries whose holidays are known."""
    return frozenset(_regions()) & {code for code, _name in countries}


@lru_cache(maxsize=1)
def region_names() -> dict[str, dict[str, str]]:
    """Return the names of the regions for each country that has any, as people there write them."""
    return {
        country: dict(sorted(_names(country, codes).items(), key=lambda item: item[1]))
        for country, codes in _regions().items()
        if codes and country in known_countries()
    }


@lru_cache(maxsize=1)
def _regions() -> dict[str, tuple[str, ...]]:
    """Return the region codes of every country."""
    return {code: tuple(found) for code, found in holidays.list_supported_countries(include_aliases=False).items()}


@lru_cache(maxsize=512)
def _days(country: str, region: str, year: int, language: str | None = None) -> dict[date, str]:
    """Return a year's public holidays and their names; a region that is not known has its country's."""
    regions = _regions()
    if country not in regions:
        return {}
    known = region if region in regions[country] else None
    return dict(holidays.country_holidays(country, subdiv=known, years=year, language=language))


@lru_cache(maxsize=128)
def _spoken(country: str, language: str) -> str | None:
    """Return the name by which a country's table knows a language; else that of the country's own."""
    if country not in _regions():
        return None
    table = holidays.country_holidays(country)
    offered = [code for code in table.supported_languages if code.split("_")[0] == language.split("-", maxsplit=1)[0]]
    return offered[0] if offered else table.default_language


def _names(country: str, codes: tuple[str, ...]) -> dict[str, str]:
    """Return the regions' names by code; a region without a name is called by its code."""
    names = {code: code for code in codes}
    for name, code in reversed(getattr(holidays.country_holidays(country), "subdivisions_aliases", {}).items()):
        if code in names:
            names[code] = name
    return names
