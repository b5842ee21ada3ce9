"""A coordinator's morning at the desk, worked through by keyboard, and a manager's look at it."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from inquiries.enums import EmailKind
from tests.browser import private_way as way
from tests.browser.watch import Watch
from tests.real.rig import EmbeddedSite

pytestmark = pytest.mark.browser

# Nobody else of the demo team speaks Croatian or Italian: these are all hers, in every order of arrival.
OWNER, COLLEAGUE, COVER = "Ana Primjer", "Jonas Beispiel", "Emma Example"
LANGUAGES = ("hr", "it")
# As it is called at a desk in Croatian
TEMPLATE = "Molimo pošaljite nalaz magnetske rezonancije"
ABSENT_DAYS = 7  # some of them are working days, whatever day it is
# A formula, if a spreadsheet took it for one
NAME = "=HYPERLINK(1)"
MESSAGE = "Kanarienvogel"
SATURDAY = 5


@pytest.fixture
def desk(running_embedded: EmbeddedSite) -> Iterator[EmbeddedSite]:
    """Give the site without inquiries; what the desk keeps besides them goes afterwards."""
    running_embedded.recover()
    yield running_embedded
    for table in ("coordinators_absence", "inquiries_export"):
        running_embedded.rows.change(f"DELETE FROM {table}")


def test_a_coordinators_morning(desk: EmbeddedSite, page: Page, watch: Watch) -> None:
    for language in LANGUAGES:
        assert [answer.status for answer in desk.post_inquiries(5, language=language)] == [303] * 5
    page.set_viewport_size({"width": 1280, "height": 900})
    sign_in(desk, page, named(desk, OWNER))
    follow(page.locator(".tools a[href$='/inquiry/']"))
    expect(page.locator("#result_list .unopened")).to_have_count(10)

    works = [answer_from_template] * 2 + [log_contact] * 4 + [hand_over, take_a_note, close, leave_as_it_is]
    for left, work in zip(range(10, 0, -1), works, strict=True):
        expect(page.locator("#result_list .unopened")).to_have_count(left)
        open_next(page)
        if work is leave_as_it_is:
            page.go_back()
        else:
            work(page)
            if work is not hand_over:  # what is not hers any more closes by itself
                follow(page.locator(".breadcrumbs a[href$='/inquiry/']"))
    expect(page.locator("#result_list")).to_be_visible()
    expect(page.locator("#result_list .unopened")).to_have_count(0)

    assert numbers(desk, "SELECT status, count(*) FROM inquiries_inquiry GROUP BY status") == {
        "WAITING": 3, "CONTACTED": 6, "CLOSED": 1,
    }  # fmt: skip
    assert numbers(desk, "SELECT kind, count(*) FROM inquiries_inquiryevent GROUP BY kind")["OPENED"] == 10
    for number in (1, 2):
        assert MESSAGE not in way.letter(desk, EmailKind.ANSWER_WAITING, number).text
    assert open_inquiries(desk) == {OWNER: 8, COLLEAGUE: 1}
    plan_absence(desk, page)
    assert open_inquiries(desk) == {COVER: 8, COLLEAGUE: 1}
    assert watch.complaints == []
    assert watch.hosts() == {urlsplit(desk.url).netloc}


def plan_absence(site: EmbeddedSite, page: Page) -> None:
    """Enter days off with a colleague who does not speak the languages; see what breaks; save; see who has what."""
    first = date.today() + timedelta(days=1)  # noqa: DTZ011  # any day will do
    page.goto(f"{site.url}/admin/coordinators/absence/add/")
    page.fill("input[name=starts_on]", first.isoformat())
    page.fill("input[name=ends_on]", (first + timedelta(days=ABSENT_DAYS)).isoformat())
    page.select_option("select[name=replacement]", label=COVER)
    follow(page.locator("input[name=_look]"))

    expect(page.locator("#foresight-title")).to_be_focused()
    expect(page.locator(".misfits li").first).to_contain_text(COVER)
    expect(page.locator(".open-inquiries > li")).to_have_count(8)
    assert site.rows.select("SELECT count(*) FROM coordinators_absence") == [(0,)], "it was only looked at"

    page.check("input[name=moves][value=replacement]")
    follow(page.locator("button[name=_confirm]"))
    expect(page.locator(".messagelist .success").first).to_be_visible()
    assert site.rows.select("SELECT count(*) FROM coordinators_absence") == [(1,)]


def test_a_managers_look(desk: EmbeddedSite, browser: Browser, page: Page, watch: Watch) -> None:
    for language in (*LANGUAGES, "de"):
        desk.post_inquiry(language, name=NAME, message=MESSAGE)
    [(late,)] = desk.rows.select("SELECT reference FROM inquiries_inquiry WHERE language = %s", ["it"])
    received, due = (f"{datetime.now(UTC) - timedelta(days=days):%Y-%m-%d %H:%M:%S}" for days in (3, 2))
    sql = "UPDATE inquiries_inquiry SET received_at = %s, reply_due_at = %s WHERE reference = %s"
    desk.rows.change(sql, [received, due, late])
    with way.desk(browser) as colleague:
        sign_in(desk, colleague, named(desk, OWNER))
        colleague.goto(f"{desk.url}/admin/inquiries/inquiry/?q={late}")
        colleague.locator("#result_list tbody th a").click()
        expect(colleague.locator("h1")).to_contain_text(late)

    # Who waits too long is said first, and one click leads there.
    sign_in(desk, page, manager(desk))
    expect(page.locator(".verdict-alarm .verdict-words")).to_be_in_viewport()
    expect(page.locator(".panels .chart, .panels svg").first).to_be_visible()
    page.locator("a.tile-alarm[href*='view=']").first.click()
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    expect(page.locator("#result_list tbody tr.late th")).to_have_text(late)

    see_who_could_answer(desk, page)
    export(page, desk)
    page.goto(f"{desk.url}/admin/inquiries/inquiryevent/")
    expect(page.locator(".record tbody tr").first).to_contain_text("Mia Demo")
    page.fill("input[name=reference]", late.lower())
    page.locator(".record-form button[type=submit]").click()
    lines = page.locator(".record tbody tr")
    expect(lines.last).to_contain_text(OWNER)
    assert MESSAGE not in page.content()
    assert set(lines.locator("a").all_inner_texts()) == {late}
    assert watch.complaints == []
    assert watch.hosts() == {urlsplit(desk.url).netloc}


def see_who_could_answer(site: EmbeddedSite, page: Page) -> None:
    """Look at a week of the team, and ask who would get a Dutch inquiry on a Saturday."""
    page.goto(f"{site.url}/admin/coordinators/absence/coverage/")
    expect(page.locator("table.week thead th")).to_have_count(8)
    expect(page.locator("table.week .week-language")).to_have_count(5)
    expect(page.locator("table.week")).to_contain_text(COLLEAGUE)
    page.locator("a[href$='/simulator/']").click()
    today = date.today()  # noqa: DTZ011  # only the weekday matters
    page.select_option("select[name=treatment]", "periradicular-therapy")
    page.select_option("#content-main select[name=language]", "nl")
    page.fill("input[name=day]", (today + timedelta(days=(SATURDAY - today.weekday()) % 7)).isoformat())
    page.fill("input[name=at]", "10:00")
    page.locator("form[method=get] button[type=submit]").click()
    expect(page.locator(".trace .chosen th")).to_contain_text("Sanne Voorbeeld")
    expect(page.locator(".explained")).to_contain_text("Sanne Voorbeeld")
    assert site.rows.select("SELECT count(*) FROM inquiries_inquiry") == [(3,)], "it was only asked"


def export(page: Page, site: EmbeddedSite) -> None:
    """Take the list out: without patients' own data, and with them only for a reason."""
    page.goto(f"{site.url}/admin/inquiries/inquiry/")
    page.locator("a[href*='/export/add/']").click()
    page.check("input[name=file_format][value=csv]")
    lines = downloaded(page)
    assert len(lines) == 1 + 3
    assert not [cell for line in lines for cell in line if MESSAGE in cell or NAME in cell]

    page.check("input[name=with_health_data]")
    page.locator("#content-main form button[type=submit]").click()
    expect(page.locator(".errorlist")).to_be_visible()
    page.fill("textarea[name=reason]", "Asked for by the doctor")
    lines = downloaded(page)
    assert sum(MESSAGE in cell for line in lines for cell in line) == 3
    assert {cell for line in lines for cell in line if NAME in cell} == {f"'{NAME}"}, "no formula"


