"""docs/seed-coverage.md tells the truth: each link leads to an element that says what it promises."""

import re

import html5lib
import pytest
from django.conf import settings
from django.test import Client

from coordinators.demo import create_demo_team

pytestmark = pytest.mark.django_db

DOCUMENT = settings.BASE_DIR / "docs" / "seed-coverage.md"
ROW = re.compile(
    r"^\| (?P<row>[ZAMLR]\d+) \| [^|]+ \| \[[^\]]+\]\((?P<path>[^)#]+)(?:#(?P<anchor>[^)]+))?\) \| (?P<words>[^|]+) \|$"
)
NUMBER_OF_ROWS = {"Z": 17, "A": 21, "M": 13, "L": 17, "R": 8}
ROWS = [match.groupdict() for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if (match := ROW.match(line))]
# A heading or a label stands for the whole part that it names.
NAMES = ("title", "footer-contact")


def test_no_row_is_missing() -> None:
    wanted = {f"{letter}{number}" for letter, last in NUMBER_OF_ROWS.items() for number in range(1, last + 1)}
    assert [row["row"] for row in ROWS if row["row"] not in wanted] == []
    assert {row["row"] for row in ROWS} == wanted
    assert len(ROWS) == len(wanted)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["row"])
def test_link_leads_to_what_it_promises(client: Client, row: dict[str, str]) -> None:
    create_demo_team()
    response = client.get(row["path"])
    assert response.status_code == 200
    if response.headers["Content-Type"] == "application/pdf":
        return
    element = html5lib.parse(response.content, namespaceHTMLElements=False)
    if row["anchor"]:
        name = f".//*[@id='{row['anchor']}']"
        found = element.find(name + ("/.." if row["anchor"].endswith(NAMES) else ""))
        assert found is not None
        element = found
    html = html5lib.serialize(element, alphabetical_attributes=False)
    if row["words"] != "–":
        assert row["words"].lower() in re.sub(r"\s+", " ", html).lower()
