"""Everything that can fail between the form and the mailbox fails here, on real parts (RELIABILITY.md §2).

Whatever happens: the patient gets the confirmation page in time, every e-mail ends with a mail server or visibly
failed, and a killed sender costs at most one more copy, with the same Message-ID.
"""

import http.client
from collections import Counter
from collections.abc import Iterable
from functools import partial
from typing import Any

import pytest

from tests.real.rig import Answer, EmbeddedSite, GrownSite, Site, eventually, form_answers, together
from tests.real.smtp_sink import Stage

CONFIRMED_SECONDS = 3
SETTLED_SECONDS = 30
ANA = "ana@demo.clinic.example"
FALLBACK_MAILBOX = "team@demo.clinic.example"


@pytest.fixture(params=["embedded", pytest.param("grown", marks=pytest.mark.grown)])
def site(request: pytest.FixtureRequest) -> Site:
    """Give the site in both sizes."""
    found: Site = request.getfixturevalue(request.param)
    return found


def assert_confirmed(site: Site, answers: Iterable[Answer]) -> None:
    """Check that every patient was sent in time to a confirmation page that opens."""
    for answer in answers:
        assert answer.status == 303, site.explain(f"{answer.status}: {answer.body[:500]}")
        assert answer.seconds < CONFIRMED_SECONDS, site.explain(f"the patient waited {answer.seconds:.1f} s")
        assert site.get(answer.location).status == 200


def assert_handed_over(site: Site, inquiries: int, *, extra_copies: int = 0) -> None:
    """Check that every e-mail reached the mail server, once but for `extra_copies`, and that none is silent."""
    eventually(
        lambda: all(email.status == "SENT" for email in site.rows.emails()),
        SETTLED_SECONDS,
        lambda: site.explain("not everything is sent"),
    )
    assert_whole(site, inquiries)
    emails = site.rows.emails()
    assert Counter(email.kind for email in emails) == {"HANDOVER": inquiries, "CONFIRMATION": inquiries}
    copies = site.sink.copies()
    assert set(copies) == {email.message_id for email in emails}, site.explain("letters and outbox differ")
    assert copies.total() - len(copies) <= extra_copies, site.explain(f"too many copies: {copies}")


def assert_whole(site: Site, inquiries: int) -> None:
    """Check that every inquiry has an owner, its first event, its e-mails, and an event for what became of each."""
    keys = site.rows.inquiries()
    assert len(keys) == inquiries
    assert site.rows.assigned() == set(keys)
    events = Counter(site.rows.events())
    for key in keys:
        emails = [email for email in site.rows.emails() if email.inquiry == key]
        statuses = Counter(email.status for email in emails)
        assert {email.kind for email in emails} >= {"HANDOVER", "CONFIRMATION"}
        assert events[key, "RECEIVED"] == events[key, "ASSIGNED"] == 1
        assert events[key, "EMAIL_SENT"] == statuses["SENT"]
        assert events[key, "EMAIL_FAILED"] == statuses["FAILED"]


# The broker


@pytest.mark.grown
def test_broker_refused_and_a_timer_delivers_without_it(grown: GrownSite) -> None:
    grown.network.refuse()
    answers = grown.post_inquiries(12)
    assert_confirmed(grown, answers)
    assert {email.status for email in grown.rows.emails()} == {"PENDING"}
    grown.sweep_once()
    assert_handed_over(grown, len(answers))


@pytest.mark.grown
def test_broker_swallows_packets_of_a_new_connection(grown: GrownSite) -> None:
    grown.restart("web")
    connections = grown.network.accepted
    grown.network.swallow()
    answers = grown.post_inquiries(8)
    assert grown.network.accepted > connections
    assert_confirmed(grown, answers)
    grown.network.forward()
    assert_handed_over(grown, len(answers))


@pytest.mark.grown
def test_broker_falls_silent_on_open_connections_of_a_busy_site(grown: GrownSite) -> None:
    """The worker has messages in hand that it cannot acknowledge any more, and must go on all the same."""
    grown.restart("web")
    connections = grown.network.accepted
    grown.sink.be_slow(0.4)
    before = grown.post_inquiries(5)
    assert grown.network.accepted > connections, "the web process has no connection that could fall silent"
    grown.network.swallow()
    answers = grown.post_inquiries(8)
    assert_confirmed(grown, answers)
    grown.sink.behave()
    grown.network.forward()
    assert_handed_over(grown, len(before) + len(answers))


