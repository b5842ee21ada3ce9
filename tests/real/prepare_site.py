"""`python -m tests.real.prepare_site`: everything that a first start would set up, without serving."""

import os
from pathlib import Path

import django

from clinic_site.embedded import FOLDERS
from clinic_site.keys import make_missing_secrets


def main() -> None:
    """Prepare the data folder and the database that the environment names."""
    os.umask(0o077)
    data_dir = Path(os.environ["DATA_DIR"])
    for folder in FOLDERS:
        (data_dir / folder).mkdir(parents=True, exist_ok=True)
    make_missing_secrets(data_dir / "keys")
    os.environ["DJANGO_SETTINGS_MODULE"] = "clinic_site.settings"
    django.setup()
    from clinic_site.preparation import prepare  # noqa: PLC0415  # the keys come first

    prepare()


if __name__ == "__main__":
    main()
