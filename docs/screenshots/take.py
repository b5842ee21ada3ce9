"""Takes the screenshots of this folder from a running site.

    python docs/screenshots/take.py http://127.0.0.1:8000 [--user EMAIL --password PASSWORD] [--only WORD ...]

It starts no site and needs a demo site on this machine that keeps its mail, for it sends inquiries and reads what
patients get. Without a manager's sign-in the desk and the private pages are left out; without `pdftoppm` the printed
pages are. The picture "desk-changes" needs a source that somebody has changed, and the first page of the desk shows
whatever the site has counted.
A picture is named after page, width, theme and language. Those whose name starts with "rtl-" come from elsewhere:
tests/browser/test_right_to_left.py looks at the same pages.
"""

import argparse
import shutil
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, NamedTuple

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from story import FORM, INBOX, MONDAY, SATURDAY, Story, coming, insert_template, open_page, send

HERE = Path(__file__).resolve().parent
QUIET = ("--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync")
PHONE, DESKTOP = 390, 1280
PRINT_DPI = "72"
COLOURS = 256

HOME, LIST = "/en/", "/en/treatments/"
FACET, PERIRADICULAR, INJECTIONS = (
    f"/en/treatments/{slug}/" for slug in ("facet-joint-injection", "periradicular-therapy", "back-injections")
)
SEARCH, TRANSLATIONS, TEAM = (
    "/en/search/",
    "/admin/treatments/sharedsection/translations/",
    "/admin/coordinators/absence/",
)
# Pages of an inquiry, found by what its patient and its coordinator get
PRIVATE, LETTER, INQUIRY = "private:", "letter:", "inquiry:"


def _leave_as_is(_page: Page) -> None:
    """Show the page as it opens."""


def _open_questions(page: Page) -> None:
    """Open the first of the questions that people ask."""
    page.locator(".questions summary").first.click()


def _send_empty(page: Page) -> None:
    """Send the form without a word, to see what it says."""
    page.locator(".form-sheet form").evaluate("form => { form.noValidate = true; }")
    page.locator(".form-sheet [type=submit]").click()
    page.locator(".error-summary").wait_for()


def _mark_body(page: Page) -> None:
    """Mark where it hurts."""
    for region in ("lower-back-left", "neck"):
        page.check(f"input[name=q-where][value={region}]", force=True)


def _ask_for_saturday(page: Page) -> None:
    """Ask who would get a Dutch inquiry on a Saturday."""
    page.select_option("select[name=treatment]", "periradicular-therapy")
    page.select_option("#content-main select[name=language]", "nl")
    page.fill("input[name=day]", coming(SATURDAY).isoformat())
    page.fill("input[name=at]", "10:00")
    page.locator("form[method=get] [type=submit]").click()
    page.locator(".trace .chosen").wait_for()


def _plan_absence(page: Page) -> None:
    """Enter some days off, with a colleague who does not speak the languages, and see what they change."""
    page.select_option("select[name=coordinator]", label="Ana Primjer")
    page.fill("input[name=starts_on]", coming(MONDAY).isoformat())
    page.fill("input[name=ends_on]", (coming(MONDAY) + timedelta(days=1)).isoformat())
    page.select_option("select[name=replacement]", label="Emma Example")
    page.locator("[name=_look]").click()
    page.locator(".foresight").wait_for()


def _put_template_in_place(page: Page) -> None:
    """Answer from a template."""
    insert_template(page, 1)


def _first_changes(page: Page) -> None:
    """Follow the first link to a stale section, if there is one."""
    stale = page.locator("td.is-stale a")
    if stale.count():
        stale.first.click()


class Shot(NamedTuple):
    """One picture: which page, in which language and dress, and where on the page."""

    name: str
    page: str  # the address of the English page; the other languages are found through its links
    language: str = "en"
    width: int = DESKTOP
    height: int = 900
    theme: Literal["light", "dark"] = "light"
    at: str = ""  # what to scroll to
    before: Callable[[Page], None] = _leave_as_is
    file: str = ""  # a name of its own, where something links to it

    @property
    def file_name(self) -> str:
        """Return the name that says what is to be seen."""
        dark = "-dark" if self.theme == "dark" else ""
        return self.file or f"{self.name}-{self.width}{dark}-{self.language}.png"

    @property
    def is_desk(self) -> bool:
        """Tell whether one has to be signed in."""
        return self.page.startswith(("/admin/", INQUIRY))

    @property
    def needs_story(self) -> bool:
        """Tell whether somebody must have sent an inquiry."""
        return self.is_desk or self.page.startswith((PRIVATE, LETTER))


