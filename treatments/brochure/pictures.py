"""The pictures of brochures and cards: drawings, signs and QR codes, each as an SVG file."""

import io
import re
import xml.etree.ElementTree as ET
from functools import lru_cache
from pathlib import Path

import segno
from django.conf import settings

from treatments.brochure.tree import Node
from treatments.illustrations import ILLUSTRATIONS, drawing

# Where the drawing that stands for a treatment is looked for first
_FRONT_SECTIONS = ("steps", "types")
_USUAL_FRONT = "lumbar-side"
# Several views in one drawing: a puzzle without their words.
_NEVER_IN_FRONT = frozenset({"medial-branch", "step-path", "relief-timeline", "guidance", "procedure"})
# What is told about a drawing, in it
_LETTERING = frozenset({"d-mark", "d-leader", "d-dot", "d-label", "d-dashed"})
_SVG = "http://www.w3.org/2000/svg"
_FONT = "Source Sans Pro"
_INK = "#17433a"


def qr_code(url: str) -> str:
    """Return a QR code of `url` as an SVG file, with the quiet edge that readers need."""
    file = io.BytesIO()
    segno.make(url, error="m", micro=False).save(file, kind="svg", dark=_INK, xmldecl=False, border=4)
    return file.getvalue().decode()


def treatment_drawing(name: str) -> Node | None:
    """Return a drawing with what it says to who cannot see it; None for a name that no drawing has."""
    if name not in ILLUSTRATIONS:
        return None
    shown = ILLUSTRATIONS[name]
    svg = re.sub(r"font-family:[^;}]+", f"font-family:'{_FONT}'", drawing(name))
    root = ET.fromstring(svg)  # noqa: S314  # our own file
    told = [root.findtext(f"{{{_SVG}}}{tag}") or "" for tag in ("title", "desc")]
    return {
        "kind": "drawing",
        "name": name,
        "svg": svg,
        "alt": ". ".join(part.rstrip(".") for part in told if part) + ".",
        "caption": str(shown.caption),
        "legend": [str(line) for line in shown.legend],
        "note": str(shown.note or ""),
    }


def front_drawing(sections: list[Node]) -> Node | None:
    """Return the drawing that stands for a treatment, without words: that of its steps or kinds, else its first one."""
    own = {section["key"]: [block for block in section["blocks"] if _is_front(block)] for section in sections}
    found = (block for key in (*_FRONT_SECTIONS, *own) for block in own.get(key, []))
    front = next(found, None) or treatment_drawing(_USUAL_FRONT)
    return front and {**front, "svg": _without_words(front["svg"])}


def _is_front(block: Node) -> bool:
    """Return whether a block is a drawing that says something without words."""
    return block["kind"] == "drawing" and block["name"] not in _NEVER_IN_FRONT


def _without_words(svg: str) -> str:
    """Return a drawing without its labels, marks and leader lines: as a picture that needs no legend."""
    root = ET.fromstring(svg)  # noqa: S314  # our own file
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag == f"{{{_SVG}}}text" or _LETTERING & set((child.get("class") or "").split()):
                parent.remove(child)
    ET.register_namespace("", _SVG)
    return ET.tostring(root, encoding="unicode")


@lru_cache(maxsize=64)
def icon(name: str) -> str:
    """Return a sign of the site's set as an SVG file of its own."""
    sheet = (Path(settings.BASE_DIR) / "static" / "img" / "icons.svg").read_text(encoding="utf-8")
    symbol = re.search(rf'<symbol id="{name}" viewBox="([^"]+)">(.*?)</symbol>', sheet, re.DOTALL)
    if symbol is None:
        raise KeyError(name)
    drawn = re.sub(r' vector-effect="[^"]+"', "", symbol.group(2)).replace("currentColor", _INK)
    return (
        f'<svg xmlns="{_SVG}" viewBox="{symbol.group(1)}" fill="none" stroke="{_INK}" stroke-width="1.8"'
        f' stroke-linecap="round" stroke-linejoin="round">{drawn}</svg>'
    )
