"""Mail without a mail server: kept in files of their own, read by a manager at this machine and by nobody else."""

import stat
from email import message_from_bytes
from email.policy import default as modern_policy
from pathlib import Path

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.test import Client
from pytest_django import Settings

from clinic_site.kept_mail import kept_files
from coordinators.enums import Role
from tests.factories import make_user

pytestmark = pytest.mark.django_db

PAGE = "/admin/mail/"
HERE = "127.0.0.1:8000"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.DATA_DIR = tmp_path
    settings.MAIL_IS_KEPT = True
    return tmp_path / "mail"


@pytest.fixture
def manager() -> Client:
    return client_of(Role.MANAGER)


def client_of(role: Role | None, host: str = HERE) -> Client:
    client = Client(headers={"Host": host})
    if role:
        client.force_login(make_user(role, f"Person {role}"))
    return client


def message(subject: str = "Hello", body: str = "Text", to: str = "ana@clinic.example") -> EmailMessage:
    return EmailMessage(subject, body, "Clinic <noreply@clinic.example>", [to])


def keep(*messages: EmailMessage, fail_silently: bool = False) -> int:
    connection = get_connection("clinic_site.kept_mail.KeptMailBackend", fail_silently=fail_silently)
    return connection.send_messages(list(messages)) or 0


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# Keeping


def test_kept_mail_is_one_file_a_message_for_its_owner_alone(folder: Path) -> None:
    assert keep(message("One"), message("Two")) == 2
    files = list(folder.iterdir())
    assert len(files) == 2
    assert {mode(file) for file in files} == {0o600}
    assert {file.suffix for file in files} == {".eml"}
    assert mode(folder) == 0o700


def test_kept_mail_can_be_read_back_as_it_was_sent() -> None:
    keep(message("Đoković: 14:30 – bitte", "Grüße\n\nŽ" * 50, "Jan Patient <jan@example.com>"))
    [file] = kept_files()
    read = message_from_bytes(file.read_bytes(), policy=modern_policy)
    assert read["Subject"] == "Đoković: 14:30 – bitte"
    assert read["To"] == "Jan Patient <jan@example.com>"
    assert read.get_content().strip() == "Grüße\n\nŽ" * 50


def test_kept_files_are_sorted_by_name_newest_first(folder: Path) -> None:
    for number in range(5):
        keep(message(f"Number {number}"))
    (folder / "20990101T000000000000-half.draft").write_bytes(b"half")
    subjects = [message_from_bytes(file.read_bytes())["Subject"] for file in kept_files()]
    assert subjects == [f"Number {number}" for number in reversed(range(5))]


def test_message_to_nobody_is_not_kept() -> None:
    assert keep(EmailMessage("Hello", "Text")) == 0
    assert kept_files() == []


def test_folder_that_cannot_be_written_is_an_error_like_that_of_a_server(folder: Path) -> None:
    folder.write_text("a file in its place", encoding="utf-8")
    with pytest.raises(OSError, match="mail"):
        keep(message())
    assert keep(message(), fail_silently=True) == 0


# Reading


def test_manager_reads_the_list_and_a_message(manager: Client) -> None:
    keep(message("Old one"), message("Your inquiry ZG-7KM4-XW2P", "Dear Jan,\n\nwe answer.", "jan@example.com"))
    html = manager.get(PAGE).content.decode()
    assert "jan@example.com" in html
    assert html.index("ZG-7KM4-XW2P") < html.index("Old one")
    page = manager.get(f"{PAGE}{kept_files()[0].stem}/")
    assert page.status_code == 200
    assert "Your inquiry ZG-7KM4-XW2P" in page.content.decode()
    assert "we answer." in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]


def test_list_without_mail_says_so(manager: Client) -> None:
    assert "No mail has been sent yet." in manager.get(PAGE).content.decode()


def test_html_of_a_message_is_never_rendered(manager: Client) -> None:
    mail = EmailMultiAlternatives("<b>bold</b>", "plain <i>text</i>", "a@clinic.example", ["b@clinic.example"])
    mail.attach_alternative("<p>rich <img src='https://evil.example/x.png'></p>", "text/html")
    keep(mail)
    address = f"{PAGE}{kept_files()[0].stem}/"
    for html in (manager.get(PAGE).content.decode(), manager.get(address).content.decode()):
        assert "&lt;b&gt;bold&lt;/b&gt;" in html
        assert "<b>bold" not in html
        assert "evil.example" not in html
    assert "plain &lt;i&gt;text&lt;/i&gt;" in manager.get(address).content.decode()


