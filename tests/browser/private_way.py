"""What a patient does after "Send", step by step in a real browser; found by names and addresses, never by words."""

import asyncio
import contextlib
import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import html5lib
from django.urls import reverse
from django.utils import translation
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Response, expect

from coordinators.demo import MAIL_DOMAIN
from inquiries.details.body_map import REGION_BY_CODE
from inquiries.enums import EmailKind
from tests.browser.watch import Watch
from tests.files import pdf
from tests.real.loop_thread import LOOPBACK
from tests.real.rig import Letter, Site, TcpProxy, eventually
from tests.real.tcp_proxy import CHUNK, Mode

CANARY = "Kanarienvogel"
PHONE_SIZE, DESK_SIZE = (390, 844), (1280, 900)
PHOTO_SIZE = (4032, 3024)  # what a phone's camera gives: 12 megapixels
MAP_WIDTH = 400
TOKEN = re.compile(r"/[A-Za-z0-9_-]{43}/")
REFERENCE = re.compile(r"ZG-[2-9A-Y]{4}-[2-9A-Y]{4}")
CODE = re.compile(r"^\s*(\d{4} \d{4})\s*$", re.MULTILINE)
SLOWEST_STEP_MS = 15_000
MAIL_SECONDS = 20
# A form that comes back sooner is a robot's.
FASTEST_HUMAN_MS = 3100
UNTIL_OLD_ENOUGH = """age => new Promise(done => {
  const loaded = performance.getEntriesByType("navigation")[0].loadEventEnd;
  setTimeout(done, Math.max(0, age + loaded - performance.now()));
})"""
Fault = Literal["cut", "silent", "answer lost"]
Remedy = Literal["stop", "back", "reload"]


# Before and after


def start_afresh(site: Site) -> None:
    """Bring a site into good order, without inquiries and without anything that belongs to them."""
    site.rows.forget_inquiries()
    for file in stored_files(site):
        file.unlink()
    site.recover()


def stored_files(site: Site) -> list[Path]:
    """Return the sealed files on the disk."""
    return [path for path in (site.data_dir / "files").rglob("*") if path.is_file()]


