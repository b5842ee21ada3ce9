"""Inquiries at the desk: the inbox, one inquiry on one screen, people, e-mails."""

from inquiries.admin import inbox, outbox, staff

__all__ = ["inbox", "outbox", "staff"]