class Sheet(NamedTuple):
    """One page of what comes out of the printer."""

    name: str
    page: str
    language: str
    number: int

    @property
    def file_name(self) -> str:
        """Return the name that says what is to be seen."""
        return f"{self.name}-print-{self.number}-{self.language}.png"


SHOTS = (
    Shot("treatment", FACET, file="treatment-desktop.png"),
    Shot("treatment", FACET, width=PHONE, height=844, file="treatment-phone.png"),
    Shot("home", HOME, "de"),
    Shot("home", HOME, "hr", width=PHONE, height=1200),
    Shot("home", HOME, "it", theme="dark"),
    Shot("list", LIST, "nl", width=PHONE, height=1000, theme="dark"),
    Shot("treatment-drawing", PERIRADICULAR, "de", height=1000, at=".chapter .illustration"),
    Shot("treatment-drawing", FACET, "hr", width=PHONE, height=844, at=".chapter .illustration"),
    Shot("treatment-drawing", FACET, "nl", height=1000, theme="dark", at=".illustration-procedure"),
    Shot("treatment-questions", FACET, "nl", width=PHONE, height=844, at="#faq", before=_open_questions),
    Shot("treatment-safety", FACET, "it", height=1000, at="#safety"),
    Shot("treatment-safety", FACET, "de", width=PHONE, height=1000, theme="dark", at="#safety"),
    Shot("treatment-form", INJECTIONS, "de", height=1000, at="#inquiry"),
    Shot("compare", "/en/compare/", height=1000),
    Shot("compare", "/en/compare/", "hr", width=PHONE, height=1000, at=".cards"),
    Shot("imaging", "/en/x-ray-ct-mri-ultrasound/", "de", height=1000, at=".cards"),
    Shot("guide", "/en/injections-what-they-can-do/", "it"),
    Shot("glossary", "/en/glossary/", "hr", width=PHONE, height=844),
    Shot("search-hits", SEARCH + "?q=cortisone", width=PHONE, height=844),
    Shot("search-nothing", SEARCH + "?q=massage+chair", height=800),
    Shot("international", "/en/patients-from-other-countries/", "nl"),
    Shot("clinic", "/en/clinic/", "hr", height=1000),
    Shot("privacy", "/en/privacy/", "it", width=PHONE, height=844),
    Shot("form", FORM, "de"),
    Shot("form", FORM, "nl", width=PHONE, height=1000, theme="dark", at=".form-sheet"),
    Shot("form-errors", FORM, "hr", width=PHONE, height=844, before=_send_empty),
    Shot("confirmation", FORM, "it", height=1000, before=send),
    Shot("missing", "/en/no-such-page/", width=PHONE, height=844),
    Shot("private-status", PRIVATE, "de", width=PHONE, height=1000),
    Shot("private-status", PRIVATE, "hr", width=PHONE, height=1000, theme="dark"),
    Shot("private-details", PRIVATE + "details/pain/", width=PHONE, height=1000, at=".body-map", before=_mark_body),
    Shot("private-entered", PRIVATE + "code/", "nl", height=1000),
    Shot("letter", LETTER, width=PHONE, height=1000),
    Shot("desk-first", "/admin/", height=1200),
    Shot("desk-first", "/admin/", height=1200, theme="dark"),
    Shot("desk", INBOX, file="desk-inbox.png"),
    Shot("desk-inbox", INBOX, width=PHONE, height=1000, theme="dark"),
    Shot("desk-inquiry", INQUIRY, height=1200),
    Shot("desk-inquiry", INQUIRY, width=PHONE, height=1000),
    Shot("desk-reply", INQUIRY, "de", height=1000, at="#answer", before=_put_template_in_place),
    Shot("desk-coverage", TEAM + "coverage/", height=1000),
    Shot("desk-simulator", TEAM + "simulator/", before=_ask_for_saturday),
    Shot("desk-absence", TEAM + "add/", height=1000, before=_plan_absence),
    Shot("desk-audit", "/admin/inquiries/inquiryevent/"),
    Shot("desk-translations", TRANSLATIONS, height=1000),
    Shot("desk-translations", TRANSLATIONS, width=PHONE, height=844, theme="dark", at=".coverage table"),
    Shot("desk-changes", TRANSLATIONS, theme="dark", before=_first_changes),
)

