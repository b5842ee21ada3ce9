"""What the pictures after "Send" show: five invented inquiries, each at another point of its way."""

import re
import secrets
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from playwright.sync_api import BrowserContext, Locator, Page

INVENTED = {
    "en": "Ella Example", "de": "Bernd Beispiel", "hr": "Mila Primjer", "nl": "Vera Voorbeeld", "it": "Elio Esempio",
}  # fmt: skip
MESSAGE = "An invented inquiry for a picture."
TYPING_MS = 6_000
MAIL_LOOKS, LOOK_AGAIN_MS = 60, 1_000
INBOX, FORM = "/admin/inquiries/inquiry/", "/en/inquiry/"
LINK = re.compile(r"https?://\S+/[A-Za-z0-9_-]{43}/")
CODE = re.compile(r"\b\d{4} \d{4}\b")
MONDAY, SATURDAY = 0, 5


def open_page(page: Page, site: str, english: str, language: str) -> None:
    """Open a public page in one of its languages; the others are found through the links of the English one."""
    page.goto(site + english)
    if language != "en":
        sibling = page.locator(f"nav.languages a[hreflang={language}]").get_attribute("href")
        page.goto(f"{site}{sibling}")


def send(page: Page, address: str = "again@patient.example") -> None:
    """Send an inquiry that is plainly invented, no faster than a person types."""
    language = page.locator("html").get_attribute("lang") or "en"
    page.locator("input[name=treatment]").nth(len(INVENTED) - 1 - list(INVENTED).index(language)).check()
    page.fill("input[name=name]", INVENTED[language])
    page.fill("input[name=email]", address)
    page.check("input[name=contact_by][value=email]")
    page.fill("input[name=country]", "GB" if language == "en" else language.upper())
    page.check(f"input[name=preferred_language][value={language}]")
    page.check("input[name=for_whom][value=self]")
    page.fill("textarea[name=message]", MESSAGE)
    page.check("input[name=consent]")
    page.wait_for_timeout(TYPING_MS)
    page.locator(".form-sheet [type=submit]").click()
    page.locator(".reference").wait_for()


def coming(weekday: int) -> date:
    """Return the next such day after tomorrow."""
    first = date.today() + timedelta(days=2)  # noqa: DTZ011  # any day of that name will do
    return first + timedelta(days=(weekday - first.weekday()) % 7)


class Letter(NamedTuple):
    """A kept mail: where the desk shows it, and what was looked for in it."""

    address: str
    found: str


@dataclass
class Story:
    """The inquiries of one run: their references, private links and mails, by language. Codes are read at the desk.

    The desk's browser is a manager's on this machine, who may read the kept mail.
    """

    site: str
    desk: BrowserContext
    references: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    letters: dict[str, str] = field(default_factory=dict)
    _run: str = field(default_factory=lambda: secrets.token_hex(2))

    def tell(self, context: BrowserContext) -> None:
        """Send the inquiries, and take some of them further: details, a message, a contact, an answer."""
        page = context.new_page()
        for language in INVENTED:
            open_page(page, self.site, FORM, language)
            send(page, self._address(language))
            self.references[language] = page.locator(".reference").inner_text().strip()
        for language in INVENTED:
            letter = self._newest_letter(page, language, LINK)
            self.letters[language], self.links[language] = letter.address, letter.found
        for language in ("en", "nl"):
            self._give_details(page, language)
        self._write(page, "en")
        page.close()
        self._work_at_the_desk()

    def open_private(self, page: Page, ending: str, language: str) -> None:
        """Open one of the private pages; what was entered opens with a code from the mail."""
        page.goto(self.links[language] + ending)
        if ending == "code/":
            page.locator("form.send-code button").click()
            page.locator(".code-form").wait_for()
            page.fill("input[name=code]", self._newest_letter(page, language, CODE).found)
            page.locator(".code-form button").click()
            page.locator(".entered-group").first.wait_for()

    def open_inquiry(self, page: Page, language: str) -> None:
        """Open an inquiry at the desk."""
        page.goto(f"{self.site}{INBOX}?q={self.references[language]}")
        page.locator("#result_list tbody th a").first.click()
        page.locator("#answer").wait_for()

    def _address(self, language: str) -> str:
        """Return a patient's address; every run has patients of its own."""
        return f"example.{language}.{self._run}@patient.example"

    def _newest_letter(self, page: Page, language: str, wanted: re.Pattern[str]) -> Letter:
        """Wait until a patient's newest mail holds what is wanted."""
        desk = self.desk.new_page()
        for _look in range(MAIL_LOOKS):
            desk.goto(f"{self.site}/admin/mail/")
            mails = desk.locator("tr", has_text=self._address(language)).locator("a")
            if mails.count():
                mails.first.click()
                if found := wanted.search(desk.locator("#content-main > div").inner_text()):
                    letter = Letter(desk.url, found.group())
                    desk.close()
                    return letter
            page.wait_for_timeout(LOOK_AGAIN_MS)
        message = f"No such mail to {self._address(language)} arrived"
        raise RuntimeError(message)

    def _give_details(self, page: Page, language: str) -> None:
        """Mark the body map, and answer some questions."""
        page.goto(self.links[language] + "details/pain/")
        for region in ("lower-back-left", "lower-back-right", "neck"):
            page.check(f"input[name=q-where][value={region}]", force=True)
        page.check("input[name=q-since][value=year-1]")
        page.fill("textarea[name=q-pain_words]", MESSAGE)
        self._send_form(page.locator(".details-form"))
        page.goto(self.links[language] + "details/safety/")
        page.check("input[name=q-blood_thinners][value=yes]")
        self._send_form(page.locator(".details-form"))

    def _write(self, page: Page, language: str) -> None:
        """Write a message to the clinic."""
        page.goto(self.links[language] + "message/")
        page.fill("textarea[name=text]", MESSAGE)
        self._send_form(page.locator("form.form-sheet"))

    def _work_at_the_desk(self) -> None:
        """Reach one patient by phone, answer another from a template; the others wait."""
        page = self.desk.new_page()
        self.open_inquiry(page, "hr")
        form = page.locator("form[action$='/contact/']")
        page.locator("details", has=form).locator("summary").click()
        form.locator("[name=contact-result][value=SPOKE]").check()
        self._send_form(form)
        self.open_inquiry(page, "it")
        insert_template(page, 1)
        self._send_form(page.locator("#answer form"))
        page.close()

    def _send_form(self, form: Locator) -> None:
        """Press the button that sends a form."""
        with form.page.expect_navigation():
            form.locator("button[type=submit]:not([name$=insert], [name$=preview])").first.click()


def insert_template(page: Page, number: int) -> None:
    """Put one of the reply templates in place."""
    page.select_option("select[name=answer-template]", index=number)
    page.locator("button[name=answer-insert]").click()
    page.locator(".previews").wait_for()