def downloaded(page: Page) -> list[list[str]]:
    """Send the form of an export and return the lines of its file."""
    with page.expect_download() as download:
        page.locator("#content-main form button[type=submit]").click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


# The steps, by keyboard


def open_next(page: Page) -> None:
    """Go down the list to the first inquiry that nobody has opened, and open it."""
    focused = page.locator("#result_list tbody th a:focus")
    for _row in range(page.locator("#result_list tbody tr").count()):
        page.keyboard.press("j")
        if page.locator("#result_list tr.unopened th a:focus").count():
            break
    reference = focused.inner_text()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text(reference)


def answer_from_template(page: Page) -> None:
    """Put a template in place, read it in the patient's language, add a word, send it."""
    page.select_option("select[name=answer-template]", label=TEMPLATE)
    page.locator("button[name=answer-insert]").press("Enter")
    text = page.locator("textarea[name=answer-text]")
    expect(text).to_be_focused()
    reference = page.locator("h1").inner_text()
    assert reference in text.input_value()
    expect(page.locator(".previews .message").first).to_contain_text(OWNER)
    page.keyboard.press("Control+End")
    page.keyboard.type(f"\n{MESSAGE}")
    follow(page.locator("#answer button[type=submit]:not([name])"))
    is_done(page)
    expect(page.locator(".letters")).to_contain_text(MESSAGE)


