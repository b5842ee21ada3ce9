"""E-mails, made when they are sent: in the recipient's language, without a word of the patient's by default."""

from inquiries.emails.addressee import NoRecipientError
from inquiries.emails.build import LETTERS, build_email
from inquiries.emails.staff import mail_detail_level, password_link

__all__ = ["LETTERS", "NoRecipientError", "build_email", "mail_detail_level", "password_link"]
