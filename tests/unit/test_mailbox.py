"""Reading e-mails: what a person wrote, what a machine sent, what came back; and nothing that stops the reader."""

import time
from email.message import EmailMessage

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st
from pytest_django import Settings

from clinic_site.checks import check_mailbox
from inquiries.mailbox.address import mailbox_address
from inquiries.mailbox.html_text import html_to_text
from inquiries.mailbox.quotes import without_history
from inquiries.mailbox.reading import LONGEST_TEXT, read_mail
from inquiries.references import references_in
from tests.mails import PATIENT, WEAK_MARKS, bounce, mail

REPORT = bounce("<1@clinic.example>", kind="message/rfc822")
QUOTED = "> Dear Jan,\n> Ana answers by Tuesday.\n>\n> The clinic"


def read_text(message: EmailMessage) -> str:
    return read_mail(message.as_bytes()).text


@pytest.mark.parametrize(
    "introduction",
    [
        "On Mon, 3 Nov 2026 at 10:00, The clinic <replies@clinic.example> wrote:",
        "On Mon, 3 Nov 2026 at 10:00, The clinic\n<replies@clinic.example> wrote:",
        "Am 03.11.2026 um 10:00 schrieb Die Klinik <replies@clinic.example>:",
        "Op ma 3 nov 2026 om 10:00 schreef De kliniek <replies@clinic.example>:",
        "Il giorno lun 3 nov 2026 alle ore 10:00 La clinica <r@clinic.example> ha scritto:",
        "Dana 3. 11. 2026. u 10:00 Klinika je napisao/la:",
        "",
    ],
)
def test_quotation_at_the_end_is_cut_with_its_introduction(introduction: str) -> None:
    assert without_history(f"Ja, gerne.\nViele Grüße\n{introduction}\n\n{QUOTED}\n") == "Ja, gerne.\nViele Grüße"


@pytest.mark.parametrize(
    "block",
    [
        "-----Original Message-----\nFrom: The clinic",
        "________________________________\nVon: Die Klinik <r@clinic.example>\nGesendet: Montag\nAn: Jan\nBetreff: ZG",
        "From: The clinic\nSent: Monday\nTo: Jan\nSubject: Your inquiry",
        "*Da:* La clinica\n*Inviato:* lunedì\n*A:* Jan\n*Oggetto:* La sua richiesta",
        "Van: De kliniek\nVerzonden: maandag\nAan: Jan\nOnderwerp: Uw aanvraag",
        "Od: Klinika\nPoslano: ponedjeljak\nPrima: Jan\nPredmet: Vaš upit",
    ],
)
def test_whole_earlier_mail_below_is_cut(block: str) -> None:
    assert without_history(f"Yes please.\n\n{block}\n\nDear Jan,\nAna answers.") == "Yes please."


@pytest.mark.parametrize(
    "text",
    [
        f"{QUOTED}",
        "> When?\nOn Tuesday.\n> Where?\nAt home.",
        "From: my doctor I have this letter.\nIt says a lot.",
        "My doctor wrote:\nplease look at the left side",
        "I wrote:\nhello",
    ],
)
def test_in_doubt_everything_stays(text: str) -> None:
    assert without_history(text) == text


def test_answer_below_the_quotation_is_kept() -> None:
    assert without_history(f"On 3 Nov the clinic wrote:\n{QUOTED}\n\nYes, I can.") == "Yes, I can."
    assert without_history(f"{QUOTED}\n\nYes, I can.\n-- \nJan") == "Yes, I can.\n-- \nJan"


@settings_of_hypothesis(max_examples=2000)
@given(st.lists(st.sampled_from(["words", "> quoted", "", "On 3 Nov she wrote:", "On 3 Nov Ana", "<a@b.c> wrote:"])))
def test_no_word_of_the_patients_goes_with_a_quotation(lines: list[str]) -> None:
    text = "\n".join(lines)
    kept = without_history(text)
    assert bool(kept) == bool(text.strip())
    assert kept.splitlines().count("words") == lines.count("words")


def test_sentence_above_an_introduction_is_the_patients() -> None:
    text = f"Am 3. Mai hatte ich Schmerzen.\nAna Horvat schrieb:\n{QUOTED}"
    assert without_history(text) == "Am 3. Mai hatte ich Schmerzen."


def test_html_becomes_lines() -> None:
    html = (
        "<html><head><style>p {color: red}</style><title>x</title></head><body><p>Guten&nbsp;Tag,</p>"
        "<div>ja, <b>gerne</b>.<br>Bis bald</div><script>alert(1)</script><ul><li>eins</li><li>zwei</li></ul>"
        "<blockquote><p>Sehr geehrter Herr</p><blockquote>alt</blockquote></blockquote></body></html>"
    )
    assert html_to_text(html).splitlines() == [
        "Guten Tag,", "", "ja, gerne.", "Bis bald", "", "eins", "zwei", "",
        "> Sehr geehrter Herr", ">", "> > alt", "> >",
    ]  # fmt: skip


