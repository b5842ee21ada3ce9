"""Time zones that people know: places by their names of today, none by the names they once had."""

from functools import lru_cache
from pathlib import Path
from zoneinfo import TZPATH, available_timezones

# Where a place's name begins; what begins otherwise (US/Eastern, Etc/GMT+1, posix/…) is an alias or no place.
_PARTS_OF_THE_WORLD = frozenset(
    {"Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
)


@lru_cache(maxsize=1)
def canonical_zones() -> frozenset[str]:
    """Return the zones that the time zone database lists by country; without its list, every zone of a place."""
    known = available_timezones()
    tables = (Path(folder) / "zone.tab" for folder in TZPATH)
    listed = next((_listed(table) for table in tables if table.is_file()), known)
    return frozenset(name for name in listed & known if name.split("/")[0] in _PARTS_OF_THE_WORLD)


def _listed(table: Path) -> set[str]:
    """Return the zones of the database's table: country, coordinates, zone, comment."""
    lines = table.read_text(encoding="utf-8").splitlines()
    return {line.split("\t")[2] for line in lines if line.strip() and not line.startswith("#")}
