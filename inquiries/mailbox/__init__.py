"""The clinic's mailbox: fetching what came, and reading it safely. What becomes of a mail is decided by a service."""