def test_html_reply_loses_its_history() -> None:
    html = "<p>Ja, gerne!</p><div>Am 3.11.2026 schrieb Die Klinik:</div><blockquote>Guten Tag</blockquote>"
    assert read_text(mail("", html=html)) == "Ja, gerne!"


@pytest.mark.parametrize(
    "html",
    ["<!--" * 50_000, "<" * 200_000, "<" * 200_000 + ">", "<blockquote>" * 20_000, "<a " * 60_000, "&" * 200_000],
)
def test_hostile_html_takes_no_time(html: str) -> None:
    start = time.monotonic()
    html_to_text(html)
    assert time.monotonic() - start < 5


def test_plain_form_is_preferred_and_files_are_counted() -> None:
    message = mail("Plain words", html="<p>Other words</p>")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="mri.pdf")
    message.add_attachment("notes", filename="notes.txt")
    read = read_mail(message.as_bytes())
    assert (read.text, read.attachments) == ("Plain words", 2)


def test_html_with_a_footer_that_a_list_put_below() -> None:
    data = (
        b"From: jan.patient@example.com\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/html\r\n\r\n<p>My words</p>\r\n"
        b"--b\r\nContent-Type: text/plain\r\n\r\nScanned.\r\n--b--\r\n"
    )
    assert read_mail(data).text == "My words\n\nScanned."


@pytest.mark.parametrize(
    ("charset", "content", "text"),
    [
        ("iso-8859-2", "Šaljem nalaz, hvala".encode("iso-8859-2"), "Šaljem nalaz, hvala"),
        ("windows-1250", "Šćućur".encode("windows-1250"), "Šćućur"),
        ("no-such-charset", "Grüße".encode(), "Grüße"),
        ("us-ascii", "Grüße".encode("cp1252"), "Grüße"),
        ("utf-7", b"+2AA-x", "?x"),
        ("base64", b"plain", "plain"),
    ],
)
def test_charsets(charset: str, content: bytes, text: str) -> None:
    head = f"From: {PATIENT}\r\nContent-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    assert read_mail(head.encode() + content).text == text


def test_long_text_is_cut_and_says_so() -> None:
    read = read_mail(mail("word " * LONGEST_TEXT).as_bytes())
    assert (len(read.text), read.text_was_cut) == (LONGEST_TEXT, True)


def test_forwarded_mail_keeps_what_it_brings() -> None:
    text = "Please see below.\n\nFrom: Dr. House\nSent: Monday\nTo: Jan\nSubject: Report\n\nThe findings"
    assert read_text(mail(text, subject="WG: Report ZG-7KM4-XW2P")) == text
    message = mail("See the letter.", subject="Fwd: Report")
    message.add_attachment(mail("inner"))
    assert (read_mail(message.as_bytes()).text, read_mail(message.as_bytes()).attachments) == ("See the letter.", 1)


@pytest.mark.parametrize(
    ("sender", "found"),
    [
        ("Jan <Jan.Patient@Example.com>", PATIENT),
        ('"jan.patient@example.com" <stranger@example.org>', "stranger@example.org"),
        ("jan.patient@example.com, stranger@example.org", ""),
        ("nobody", ""),
    ],
)
def test_sender_is_one_address_or_nobody(sender: str, found: str) -> None:
    assert read_mail(f"From: {sender}\r\n\r\nx".encode()).sender == found


def test_two_senders_are_nobody() -> None:
    assert read_mail(b"From: jan.patient@example.com\r\nFrom: x@example.org\r\n\r\nx").sender == ""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Re: [ZG-7KM4-XW2P] Your inquiry", ("ZG-7KM4-XW2P",)),
        ("zg7km4xw2p", ("ZG-7KM4-XW2P",)),
        ("ZG 7KM4 XW2P and ZG\u20117km4\u2011xw2p", ("ZG-7KM4-XW2P",)),
        ("ZG-7KM4-XW2PX, XZG-7KM4-XW2P, ZG-1KM4-XW2P", ()),
    ],
)
def test_references_in_a_subject(text: str, found: tuple[str, ...]) -> None:
    assert references_in(text) == found


def test_encoded_subject_is_read() -> None:
    subject = "=?iso-8859-2?Q?Re=3A_Va=B9_upit_=28ZG-7KM4-?= =?iso-8859-2?Q?XW2P=29?="
    read = read_mail(f"From: {PATIENT}\r\nSubject: {subject}\r\n\r\nx".encode())
    assert read.references == ("ZG-7KM4-XW2P",)


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied (vacation)"},
        {"Auto_Submitted": "auto-generated", "X_Auto_Response_Suppress": "All"},
        {"Precedence": "AUTO_REPLY"},
        {"Return_Path": "<>"},
        {"X_Autoreply": "yes"},
        {"sender": "MAILER-DAEMON@example.com"},
    ],
)
def test_machines_are_told(headers: dict[str, str]) -> None:
    assert read_mail(mail(**headers).as_bytes()).is_automatic