# The mail server


@pytest.mark.parametrize("fault", ["down", "turns everybody away", "greets and hangs"])
def test_mail_server_away_and_back(embedded: EmbeddedSite, fault: str) -> None:
    {"down": embedded.sink.stop, "turns everybody away": embedded.sink.turn_away}.get(fault, embedded.sink.hang)()
    assert_survives_without_mail_server(embedded)


@pytest.mark.grown
def test_mail_server_down_and_back_grown(grown: GrownSite) -> None:
    grown.sink.stop()
    assert_survives_without_mail_server(grown)


def assert_survives_without_mail_server(site: Site) -> None:
    """Check that inquiries are taken, e-mails wait, none is given up, and all are sent when mail flows again."""
    answers = site.post_inquiries(10)
    assert_confirmed(site, answers)
    eventually(
        lambda: any(email.last_error for email in site.rows.emails()), 20, lambda: site.explain("nothing was tried")
    )
    for email in site.rows.emails():
        assert email.status in {"PENDING", "SENDING"}
        assert email.seconds_to_next_attempt <= 61
    site.sink.behave()
    site.sink.start()

    def all_sent_in_fast_motion() -> bool:
        site.rows.let_time_pass()
        return all(email.status == "SENT" for email in site.rows.emails())

    eventually(all_sent_in_fast_motion, SETTLED_SECONDS, lambda: site.explain("mail does not flow again"))
    assert_handed_over(site, len(answers))


def test_mailbox_of_the_coordinator_refuses_for_good(site: Site) -> None:
    site.sink.refuse(550, ANA)
    answers = [site.post_inquiry("hr") for _ in range(4)]
    assert_confirmed(site, answers)
    eventually(
        lambda: [email.is_final for email in site.emails_of(answers)] == [True] * 12,
        SETTLED_SECONDS,
        lambda: site.explain("not settled"),
    )
    assert_whole(site, len(answers))
    found = {(email.kind, email.status, email.attempts, email.last_error) for email in site.rows.emails()}
    assert found == {
        ("HANDOVER", "FAILED", 1, "550"),
        ("HANDOVER_FALLBACK", "SENT", 1, ""),
        ("CONFIRMATION", "SENT", 1, ""),
    }
    assert site.sink.attempts[ANA] == len(answers)
    assert len(site.sink.to(FALLBACK_MAILBOX)) == len(answers)
    assert [len(site.sink.to(answer.patient)) for answer in answers] == [1] * len(answers)


def test_mailbox_of_the_coordinator_refuses_for_now(site: Site) -> None:
    site.sink.refuse(451, ANA)
    answers = [site.post_inquiry("hr") for _ in range(4)]
    assert_confirmed(site, answers)
    eventually(
        lambda: (
            Counter((email.kind, email.status, email.last_error) for email in site.rows.emails())
            == {("HANDOVER", "PENDING", "451"): 4, ("CONFIRMATION", "SENT", ""): 4}
        ),
        SETTLED_SECONDS,
        lambda: site.explain("not tried"),
    )
    assert all(40 < email.seconds_to_next_attempt <= 61 for email in site.rows.emails() if email.kind == "HANDOVER")
    site.sink.behave()
    site.rows.let_time_pass()
    assert_handed_over(site, len(answers))
    assert {email.attempts for email in site.rows.emails() if email.kind == "HANDOVER"} == {2}


# SIGKILL


@pytest.mark.parametrize("stage", ["RCPT", "DATA"])
def test_worker_killed_while_sending(site: Site, stage: Stage) -> None:
    """Before the text is handed over nothing is sent twice; after it, only what was just being confirmed."""
    site.sink.hold(stage, seconds=10)
    answers = site.post_inquiries(10)
    assert_confirmed(site, answers)
    eventually(lambda: site.sink.held, 10, lambda: site.explain("nothing is being sent"))
    killed = site.kill("worker")
    site.sink.behave()
    site.revive("worker")
    # Of the worker with processes of its own, the parent sends nothing.
    senders = max(1, len(killed) - 1)
    assert_handed_over(site, len(answers), extra_copies=senders if stage == "DATA" else 0)
    if stage == "DATA":
        assert site.sink.copies().total() > 2 * len(answers), "the kill came too late to mean anything"


