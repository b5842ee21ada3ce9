"""Inquiries at the desk: the inbox, one inquiry on one screen, people, e-mails."""

from inquiries.admin import inbox, outbox, records, staff

__all__ = ["inbox", "outbox", "records", "staff"]
