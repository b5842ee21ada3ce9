"""Asks the web server of this container whether it lives; the exit code is the answer."""

import http.client
import os
import sys
from urllib.parse import urlsplit

SECONDS = 4


def is_alive() -> bool:
    """Tell whether /health/live answers 200 under the name that the site is known by."""
    name = urlsplit(os.environ.get("SITE_URL", "")).netloc or "127.0.0.1"
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=SECONDS)
    try:
        connection.request("GET", "/health/live", headers={"Host": name})
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(0 if is_alive() else 1)
