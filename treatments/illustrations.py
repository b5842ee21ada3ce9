"""The drawings of the site: what stands under each, and each by itself or in a page.

A drawing is a template in `templates/illustrations/`: its words come from the catalogues, its colours from
`static/css/illustrations.css`.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

SCHEMATIC = _("Schematic, not to scale.")


@dataclass(frozen=True)
class Illustration:
    """What stands under a drawing, translated when it is shown."""

    caption: Promise
    legend: tuple[Promise, ...] = ()  # what the numbers in the drawing stand for, from 1 on
    note: Promise | None = SCHEMATIC  # what a reader must not take the drawing for


ILLUSTRATIONS: dict[str, Illustration] = {
    "lumbar-side": Illustration(
        caption=_("The lower back from the side. The belly is on the left, the back on the right."),
        legend=(
            _("Vertebra: five of them, L1 to L5, above the sacrum (S1)"),
            _("Disc: a soft cushion between two vertebrae"),
            _("Nerve root: leaves through an opening on each side"),
            _("Small joint (facet joint): behind the opening for the nerve"),
            _("Spinous process: the bump that you can feel in the middle of your back"),
            _("The spinal cord ends here, high in the lower back"),
            _("Below, only loose strands of nerves run in the canal"),
        ),
    ),
    "lumbar-back": Illustration(
        caption=_("The lower back from behind."),
        legend=(
            _("Small joints (facet joints): two on each level, one left and one right"),
            _("Spinous process: the bump that you can feel in the middle of your back"),
            _("Transverse process: a side arm of the vertebra"),
            _("Hip bone: its top edge is about as high as L4"),
            _("Sacrum"),
            _("Sacroiliac joint: between sacrum and hip bone"),
        ),
    ),
    "needle-facet": Illustration(
        caption=_("A slice across the lower back. The back is on top, because you lie on your belly."),
        legend=(
            _("Thin needle: its tip stops at the back edge of the joint"),
            _("Small joint (facet joint): a narrow, curved gap"),
            _("Back muscles"),
            _("Canal with strands of nerves: the needle stays outside"),
            _("Disc"),
            _("Nerve on its way to the leg"),
        ),
    ),
    "medial-branch": Illustration(
        caption=_("Two thin nerves carry pain from one small joint. So two spots are heated."),
        legend=(
            _("The small joint between L4 and L5"),
            _("Thin nerve from L3: it crosses the bone of L4"),
            _("Thin nerve from L4: it crosses the bone of L5"),
            _("Heat around the bare needle tip, which lies along the thin nerve"),
            _("The large nerves to the leg run further in front"),
            _("A pad on the thigh leads the current away"),
        ),
    ),
    "nerve-root": Illustration(
        caption=_("The nerves from behind, with the bony arches taken off."),
        legend=(
            _("A disc bulges beside the middle: here it presses on the root of L5"),
            _("A disc bulges at the side: here it presses on the root of L4"),
            _("Needle tip: beside the root, not in it"),
            _("The medicine spreads around the root"),
            _("Nerve root with its thicker part (ganglion)"),
            _("Sac with strands of nerves"),
        ),
    ),
    "injection-sites": Illustration(
        caption=_("Where each injection goes. Nobody gets all of them."),
        legend=(
            _("Epidural injection: in the middle, between two arches of bone"),
            _("Caudal injection: through the opening at the tail end of the sacrum"),
            _("Nerve root injection: beside a nerve that leaves the spine"),
            _("Facet joint injection: in or at a small joint"),
            _("Medial branch block: at the thin nerves of a small joint"),
            _("Sacroiliac joint injection: between sacrum and hip bone"),
        ),
    ),
    "pain-map": Illustration(
        caption=_("Where pain is often felt. The areas overlap: a map alone cannot tell you the cause."),
        legend=(
            _("Small joints (facet joints): lower back, buttock, groin and thigh, mostly above the knee"),
            _("Nerve root L4: inner side of the shin"),
            _("Nerve root L5: outer side of the calf, top of the foot and big toe"),
            _("Nerve root S1: back of the calf and outer edge of the foot"),
            _("Sacroiliac joint: buttock, near the dimple"),
        ),
    ),
    "relief-timeline": Illustration(
        caption=_("How pain may change with time. The dotted line shows people who feel no relief."),
        legend=(
            _("The numbing medicine works for some hours."),
            _("The pain comes back. For a few days it can be stronger than before."),
            _("Cortisone starts slowly, if it helps you."),
            _("The effect fades."),
            _("The treated spots are sore at first."),
            _("Relief may begin."),
            _("If it helps, relief often lasts for months."),
            _("The nerves can grow back, and pain may return."),
        ),
        note=_("This is typical. It may be different for you."),
    ),
    "guidance": Illustration(
        caption=_("Four ways to see where the needle is. The symbol means X-rays. MRI and ultrasound work without."),
        note=None,
    ),
    "position": Illustration(
        caption=_("You lie on your belly. A cushion lifts your belly, so that the lower back becomes flatter."),
        note=None,
    ),
    "saddle-area": Illustration(
        caption=_(
            "These are signs of an emergency. Call the emergency number. Do not wait, and do not drive yourself."
        ),
        legend=(
            _("Numb where you would touch a saddle: genitals, anus or inner thighs"),
            _("You cannot pee, pee leaks, or you do not feel it"),
            _("Stool leaks, or you do not feel it"),
            _("A leg becomes weak, the weakness grows, or pain runs down both legs"),
        ),
    ),
    "step-path": Illustration(
        caption=_("One step at a time. You can stop at each step. If a step does not help, we look for another way."),
        note=None,
    ),
    "procedure": Illustration(
        caption=_("What happens in the room."),
        legend=(
            _("You lie on your belly, on a cushion."),
            _("The skin is cleaned."),
            _("A small sting: numbing medicine goes into the skin."),
            _("A picture shows where the needle is."),
            _("The needle comes out. You get a plaster."),
            _("You rest, often for 30 to 60 minutes."),
        ),
        note=None,
    ),
}


def _palette(stylesheet: str) -> str:
    """Return the rules of drawn things with the light colours written out, since not every program knows variables."""
    light = {
        name: re.sub(r"light-dark\(([^,]+),[^)]+\)", r"\1", value).strip()
        for name, value in re.findall(r"(--d-[\w-]+):\s*([^;]+);", stylesheet)
    }
    rules = re.findall(r"^ *(\.d-[^{]+\{[^}]*\})", stylesheet, flags=re.MULTILINE)
    return re.sub(r"var\((--d-[\w-]+)\)", lambda match: light[match.group(1)], "".join(rules))


@lru_cache(maxsize=1)
def palette_css() -> str:
    """Return the classes of the drawings with the colours of the light theme, for where no stylesheet is at hand."""
    path = Path(settings.BASE_DIR) / "static" / "css" / "illustrations.css"
    return _palette(path.read_text(encoding="utf-8"))


def drawing(name: str) -> str:
    """Return the drawing as an SVG file in the active language, with its own colours; KeyError for an unknown name."""
    start, end, rest = _svg(name).partition(">")
    return f"{start}{end}<style>{palette_css()}</style>{rest}"


def figure(name: str) -> SafeString:
    """Return the drawing with its caption for a page in the active language; KeyError for an unknown name."""
    context = {"name": name, "illustration": ILLUSTRATIONS[name], "svg": _svg(name)}
    return render_to_string("treatments/includes/illustration.html", context)


def _svg(name: str) -> SafeString:
    """Return the drawing in the active language."""
    if name not in ILLUSTRATIONS:
        raise KeyError(name)
    return _rendered(name, get_language() or settings.LANGUAGE_CODE)


@lru_cache(maxsize=512)
def _rendered(name: str, _language: str) -> SafeString:
    """Return the drawing in the active language, which belongs to the key; it never changes while the site runs."""
    svg = render_to_string(f"illustrations/{name}.svg")
    # A template's own output, only without the blanks that make the file readable
    return mark_safe(re.sub(r">\s+<", "><", svg))  # noqa: S308  # see the line above
