"""What a page does behind the visitor's back: requests, cookies, complaints of the browser."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext


@dataclass
class Watch:
    """Everything that the pages of one browser context asked for and complained about."""

    context: BrowserContext
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def hosts(self) -> set[str]:
        """Return the hosts that were asked for anything."""
        return {urlsplit(url).netloc for url in self.requests}

    def cookies(self) -> list[str]:
        """Return the names of the cookies that were set."""
        return [str(cookie.get("name")) for cookie in self.context.cookies()]