@pytest.mark.grown
def test_web_killed_between_commit_and_enqueue(grown: GrownSite) -> None:
    """The broker's silence holds every hint in exactly that place; what is stored needs no second click."""
    forms = [form_answers() for _ in range(4)]
    grown.restart("web")
    grown.network.swallow()

    def kill_after_commit() -> None:
        eventually(grown.rows.inquiries, CONFIRMED_SECONDS, lambda: grown.explain("nothing is stored"))
        grown.kill("web")

    together([*(partial(send, grown, form) for form in forms), kill_after_commit])
    assert {email.attempts for email in grown.rows.emails()} == {0}
    grown.network.forward()
    assert_handed_over(grown, len(grown.rows.inquiries()))
    grown.revive("web")
    grown.wait_takes_inquiries()
    assert_confirmed(grown, together([partial(grown.post_inquiry, **form) for form in forms]))
    assert_handed_over(grown, len(forms))


def test_web_killed_again_and_again_while_patients_send(embedded: EmbeddedSite) -> None:
    """A patient whose browser showed an error sends once more; that makes no second inquiry and no second e-mail."""
    forms = [form_answers() for _ in range(24)]

    def send_until_answered(form: dict[str, Any]) -> Answer:
        answer = eventually(partial(send, embedded, form), SETTLED_SECONDS, lambda: embedded.explain("no answer"))
        assert answer is not None
        return answer

    def kill_twice() -> None:
        for stored in (4, 14):
            enough = partial(is_web_busy, embedded, stored)
            eventually(enough, SETTLED_SECONDS, lambda: embedded.explain("nothing to kill"))
            embedded.kill("web")

    _killed, *answers = together([kill_twice, *(partial(send_until_answered, form) for form in forms)])
    assert {answer.status for answer in answers} == {303}
    assert {embedded.get(answer.location).status for answer in answers} == {200}
    assert_handed_over(embedded, len(forms))


def send(site: Site, form: dict[str, Any]) -> Answer | None:
    """Send a form and return the answer, or None where the connection broke."""
    try:
        return site.post_inquiry(**form)
    except (OSError, http.client.HTTPException):
        return None


def is_web_busy(site: Site, stored: int) -> bool:
    """Return whether the web process is there and has `stored` inquiries already."""
    return len(site.rows.inquiries()) >= stored and len(site.pids("web")) > 1


def test_several_senders_race_for_the_same_emails(site: Site) -> None:
    """Workers and sweeps that see the same rows send each e-mail once."""
    site.sink.be_slow(0.2)
    rivals = [site.sweeper("rival-sweep", "--every", "1")]
    if isinstance(site, GrownSite):
        site.kill("worker")
        rivals.append(site.another_worker("rival-worker"))
    try:
        answers = site.post_inquiries(12)
        assert_confirmed(site, answers)
        for rival in rivals:
            rival.start()
        site.revive("worker")
        assert_handed_over(site, len(answers))
        assert {email.attempts for email in site.rows.emails()} == {1}
    finally:
        for rival in rivals:
            rival.stop()


# What the logs say of all that


def test_logs_name_every_sent_email_and_never_a_patient(site: Site) -> None:
    answers = [site.post_inquiry(name="Canary Patient", message="Canary message")]
    assert_handed_over(site, 1)
    logs = eventually(partial(logs_with_emails_of, site, answers), 5, lambda: site.explain("not logged as sent"))
    for canary in ("Canary", "Jan Patient", "@example.com", "Question ", "/received/"):
        assert canary not in logs


def logs_with_emails_of(site: Site, answers: Iterable[Answer]) -> str:
    """Return all logs of the site, or nothing while they do not tell that each e-mail was sent."""
    logs = "".join(log.read_text(encoding="utf-8", errors="replace") for log in site.data_dir.glob("*.log"))
    sent = [line for line in logs.splitlines() if '"e-mail sent"' in line]
    return logs if all(any(str(email.id) in line for line in sent) for email in site.emails_of(answers)) else ""
