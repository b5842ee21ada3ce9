"""Inquiries at the desk: the inbox, one inquiry on one screen, people, absences, e-mails."""

from inquiries.admin import absences, audit, exports, inbox, outbox, records, replies, staff

__all__ = ["absences", "audit", "exports", "inbox", "outbox", "records", "replies", "staff"]
