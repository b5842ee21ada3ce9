"""Measures every page type of a running site with Lighthouse, mobile, and prints a table in Markdown.

    npm install lighthouse@12           # in any folder
    script/server --port 8000           # the site, in another terminal
    python benchmarks/lighthouse.py http://127.0.0.1:8000 FOLDER/node_modules/.bin/lighthouse

Chromium is found by the variable CHROME_PATH, as Lighthouse wants it.
"""

import json
import re
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
FIGURES = ("largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift", "total-byte-weight")
CHROMIUM = "--headless --no-sandbox --disable-gpu --disable-background-networking"


def measure(lighthouse: str, url: str) -> list[str]:
    """Return one line of the table: the four scores and the figures behind them."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        subprocess.run(
            [
                *(lighthouse, url, "--quiet", "--output=json", f"--output-path={report}"),
                *(f"--chrome-flags={CHROMIUM}", f"--only-categories={','.join(CATEGORIES)}"),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        result = json.loads(report.read_text(encoding="utf-8"))
    scores = [str(round(result["categories"][name]["score"] * 100)) for name in CATEGORIES]
    figures = [f"{result['audits'][name]['numericValue']:.0f}" for name in FIGURES]
    return [*scores, *figures]


def main(site: str, lighthouse: str, language: str = "en") -> None:
    """Measure every page of one language that the sitemap lists."""
    with urllib.request.urlopen(f"{site}/sitemap.xml") as answer:
        sitemap = answer.read().decode()
    paths = [urlsplit(url).path for url in re.findall(r"<loc>([^<]+)</loc>", sitemap)]
    print("| page | performance | accessibility | best practices | SEO | LCP ms | TBT ms | CLS | bytes |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for path in paths:
        if path.startswith(f"/{language}/"):
            print(f"| {path} | {' | '.join(measure(lighthouse, site + path))} |", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
