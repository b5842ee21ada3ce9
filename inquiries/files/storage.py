"""Where sealed files lie by default: in a folder of their own, for nobody else to read, safe from a power cut."""

import os
from pathlib import Path
from typing import IO, Any

from django.core.files.storage import FileSystemStorage


class DurableStorage(FileSystemStorage):
    """A folder whose files are on the disk, not merely on their way to it, before their rows are."""

    def save(self, name: str | None, content: IO[Any], max_length: int | None = None) -> str:
        """Write a file and wait until the disk has it and its name."""
        saved = super().save(name, content, max_length)
        path = Path(self.path(saved))
        for each in (path, path.parent):
            descriptor = os.open(each, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        return saved
