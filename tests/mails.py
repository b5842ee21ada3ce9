"""E-mails as patients' programs, mail servers and machines send them."""

from email.message import EmailMessage
from email.policy import SMTP
from itertools import count

PATIENT = "jan.patient@example.com"
CLINIC = "replies@clinic.example"
# What mailings and notices of absence bear, and what a person's e-mail may bear, too
WEAK_MARKS = (
    {"Precedence": "bulk"},
    {"Precedence": "list"},
    {"List_Id": "<friends.example.org>"},
    {"List_Unsubscribe": "<https://example.org/x>"},
    {"Feedback_ID": "1:example"},
    {"subject": "Automatische Antwort: Ihre Anfrage"},
    {"subject": "Out of Office: Re: your inquiry"},
    {"subject": "Automatic reply: ZG-7KM4-XW2P"},
)
_numbers = count(1)


def mail(
    text: str = "Thank you, Tuesday suits me.",
    *,
    answers: str = "",
    subject: str = "Re: Your inquiry",
    sender: str = f"Jan Patient <{PATIENT}>",
    html: str = "",
    **headers: str,
) -> EmailMessage:
    """Return an e-mail of a person; `headers` are written with underscores."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = CLINIC
    message["Subject"] = subject
    message["Message-ID"] = headers.pop("Message_ID", f"<{next(_numbers)}@mail.example.com>")
    if answers:
        message["In-Reply-To"] = answers
        message["References"] = f"<older@mail.example.com> {answers}"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    if text:
        message.set_content(text)
    if html and text:
        message.add_alternative(html, subtype="html")
    elif html:
        message.set_content(html, subtype="html")
    return message


def bounce(
    message_id: str,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    reference: str = "",
    recipient: str = PATIENT,
    kind: str = "text/rfc822-headers",
) -> bytes:
    """Return a mail server's report about an e-mail of ours, as RFC 3464 wants it."""
    returned = "".join(
        f"{name}: {value}\r\n"
        for name, value in (("Message-ID", message_id), ("X-Inquiry-Reference", reference), ("To", recipient))
        if value
    )
    if kind == "message/rfc822":
        returned += "\r\nWhat we wrote.\r\n"
    return (
        "Return-Path: <>\r\n"
        "From: Mail Delivery System <MAILER-DAEMON@mx.example.com>\r\n"
        f"To: {CLINIC}\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\n"
        f"Message-ID: <{next(_numbers)}@mx.example.com>\r\n"
        "Auto-Submitted: auto-replied\r\n"
        "MIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"\r\n'
        "\r\n"
        "--=_b\r\nContent-Type: text/plain\r\n\r\nI am sorry to have to inform you.\r\n"
        "--=_b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example.com\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\nStatus: {status} (unknown)\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n"
        f"--=_b\r\nContent-Type: {kind}\r\n\r\n{returned}\r\n"
        "--=_b--\r\n"
    ).encode()