@dataclass(frozen=True)
class Uploads:
    """Files that a patient may choose."""

    photo: Path
    too_large: Path
    web_page: Path

    @classmethod
    def make(cls, folder: Path) -> "Uploads":
        """Write them: a photo as a phone's camera takes it, a file over the limit, a web page that calls itself PDF."""
        uploads = cls(folder / "IMG_0815.HEIC", folder / "scan.pdf", folder / "report.pdf")
        out = io.BytesIO()
        grain = Image.effect_noise((PHOTO_SIZE[0] // 8, PHOTO_SIZE[1] // 8), 60).convert("RGB")
        grain.resize(PHOTO_SIZE, Image.Resampling.BICUBIC).save(
            out, "HEIF", quality=60, enc_params={"preset": "ultrafast"}
        )
        uploads.photo.write_bytes(out.getvalue())
        uploads.too_large.write_bytes(pdf(padding=15 * 1024 * 1024 + 1))
        uploads.web_page.write_text("<!DOCTYPE html><title>x</title><script>alert(1)</script>", encoding="utf-8")
        return uploads


@contextmanager
def phone(browser: Browser, *, has_script: bool = True, base_url: str | None = None) -> Iterator[BrowserContext]:
    """Give a phone's browser in which nobody has been anywhere."""
    width, height = PHONE_SIZE
    context = browser.new_context(
        viewport={"width": width, "height": height},
        java_script_enabled=has_script,
        has_touch=True,
        base_url=base_url,
    )
    context.set_default_timeout(SLOWEST_STEP_MS)
    yield context
    context.close()


def watch_pages(context: BrowserContext) -> Watch:
    """Watch what all pages of a browser ask for and complain about."""
    watch = Watch(context)
    context.on("request", lambda request: watch.requests.append(request.url))
    context.on("console", lambda message: watch.complaints.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda problem: watch.complaints.append(str(problem.error)))
    return watch


def watch_private(context: BrowserContext, faults: list[str]) -> None:
    """Note every page under a token that may be stored, indexed, or tells others its address."""

    def check(response: Response) -> None:
        if response.request.resource_type != "document" or not TOKEN.search(response.url):
            return
        headers = response.headers
        if "no-store" not in headers.get("cache-control", ""):
            faults.append(f"{response.url} may be stored")
        if "noindex" not in headers.get("x-robots-tag", ""):
            faults.append(f"{response.url} may be indexed")
        if headers.get("referrer-policy") != "same-origin":
            faults.append(f"{response.url} tells others its address")

    context.on("response", check)


def dump(site: Site) -> dict[str, list[str]]:
    """Return every row of every table as the database holds it, but for the hearts of the scheduled jobs."""
    sql = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    if isinstance(site.rows.place, Path):
        sql = "SELECT name FROM sqlite_master WHERE type = 'table'"
    tables = sorted(name for (name,) in site.rows.select(sql) if not name.endswith("_heartbeat"))
    return {table: sorted(map(repr, site.rows.select(f'SELECT * FROM "{table}"'))) for table in tables}


# Mail


def letter(site: Site, kind: EmailKind, number: int = 1) -> Letter:
    """Return the e-mail of a kind that arrived as the first, second ..."""

    def arrived() -> Letter | None:
        sql = "SELECT message_id FROM inquiries_outgoingemail WHERE kind = %s ORDER BY created_at"
        sent = [message_id for (message_id,) in site.rows.select(sql, [kind.value])][number - 1 : number]
        return next((one for one in list(site.sink.letters) if one.message_id in sent), None)

    found = eventually(arrived, MAIL_SECONDS, lambda: site.explain(f"no {kind} arrived"))
    assert found is not None
    return found


def links_in(one: Letter) -> set[str]:
    """Return all links of all parts of an e-mail."""
    html = one.message.get_body(("html",))
    found = re.findall(r'href="([^"]+)"', str(html.get_content())) if html else []
    return {unescape(link) for link in found} | set(one.links)


def link_in(one: Letter) -> str:
    """Return the private link of an e-mail to the patient."""
    return next(link for link in one.links if TOKEN.search(link))


def code_in(one: Letter) -> str:
    """Return the code of an e-mail."""
    found = CODE.search(one.text)
    assert found, one.text
    return found[1]


# The patient's steps


def send_inquiry(site: Site, page: Page, language: str, *, has_script: bool) -> str:
    """Fill in the form and send it; return the reference that the confirmation shows, with who and when."""
    with translation.override(language):
        path = reverse("inquiries:form")
    page.goto(site.url + path)
    page.check("input[name=treatment][value=facet-infiltration]")
    page.fill("input[name=name]", f"{CANARY} Đoković")
    page.fill("input[name=email]", f"patient.{language}@example.com")
    page.check("input[name=contact_by][value=email]")
    page.fill("input[name=country]", "DE")
    page.check(f"input[name=preferred_language][value={language}]")
    page.check("input[name=for_whom][value=self]")
    page.fill("textarea[name=message]", f"{CANARY} {language}")
    page.check("input[name=consent]")
    if has_script:
        page.evaluate(UNTIL_OLD_ENOUGH, FASTEST_HUMAN_MS)
    page.click("#inquiry-form button[type=submit]")
    expect(page.locator(".reference")).to_have_text(REFERENCE)
    expect(page.locator(".promise .person strong")).not_to_be_empty()
    expect(page.locator(".promise time")).to_be_visible()
    expect(page.locator(".address-large")).to_have_text(f"patient.{language}@example.com")
    assert CANARY not in page.content()
    return page.locator(".reference").inner_text()


def open_private(page: Page, ending: str) -> None:
    """Go to one of the private pages by the navigation on top of each of them."""
    page.locator(f".private-nav a[href$='/{ending}/']").click()
    expect(page.locator(".private-nav a[aria-current=page]")).to_have_attribute("href", re.compile(f"/{ending}/$"))


def open_status(page: Page) -> None:
    """Go to the first of the private pages, by the navigation."""
    page.locator(".private-nav a").first.click()
    expect(page.locator(".private-actions")).to_be_visible()


def answer_pain(page: Page) -> None:
    """Mark the body map by a tap and by a checkbox, and say more in words."""
    page.locator("a[href$='/details/pain/']").click()
    tap_map(page, "lower-back-left")
    page.check("input[name=q-where][value=knee-right]")
    page.check("input[name=q-since][value=year-1]")
    page.fill("textarea[name=q-pain_words]", f"{CANARY} Treppe")
    submit(page.locator(".details-form"))


def tap_map(page: Page, code: str) -> None:
    """Tap the drawing where a region's cross goes, and see that its checkbox is ticked."""
    box = page.locator(f"input[name=q-where][value={code}]")
    expect(box).not_to_be_checked()
    found = re.match(r"M(-?\d+) (-?\d+)l(\d+)", REGION_BY_CODE[code].areas[0].cross)
    assert found
    x, y, span = (int(number) for number in found.groups())
    drawing = page.locator(".body-map-choice", has=box).locator("svg")
    width = drawing.evaluate("element => element.getBoundingClientRect().width")
    scale = width / MAP_WIDTH
    drawing.tap(position={"x": (x + span / 2) * scale, "y": (y + span / 2) * scale})
    expect(box).to_be_checked()


def answer_safety(page: Page) -> None:
    """Answer some of the safety questions; the words beside an answer appear with it."""
    expect(page).to_have_url(re.compile(r"/details/safety/"))
    words = page.locator("textarea[name=q-blood_thinners_more]")
    expect(words).to_be_hidden()
    page.check("input[name=q-blood_thinners][value=yes]")
    words.fill(f"{CANARY} Warfarin")
    page.check("input[name=q-allergy_to][value=latex]")
    submit(page.locator(".details-form"))


def add_files(page: Page, uploads: Uploads) -> None:
    """Add a photo; be refused with a file that is too large and with one that is something else; lose nothing."""
    open_private(page, "files")
    choose(page, uploads.photo)
    expect(page.locator(".done[role=status]")).to_be_visible()
    for refused in (uploads.too_large, uploads.web_page):
        choose(page, refused)
        expect(page.locator(".error-summary a[href='#id_file']")).to_be_visible()
        expect(page.locator("#id_file")).to_have_attribute("aria-invalid", "true")
        expect(page.locator(".files > li")).to_have_count(1)
    expect(page.locator(".files-facts")).to_contain_text("JPEG")
    assert uploads.photo.name not in page.content(), "names are shown only after a code"


def choose(page: Page, file: Path) -> None:
    """Choose a file and press the button."""
    page.set_input_files("input[name=file]", file)
    submit(page.locator(".files-form"))


def write_message(page: Page) -> None:
    """Write to the clinic; an empty message is not taken."""
    open_private(page, "message")
    form = page.locator("form[action*='/message/']")
    submit(form)
    expect(page.locator(".error-summary a, .errorlist, .field-wrong").first).to_be_visible()
    form.locator("textarea[name=text]").fill(f"{CANARY} Nachricht")
    submit(form)
    expect(page.locator(".done[role=status]")).to_be_visible()
    assert CANARY not in page.content()


def correct_phone(page: Page, number: str) -> None:
    """Give another phone number."""
    open_private(page, "contact")
    page.fill("input[name=phone]", number)
    submit(page.locator("form[action*='/contact/']"))
    expect(page.locator(".address-large")).to_have_text(number)


def ask_for_code(site: Site, page: Page, number: int = 1) -> str:
    """Press the button and return the code from the mail."""
    submit(page.locator("form.send-code"))
    return code_in(letter(site, EmailKind.ACCESS_CODE, number))


def enter_code(page: Page, code: str) -> None:
    """Type a code and press the button."""
    page.fill("input[name=code]", code)
    submit(page.locator("form.code-form"))


def other_code(code: str) -> str:
    """Return a code that is not this one."""
    return code[:-1] + str((int(code[-1]) + 1) % 10)


def submit(form: Locator) -> None:
    """Press a form's first button that sends it, and wait for the next page."""
    with form.page.expect_navigation():
        form.locator("button[type=submit]").first.click()


# The coordinator's steps


@contextmanager
def desk(browser: Browser) -> Iterator[Page]:
    """Give a page at the desk, where nobody is signed in yet."""
    width, height = DESK_SIZE
    context = browser.new_context(viewport={"width": width, "height": height})
    context.set_default_timeout(SLOWEST_STEP_MS)
    yield context.new_page()
    context.close()


def sign_in_from(site: Site, page: Page, notice: Letter) -> None:
    """Open the inquiry from the notice, as the coordinator who got it."""
    assert notice.recipient.endswith(MAIL_DOMAIN)
    page.goto(next(link for link in notice.links if "/admin/" in link))
    [sign_in] = [sign_in for sign_in in site.sign_ins() if sign_in.email == notice.recipient]
    page.fill("input[name=username]", sign_in.email)
    page.fill("input[name=password]", sign_in.password)
    page.click("input[type=submit], button[type=submit]")
    expect(page.locator("#content-main")).to_contain_text(f"{CANARY} Đoković")


def write_answer(page: Page, text: str) -> None:
    """Put an answer on the patient's private page."""
    form = page.locator("form[action*='/answer/']", has=page.locator("textarea[name=answer-text]"))
    folded = page.locator("details:not([open])", has=form)
    if folded.count():
        folded.first.locator("summary").first.click()
    form.locator("textarea[name=answer-text]").fill(text)
    with page.expect_navigation():
        form.locator("button[type=submit]:not([name]), button[type=submit][name$=send]").first.click()
    expect(page.locator(".messagelist .success")).to_be_visible()


# Lost connections


class BadNetwork(TcpProxy):
    """A connection to the site that can also lose the answer to what has arrived."""

    def __init__(self, target: int) -> None:
        super().__init__(target)
        self._loses_answers = False
        self._to_browser: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        """Where the site is, seen through this connection."""
        return f"http://{LOOPBACK}:{self.port}"

    def lose_answers(self) -> None:
        """Carry everything to the site, and break off as soon as it answers."""
        self._loses_answers = True

    def forward(self) -> None:
        """Be a good network again."""
        self._loses_answers = False
        super().forward()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Note which end is the browser's."""
        self._to_browser.add(writer)
        await super()._serve(reader, writer)
        self._to_browser.discard(writer)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry bytes one way; an answer may end the connection."""
        if writer not in self._to_browser:
            await super()._pump(reader, writer)
            return
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK):
                if self._loses_answers:
                    return
                if self._mode is not Mode.SWALLOW:
                    writer.write(data)
                    await writer.drain()


def lose_connection(page: Page, network: BadNetwork, fault: Fault, form: str) -> None:
    """Send a form into a bad network, which is good again when nothing comes back."""
    button = page.locator(form).locator("button[type=submit]").first
    if fault == "silent":
        network.swallow()
        with page.expect_request(lambda request: request.method == "POST"):
            button.click(no_wait_after=True)
        page.context.new_cdp_session(page).send("Page.stopLoading")
    else:
        (network.refuse if fault == "cut" else network.lose_answers)()
        with page.expect_event("requestfailed", lambda request: request.method == "POST"):
            button.click(no_wait_after=True)
        page.wait_for_url("chrome-error://**")
    network.forward()


def try_again(page: Page, remedy: Remedy) -> None:
    """Do what a patient does: go back, load the page again, or simply still see the form."""
    if remedy == "back":
        page.go_back()
    elif remedy == "reload":
        page.reload()


# What holds for every page


def html_faults(html: str) -> list[str]:
    """Return what is wrong with a page's source: not strict, headings, ids, targets, links that lead nowhere."""
    html5lib.HTMLParser(strict=True).parse(html)
    faults = []
    if len(re.findall(r"<h1\b", html)) != 1:
        faults.append("not one heading")
    ids = re.findall(r'\sid="([^"]+)"', html)
    faults += [f"id {name} is used again" for name, count in Counter(ids).items() if count > 1]
    targets = re.findall(r'(?:href="#|\sfor=")([^"]+)"', html)
    described = re.findall(r'aria-(?:describedby|labelledby)="([^"]+)"', html)
    targets += [name for names in described for name in names.split()]
    faults += [f"there is no {target}" for target in targets if target not in ids]
    links = re.findall(r'<a\b[^>]*\shref="([^"]*)"', html)
    faults += [f"link to {link!r}" for link in links if not re.match(r"#|/|https?://|mailto:|tel:|sms:", link)]
    return faults


def path_of(url: str) -> str:
    """Return a page's address without the site's."""
    return urlsplit(url).path
