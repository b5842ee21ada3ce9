"""Many patients at the same moment: loads stay balanced, and the same inquiry stays one."""

import pytest

from tests.real.rig import EmbeddedSite, GrownSite, Site, together

PATIENTS = 200
# SQLite lets nobody wait for its one writer for longer than ten seconds; on a slow machine a patient is asked to press
# the button again, with everything still filled in. PostgreSQL never asks for that.
PRESSES = {"embedded": 10, "grown": 1}


def insist(site: Site, presses: int) -> int:
    """Send an inquiry, press again if the site asks for it, and return the last answer's status."""
    statuses = (site.post_inquiry(language="de").status for _ in range(presses))
    return next((status for status in statuses if status != 503), 503)


@pytest.mark.parametrize("size", ["embedded", pytest.param("grown", marks=pytest.mark.grown)])
def test_concurrent_inquiries_are_shared_out_evenly(request: pytest.FixtureRequest, size: str) -> None:
    site: EmbeddedSite | GrownSite = request.getfixturevalue(size)
    statuses = together([lambda: insist(site, PRESSES[size])] * PATIENTS, at_once=PATIENTS)
    assert set(statuses) == {303}
    shares = site.rows.select("SELECT coordinator_id, count(*) FROM inquiries_inquiry GROUP BY coordinator_id")
    counts = [count for _coordinator, count in shares]
    assert sum(counts) == PATIENTS
    assert len(counts) == 2
    assert max(counts) - min(counts) <= 1


@pytest.mark.parametrize("size", ["embedded", pytest.param("grown", marks=pytest.mark.grown)])
def test_same_inquiry_sent_eight_times_at_once_is_one(request: pytest.FixtureRequest, size: str) -> None:
    site: Site = request.getfixturevalue(size)
    same = {"name": "Double Click", "email": "double@example.com", "message": "only once"}
    answers = together([lambda: site.post_inquiry("hr", **same)] * 8)
    assert {answer.status for answer in answers} == {303}
    assert len({answer.location for answer in answers}) == 1
    assert len(site.rows.inquiries()) == 1
    assert len(site.rows.emails()) == 2