@pytest.mark.parametrize("headers", WEAK_MARKS)
def test_marks_that_people_may_bear_are_told_apart(headers: dict[str, str]) -> None:
    read = read_mail(mail(**headers).as_bytes())
    assert (read.is_automatic, read.may_be_automatic) == (False, True)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Auto_Submitted": "no"},
        {"Return_Path": f"<{PATIENT}>"},
        {"Precedence": "normal"},
        {"subject": "Re: office"},
        {"X_Auto_Response_Suppress": "All"},
    ],
)
def test_people_are_told(headers: dict[str, str]) -> None:
    read = read_mail(mail(**headers).as_bytes())
    assert (read.is_automatic, read.may_be_automatic) == (False, False)


def test_read_receipt_is_a_machines() -> None:
    data = bounce("<1@clinic.example>").replace(b"delivery-status", b"disposition-notification")
    read = read_mail(data.replace(b"Auto-Submitted: auto-replied\r\n", b"").replace(b"Return-Path: <>\r\n", b""))
    assert read.is_automatic
    assert read.bounce is None


@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822"])
@pytest.mark.parametrize(("action", "is_final"), [("failed", True), ("delayed", False), ("relayed", False)])
def test_report_is_read(kind: str, action: str, is_final: bool) -> None:
    data = bounce("<1@clinic.example>", kind=kind, action=action, reference="ZG-7KM4-XW2P")
    found = read_mail(data).bounce
    assert found is not None
    assert (found.message_ids, found.reference) == (("<1@clinic.example>",), "ZG-7KM4-XW2P")
    assert found.recipients == {PATIENT}
    assert (found.status, found.is_final) == ("5.1.1", is_final)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\xff\xfe garbage",
        b"From: a@example.com\r\nContent-Type: multipart/mixed\r\n\r\nno boundary",
        b"From: a@example.com\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\nnothing",
        b"Subject: nobody sent this\r\n\r\nx",
    ],
)
def test_broken_mails_are_told(data: bytes) -> None:
    assert read_mail(data).is_broken


@pytest.mark.parametrize("depth", [50, 5000])
def test_parts_within_parts_are_given_up(depth: int) -> None:
    parts = "".join(
        f"Content-Type: multipart/mixed; boundary=b{number}\r\n\r\n--b{number}\r\n" for number in range(depth)
    )
    read = read_mail(f"From: {PATIENT}\r\nMessage-ID: <deep@example.com>\r\n{parts}\r\nx".encode())
    assert read.identity == ("<deep@example.com>",)
    assert read.text == ""


@given(st.binary(max_size=2000))
def test_any_bytes_can_be_read(data: bytes) -> None:
    read_mail(data)


@given(st.data())
def test_any_spoilt_mail_can_be_read(data: st.DataObject) -> None:
    whole = bytearray(REPORT)
    for _ in range(data.draw(st.integers(1, 20))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    read = read_mail(bytes(whole[: data.draw(st.integers(0, len(whole)))]))
    read.text.encode()
    "".join(read.identity).encode()


def test_address_of_the_mailbox(settings: Settings) -> None:
    assert mailbox_address() is None
    settings.IMAP_URL = "imap+ssl://replies%40clinic.example:a%2Fb@mail.clinic.example/Clinic%20Inbox"
    address = mailbox_address()
    assert address is not None
    assert (address.host, address.port, address.folder) == ("mail.clinic.example", 993, "Clinic Inbox")
    assert (address.user, address.password) == ("replies@clinic.example", "a/b")
    assert "a/b" not in repr(address)


@pytest.mark.parametrize(
    "url",
    ["pop3://user:secret@host", "imap+ssl://host", "imap+ssl://user@host", "imap+ssl://user:secret@host:x", "secret"],
)
def test_wrong_address_is_refused_without_the_password(settings: Settings, url: str) -> None:
    settings.IMAP_URL = url
    with pytest.raises(ImproperlyConfigured) as error:
        mailbox_address()
    assert "secret" not in str(error.value)
    assert [message.id for message in check_mailbox(None)] == ["clinic.E013"]


def test_check_of_the_mailbox(settings: Settings) -> None:
    assert check_mailbox(None) == []
    settings.IMAP_URL, settings.REPLY_TO = "imap+tls://user:secret@host", ""
    assert [message.id for message in check_mailbox(None)] == ["clinic.E014"]
    settings.REPLY_TO = "replies@clinic.example"
    assert check_mailbox(None) == []
    settings.IMAP_URL, settings.IS_PUBLIC = "imap://user:secret@host", True
    assert [message.id for message in check_mailbox(None)] == ["clinic.E013"]
