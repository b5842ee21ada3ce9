"""Takes the screenshots of this folder from a running site.

    python docs/screenshots/take.py http://127.0.0.1:8000 [--user EMAIL --password PASSWORD] [--only WORD] [--folder F]

It starts no site and needs a demo site, for it sends inquiries. Without a sign-in the desk is left out; without
`pdftoppm` the printed pages are. The picture "desk-changes" needs a source that somebody has changed.
A picture is named after page, width, theme and language. Those whose name starts with "rtl-" come from elsewhere:
tests/browser/test_right_to_left.py looks at the same pages.
"""

import argparse
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, NamedTuple

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

HERE = Path(__file__).resolve().parent
QUIET = ("--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync")
PHONE, DESKTOP = 390, 1280
PRINT_DPI = "72"
TYPING_MS = 6_000
INVENTED = {
    "en": "Ella Example", "de": "Bernd Beispiel", "hr": "Mila Primjer", "nl": "Vera Voorbeeld", "it": "Elio Esempio",
}  # fmt: skip

HOME, LIST, FORM = "/en/", "/en/treatments/", "/en/inquiry/"
FACET, PERIRADICULAR, INJECTIONS = (
    f"/en/treatments/{slug}/" for slug in ("facet-joint-injection", "periradicular-therapy", "back-injections")
)
SEARCH, INBOX, TRANSLATIONS = (
    "/en/search/",
    "/admin/inquiries/inquiry/",
    "/admin/treatments/sharedsection/translations/",
)


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


def _send(page: Page) -> None:
    """Send an inquiry that is plainly invented, no faster than a person types."""
    language = page.locator("html").get_attribute("lang") or "en"
    page.locator("input[name=treatment]").nth(len(INVENTED) - 1 - list(INVENTED).index(language)).check()
    page.fill("input[name=name]", INVENTED[language])
    page.fill("input[name=email]", "example@patient.example")
    page.check("input[name=contact_by][value=email]")
    page.fill("input[name=country]", "GB" if language == "en" else language.upper())
    page.check(f"input[name=preferred_language][value={language}]")
    page.check("input[name=for_whom][value=self]")
    page.fill("textarea[name=message]", "An invented inquiry for a picture.")
    page.check("input[name=consent]")
    page.wait_for_timeout(TYPING_MS)
    page.locator(".form-sheet [type=submit]").click()
    page.locator(".reference").wait_for()


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
        return self.page.startswith("/admin/")


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
    Shot("confirmation", FORM, "it", height=1000, before=_send),
    Shot("missing", "/en/no-such-page/", width=PHONE, height=844),
    Shot("desk", INBOX, file="desk-inbox.png"),
    Shot("desk-translations", TRANSLATIONS, height=1000),
    Shot("desk-translations", TRANSLATIONS, width=PHONE, height=844, theme="dark", at=".coverage table"),
    Shot("desk-changes", TRANSLATIONS, theme="dark", before=_first_changes),
)

SHEETS = (
    Sheet("treatment", FACET, "de", 2),
    Sheet("compare", "/en/compare/", "en", 1),
)


def _open(page: Page, site: str, english: str, language: str) -> None:
    """Open a page in one of its languages."""
    page.goto(site + english)
    if language != "en":
        sibling = page.locator(f"nav.languages a[hreflang={language}]").get_attribute("href")
        page.goto(f"{site}{sibling}")


def _sign_in(context: BrowserContext, site: str, user: str, password: str) -> None:
    """Sign in at the desk; the profile stays signed in."""
    page = context.new_page()
    page.goto(site + "/admin/login/")
    page.fill("input[name=username]", user)
    page.fill("input[name=password]", password)
    page.locator("#login-form [type=submit]").click()
    page.locator("#user-tools").wait_for()
    page.close()


def _fill_inbox(context: BrowserContext, site: str) -> None:
    """Send an inquiry in every language, so that the inbox has something to show."""
    for language in INVENTED:
        page = context.new_page()
        _open(page, site, FORM, language)
        _send(page)
        page.close()


def take(context: BrowserContext, site: str, shot: Shot, folder: Path) -> None:
    """Take one picture."""
    page = context.new_page()
    page.set_viewport_size({"width": shot.width, "height": shot.height})
    page.emulate_media(color_scheme=shot.theme, reduced_motion="reduce")
    _open(page, site, shot.page, shot.language)
    shot.before(page)
    if shot.at:
        page.locator(shot.at).first.evaluate(
            "place => window.scrollTo(0, place.getBoundingClientRect().top + scrollY - 24)"
        )
    page.screenshot(path=folder / shot.file_name)
    page.close()


def take_sheet(context: BrowserContext, site: str, sheet: Sheet, folder: Path) -> None:
    """Print a page as Chromium prints it, and draw one of its sheets."""
    page = context.new_page()
    _open(page, site, sheet.page, sheet.language)
    with TemporaryDirectory() as place:
        printed = Path(place) / "printed.pdf"
        page.pdf(path=printed, format="A4", prefer_css_page_size=True)
        number, target = str(sheet.number), str(folder / sheet.file_name).removesuffix(".png")
        command = ["pdftoppm", "-png", "-r", PRINT_DPI, "-f", number, "-l", number, "-singlefile", str(printed), target]
        subprocess.run(command, check=True)  # noqa: S603  # our own words
    page.close()


def take_all(browser: Browser, options: argparse.Namespace) -> None:
    """Take every picture whose name holds the wanted word."""
    site: str = options.site.rstrip("/")
    context = browser.new_context(service_workers="block")
    desk = browser.new_context(locale="en")
    if options.user:
        _sign_in(desk, site, options.user, options.password)
        _fill_inbox(context, site)
    for shot in SHOTS:
        if options.only in shot.file_name and (options.user or not shot.is_desk):
            take(desk if shot.is_desk else context, site, shot, options.folder)
            print(shot.file_name)
    for sheet in SHEETS:
        if options.only in sheet.file_name and shutil.which("pdftoppm"):
            take_sheet(context, site, sheet, options.folder)
            print(sheet.file_name)


def main() -> None:
    """Read the arguments and take the pictures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("site", help="where the site runs, such as http://127.0.0.1:8000")
    parser.add_argument("--user", default="", help="who signs in at the desk")
    parser.add_argument("--password", default="")
    parser.add_argument("--only", default="", help="only pictures with this word in their name")
    parser.add_argument("--folder", type=Path, default=HERE, help="where the pictures go")
    parser.add_argument("--browser", default=shutil.which("chromium"), help="the Chromium to drive")
    options = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.browser, args=list(QUIET))
        take_all(browser, options)
        browser.close()


if __name__ == "__main__":
    main()