SHEETS = (
    Sheet("treatment", FACET, "de", 2),
    Sheet("compare", "/en/compare/", "en", 1),
)


def _sign_in(context: BrowserContext, site: str, user: str, password: str) -> None:
    """Sign in at the desk; the profile stays signed in."""
    page = context.new_page()
    page.goto(site + "/admin/login/")
    page.fill("input[name=username]", user)
    page.fill("input[name=password]", password)
    page.locator("#login-form [type=submit]").click()
    page.locator("#user-tools").wait_for()
    page.close()


def _open(page: Page, shot: Shot, story: Story) -> None:
    """Open the page of a picture."""
    ending = shot.page.removeprefix(PRIVATE)
    if shot.page.startswith(PRIVATE):
        story.open_private(page, ending, shot.language)
    elif shot.page.startswith(INQUIRY):
        story.open_inquiry(page, shot.language)
    elif shot.page.startswith(LETTER):
        page.goto(story.letters[shot.language] + "design/")
    else:
        open_page(page, story.site, shot.page, shot.language)


def make_small(picture: Path) -> None:
    """Keep a picture with as many colours as a page has, which halves the file."""
    with Image.open(picture) as full:
        small = full.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(picture, optimize=True)


def take(context: BrowserContext, story: Story, shot: Shot, folder: Path) -> None:
    """Take one picture."""
    page = context.new_page()
    page.set_viewport_size({"width": shot.width, "height": shot.height})
    page.emulate_media(color_scheme=shot.theme, reduced_motion="reduce")
    _open(page, shot, story)
    shot.before(page)
    if shot.at:
        page.locator(shot.at).first.evaluate(
            "place => window.scrollTo(0, place.getBoundingClientRect().top + scrollY - 24)"
        )
    page.screenshot(path=folder / shot.file_name)
    make_small(folder / shot.file_name)
    page.close()


def take_sheet(context: BrowserContext, site: str, sheet: Sheet, folder: Path) -> None:
    """Print a page as Chromium prints it, and draw one of its sheets."""
    page = context.new_page()
    open_page(page, site, sheet.page, sheet.language)
    with TemporaryDirectory() as place:
        printed = Path(place) / "printed.pdf"
        page.pdf(path=printed, format="A4", prefer_css_page_size=True)
        number, target = str(sheet.number), str(folder / sheet.file_name).removesuffix(".png")
        command = ["pdftoppm", "-png", "-r", PRINT_DPI, "-f", number, "-l", number, "-singlefile", str(printed), target]
        subprocess.run(command, check=True)  # noqa: S603  # our own words
    make_small(folder / sheet.file_name)
    page.close()


def take_all(browser: Browser, options: argparse.Namespace) -> None:
    """Take every picture whose name holds the wanted word."""
    site: str = options.site.rstrip("/")
    context = browser.new_context(service_workers="block")
    desk = browser.new_context(locale="en")
    wanted = [shot for shot in SHOTS if _is_wanted(shot.file_name, options.only)]
    story = Story(site, desk)
    if options.user and any(shot.needs_story for shot in wanted):
        _sign_in(desk, site, options.user, options.password)
        story.tell(context)
    for shot in wanted:
        if options.user or not shot.needs_story:
            # The designed mail is shown to whoever may read kept mail.
            place = desk if shot.is_desk or shot.page == LETTER else context
            take(place, story, shot, options.folder)
            print(shot.file_name)
    for sheet in SHEETS:
        if _is_wanted(sheet.file_name, options.only) and shutil.which("pdftoppm"):
            take_sheet(context, site, sheet, options.folder)
            print(sheet.file_name)


def _is_wanted(name: str, words: list[str]) -> bool:
    """Tell whether a picture's name holds one of the wanted words; without words all are wanted."""
    return not words or any(word in name for word in words)


def main() -> None:
    """Read the arguments and take the pictures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("site", help="where the site runs, such as http://127.0.0.1:8000")
    parser.add_argument("--user", default="", help="who signs in at the desk")
    parser.add_argument("--password", default="")
    parser.add_argument("--only", nargs="+", default=[], help="only pictures with one of these words in their name")
    parser.add_argument("--folder", type=Path, default=HERE, help="where the pictures go")
    parser.add_argument("--browser", default=shutil.which("chromium"), help="the Chromium to drive")
    options = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.browser, args=list(QUIET))
        take_all(browser, options)
        browser.close()


if __name__ == "__main__":
    main()