def log_contact(page: Page) -> None:
    """Log that the patient was reached."""
    unfold(page, "contact").locator("[name=contact-result][value=SPOKE]").press("Space")
    send(page, "contact")


def hand_over(page: Page) -> None:
    """Give the inquiry to a colleague and say why."""
    form = unfold(page, "assign")
    colleague = form.locator("option", has_text=COLLEAGUE).get_attribute("value")
    form.locator("select").select_option(colleague)
    form.locator("[name=assign-reason]").fill("He knows the family")
    send(page, "assign")


def take_a_note(page: Page) -> None:
    """Write down what is for the desk only."""
    page.locator("[name=sheet-notes]").fill("Calls back on Monday")
    send(page, "sheet")


def close(page: Page) -> None:
    """Bring an inquiry to its end."""
    unfold(page, "close").locator("select").select_option("INFORMED")
    send(page, "close")


def leave_as_it_is(_page: Page) -> None:
    """Only read."""


def unfold(page: Page, step: str) -> Locator:
    """Open the form of a step."""
    form = page.locator(f"form[action*='/{step}/']")
    page.locator("details", has=form).locator("summary").press("Enter")
    expect(form).to_be_visible()
    return form


def send(page: Page, step: str) -> None:
    """Press the button of a step's form."""
    follow(page.locator(f"form[action*='/{step}/'] button[type=submit]"))
    is_done(page)


def follow(target: Locator) -> None:
    """Press Enter on a link or a button, and wait for the page that it leads to."""
    with target.page.expect_navigation():
        target.first.press("Enter")


def is_done(page: Page) -> None:
    """See that the desk says so."""
    expect(page.locator(".messagelist .success")).to_be_visible()


# Who, and what lies in the database


def sign_in(site: EmbeddedSite, page: Page, account: tuple[str, str]) -> None:
    """Sign in on the desk's first page."""
    email, password = account
    page.goto(f"{site.url}/admin/")
    page.fill("input[name=username]", email)
    page.fill("input[name=password]", password)
    follow(page.locator("#login-form [type=submit]"))
    expect(page.locator(".verdict-words")).to_be_visible()


def manager(site: EmbeddedSite) -> tuple[str, str]:
    """Return the manager's address and password."""
    return next((one.email, one.password) for one in site.sign_ins() if one.role == "manager")


def named(site: EmbeddedSite, name: str) -> tuple[str, str]:
    """Return the address and the password of somebody of the team."""
    [(email,)] = site.rows.select("SELECT email FROM coordinators_user WHERE name = %s", [name])
    return next((one.email, one.password) for one in site.sign_ins() if one.email == email)


def numbers(site: EmbeddedSite, sql: str) -> dict[str, int]:
    """Return numbers by what they count."""
    return dict(site.rows.select(sql))


def open_inquiries(site: EmbeddedSite) -> dict[str, int]:
    """Return how many open inquiries everybody has."""
    return numbers(
        site,
        "SELECT c.display_name, count(*) FROM inquiries_inquiry i JOIN coordinators_coordinator c "
        "ON c.id = i.coordinator_id WHERE i.status <> 'CLOSED' GROUP BY c.display_name",
    )
