"""What the services refuse, in words for the person at the desk."""


class TriageError(Exception):
    """The step does not fit things as they are now; the message tells the person at the desk why."""
