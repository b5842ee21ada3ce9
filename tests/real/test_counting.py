"""Counts under load: many at the same moment, on a day that has no row yet, on both databases; none is lost."""

from urllib.parse import urlencode

import pytest

from tests.real.rig import Site, together

INQUIRIES, READERS = 12, 48
BROWSER = {
    "Content-Type": "application/x-www-form-urlencoded",
    "Sec-Fetch-Site": "same-origin",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
}
READ = urlencode({"step": "PAGE_READ", "treatment": "facet-infiltration"})


@pytest.mark.parametrize("size", ["embedded", pytest.param("grown", marks=pytest.mark.grown)])
def test_no_count_is_lost_when_all_come_at_once(request: pytest.FixtureRequest, size: str) -> None:
    site: Site = request.getfixturevalue(size)
    site.rows.change("DELETE FROM inquiries_dailycount")
    works = [lambda: site.post_inquiry("de")] * INQUIRIES
    works += [lambda: site._request("POST", "/en/count/", READ, BROWSER)] * READERS
    answers = together(works)
    assert {answer.status for answer in answers} == {303, 204}
    counts = dict(site.rows.select("SELECT step, sum(number) FROM inquiries_dailycount GROUP BY step"))
    assert int(counts["SENT"]) == len(site.rows.inquiries()) == INQUIRIES
    assert int(counts["PAGE_READ"]) == READERS
    repeated = site.rows.select(
        "SELECT day FROM inquiries_dailycount GROUP BY day, step, language, treatment, detail HAVING count(*) > 1"
    )
    assert repeated == []