def test_designed_part_is_shown_where_it_can_do_nothing(manager: Client) -> None:
    mail = EmailMultiAlternatives("Hello", "plain", "a@clinic.example", ["b@clinic.example"])
    mail.attach_alternative("<!DOCTYPE html><p>Grüße<script>alert(1)</script></p>", "text/html")
    keep(mail, message("Plain only"))
    plain_only, designed = [file.stem for file in kept_files()]
    address = f"{PAGE}{designed}/design/"
    assert address in manager.get(f"{PAGE}{designed}/").content.decode()
    response = manager.get(address)
    assert "<p>Grüße<script>" in response.content.decode()
    policy = response.headers["Content-Security-Policy"].split("; ")
    assert policy[0] == "default-src 'none'"
    assert "sandbox" in policy
    assert not [rule for rule in policy if rule.startswith(("script-src", "img-src", "connect-src"))]
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "/design/" not in manager.get(f"{PAGE}{plain_only}/").content.decode()
    assert manager.get(f"{PAGE}{plain_only}/design/").status_code == 404
    assert client_of(Role.EDITOR).get(address).status_code == 404
    assert manager.get(address, REMOTE_ADDR="203.0.113.5").status_code == 404


def test_link_in_a_message_can_be_followed(manager: Client) -> None:
    keep(message(body="Open http://127.0.0.1:8000/en/inquiry/received/abc/ soon."))
    html = manager.get(f"{PAGE}{kept_files()[0].stem}/").content.decode()
    assert '<a href="http://127.0.0.1:8000/en/inquiry/received/abc/"' in html


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.EDITOR])
def test_others_of_the_staff_find_nothing(role: Role) -> None:
    keep(message())
    client = client_of(role)
    assert client.get(PAGE).status_code == 404
    assert client.get(f"{PAGE}{kept_files()[0].stem}/").status_code == 404


def test_stranger_at_this_machine_is_asked_to_sign_in() -> None:
    keep(message())
    for address in (PAGE, f"{PAGE}{kept_files()[0].stem}/"):
        response = client_of(None).get(address)
        assert response.status_code == 302
        assert response.headers["Location"] == f"/admin/login/?next={address}"


@pytest.mark.parametrize("peer", ["203.0.113.5", "10.0.0.1", "2001:db8::1", ""])
def test_manager_elsewhere_finds_nothing(manager: Client, peer: str) -> None:
    assert manager.get(PAGE, REMOTE_ADDR=peer).status_code == 404


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1"])
def test_manager_here_may_come_by_either_loopback_address(manager: Client, peer: str) -> None:
    assert manager.get(PAGE, REMOTE_ADDR=peer).status_code == 200


@pytest.mark.parametrize(("host", "status"), [("localhost:8000", 200), ("[::1]:8000", 200), ("clinic.example", 404)])
def test_only_a_loopback_name_opens_the_page(settings: Settings, host: str, status: int) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    assert client_of(Role.MANAGER, host).get(PAGE).status_code == status


@pytest.mark.parametrize("header", ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP"])
def test_proxy_on_this_machine_does_not_make_visitors_local(manager: Client, header: str) -> None:
    assert manager.get(PAGE, headers={header: "203.0.113.5"}).status_code == 404


def test_page_is_gone_where_a_mail_server_is_set_up(manager: Client, settings: Settings) -> None:
    settings.MAIL_IS_KEPT = False
    assert manager.get(PAGE).status_code == 404


@pytest.mark.parametrize("name", ["../secret", "..%2fsecret", "%2e%2e%2fsecret", "....//secret", "nothing", "a.eml"])
def test_address_cannot_leave_the_folder(manager: Client, folder: Path, name: str) -> None:
    keep(message())
    (folder.parent / "secret.eml").write_bytes(b"Subject: secret\n\nsecret")
    assert manager.get(f"{PAGE}{name}/").status_code == 404


def test_page_only_reads(manager: Client) -> None:
    assert manager.post(PAGE, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 405
