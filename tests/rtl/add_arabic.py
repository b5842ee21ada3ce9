"""`python -m tests.rtl.add_arabic`: gives a prepared site a few Arabic pages, as a clinic would add a language.

The words lie in `tests/rtl/content/`, laid out like the project's own. No section that safety hangs on is among them:
the site has to show those in English.
"""

import os
import shutil
import tempfile
from pathlib import Path

import django

CONTENT = Path(__file__).resolve().parent / "content"
LANGUAGE = "ar"


def main() -> None:
    """Load the pages, and note that they say what the English ones say today."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "clinic_site.settings"
    django.setup()
    from treatments import content_files, loading, translations  # noqa: PLC0415  # Django wakes up first
    from treatments.models import PageSection, SharedSection, SitePageSection  # noqa: PLC0415  # the same

    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(content_files.CONTENT, folder, dirs_exist_ok=True)
        shutil.copytree(CONTENT, folder, dirs_exist_ok=True)
        loading.load_content(Path(folder))
    for section in (
        *PageSection.objects.filter(page__language=LANGUAGE),
        *SitePageSection.objects.filter(page__language=LANGUAGE),
        *SharedSection.objects.filter(language=LANGUAGE),
    ):
        if source := translations.source_of(section):
            translations.confirm(section, source.digest)


if __name__ == "__main__":
    main()
