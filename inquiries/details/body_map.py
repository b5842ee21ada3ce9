"""The body map: which regions there are, and where each lies on the two figures.

Left and right are the patient's own. So on the figure seen from behind left is on the left, and on the figure seen from
the front it is on the right. The figures are never mirrored, whatever the direction of writing.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

FRONT_CENTRE, BACK_CENTRE = 100, 300  # where the figures stand in templates/inquiries/private/body_map_figures.svg
LEFT, MIDDLE, RIGHT = "left", "middle", "right"
_CROSS = 6  # half the width of the cross on a marked region

Point = tuple[int, int]


@dataclass(frozen=True)
class _Shape:
    """The outline of a region, and the point where a cross marks it."""

    points: tuple[Point, ...]
    cross: Point


@dataclass(frozen=True)
class Area:
    """Where a region lies on one figure: its shape, and the cross that marks it."""

    clip: str  # the outline that cuts the shape off at the skin
    shape: str
    cross: str


@dataclass(frozen=True)
class Region:
    """A part of the body that can hurt: its code, its name, and where it is drawn."""

    code: str
    label: "_StrPromise"
    areas: tuple[Area, ...]


@dataclass(frozen=True)
class MarkedRegion:
    """A region on a map that is only to be looked at."""

    region: Region
    is_marked: bool


# Shapes, measured from the middle of a figure; those of one side are drawn on the viewer's right. They reach beyond the
# skin, so that they are easily hit; the last pair of numbers is where the cross goes.
_NECK = _Shape(((-22, 74), (22, 74), (22, 90), (0, 96), (-22, 90)), (0, 86))
_SHOULDER = _Shape(((22, 84), (66, 88), (76, 128), (47, 136), (38, 114), (24, 98), (22, 90)), (50, 113))
_ARM = _Shape(((47, 136), (76, 128), (99, 240), (99, 300), (70, 300), (69, 268), (52, 206), (47, 172)), (69, 206))
_HIP = _Shape(((33, 232), (46, 214), (52, 216), (60, 258), (60, 274), (28, 284), (1, 276), (1, 260)), (34, 256))
_THIGH_FRONT = _Shape(((1, 276), (28, 284), (60, 274), (56, 346), (3, 346)), (28, 315))
_KNEE = _Shape(((3, 346), (56, 346), (56, 386), (3, 386)), (27, 366))
_LOWER_LEG = _Shape(((3, 386), (56, 386), (52, 464), (3, 464)), (27, 424))
_FOOT = _Shape(((3, 464), (52, 464), (52, 512), (3, 512)), (24, 486))
_UPPER_BACK = _Shape(
    (
        (0, 96),
        (22, 90),
        (24, 98),
        (38, 114),
        (47, 136),
        (47, 180),
        (-47, 180),
        (-47, 136),
        (-38, 114),
        (-24, 98),
        (-22, 90),
    ),
    (0, 140),
)
_LOWER_BACK_MIDDLE = _Shape(((-15, 180), (15, 180), (13, 238), (-13, 238)), (0, 209))
_LOWER_BACK = _Shape(((15, 180), (47, 180), (47, 200), (58, 236), (34, 233), (13, 238)), (30, 209))
_TAILBONE = _Shape(((-13, 238), (13, 238), (4, 270), (0, 274), (-4, 270)), (0, 251))
_BUTTOCK = _Shape(
    ((13, 238), (34, 233), (58, 236), (60, 276), (46, 290), (24, 292), (1, 284), (1, 274), (4, 270)), (31, 263)
)
_THIGH_BACK = _Shape(((1, 284), (24, 292), (46, 290), (60, 276), (56, 346), (3, 346)), (28, 319))


def _area(shape: _Shape, *, centre: int, is_flipped: bool) -> Area:
    """Return a shape on one figure, flipped to the viewer's left if asked for."""
    sign = -1 if is_flipped else 1
    path = "M" + "L".join(f"{centre + sign * x} {y}" for x, y in shape.points) + "z"
    x, y = centre + sign * shape.cross[0], shape.cross[1]
    arm, span = _CROSS, 2 * _CROSS
    cross = f"M{x - arm} {y - arm}l{span} {span}M{x - arm} {y + arm}l{span}-{span}"
    return Area("front" if centre == FRONT_CENTRE else "back", path, cross)


def _region(
    code: str, label: "_StrPromise", *, front: _Shape | None = None, back: _Shape | None = None, side: str = MIDDLE
) -> Region:
    """Return a region as it is drawn on one figure or on both."""
    areas = []
    if front:
        areas.append(_area(front, centre=FRONT_CENTRE, is_flipped=side == RIGHT))
    if back:
        areas.append(_area(back, centre=BACK_CENTRE, is_flipped=side == LEFT))
    return Region(code, label, tuple(areas))


REGIONS: tuple[Region, ...] = (
    # In pairs, so that left and right stand side by side where the list has two columns.
    _region("neck", _("Neck"), front=_NECK, back=_NECK),
    _region("upper-back", _("Upper back"), back=_UPPER_BACK),
    _region("shoulder-left", _("Left shoulder"), front=_SHOULDER, back=_SHOULDER, side=LEFT),
    _region("shoulder-right", _("Right shoulder"), front=_SHOULDER, back=_SHOULDER, side=RIGHT),
    _region("arm-left", _("Left arm or hand"), front=_ARM, back=_ARM, side=LEFT),
    _region("arm-right", _("Right arm or hand"), front=_ARM, back=_ARM, side=RIGHT),
    _region("lower-back-left", _("Lower back on the left"), back=_LOWER_BACK, side=LEFT),
    _region("lower-back-right", _("Lower back on the right"), back=_LOWER_BACK, side=RIGHT),
    _region("lower-back-middle", _("Lower back in the middle"), back=_LOWER_BACK_MIDDLE),
    _region("tailbone", _("Tailbone"), back=_TAILBONE),
    _region("buttock-left", _("Left buttock"), back=_BUTTOCK, side=LEFT),
    _region("buttock-right", _("Right buttock"), back=_BUTTOCK, side=RIGHT),
    _region("hip-left", _("Left hip or groin"), front=_HIP, side=LEFT),
    _region("hip-right", _("Right hip or groin"), front=_HIP, side=RIGHT),
    _region("thigh-front-left", _("Left thigh in front"), front=_THIGH_FRONT, side=LEFT),
    _region("thigh-front-right", _("Right thigh in front"), front=_THIGH_FRONT, side=RIGHT),
    _region("thigh-back-left", _("Left thigh at the back"), back=_THIGH_BACK, side=LEFT),
    _region("thigh-back-right", _("Right thigh at the back"), back=_THIGH_BACK, side=RIGHT),
    _region("knee-left", _("Left knee"), front=_KNEE, back=_KNEE, side=LEFT),
    _region("knee-right", _("Right knee"), front=_KNEE, back=_KNEE, side=RIGHT),
    _region("shin-left", _("Left shin"), front=_LOWER_LEG, side=LEFT),
    _region("shin-right", _("Right shin"), front=_LOWER_LEG, side=RIGHT),
    _region("calf-left", _("Left calf"), back=_LOWER_LEG, side=LEFT),
    _region("calf-right", _("Right calf"), back=_LOWER_LEG, side=RIGHT),
    _region("foot-left", _("Left foot"), front=_FOOT, back=_FOOT, side=LEFT),
    _region("foot-right", _("Right foot"), front=_FOOT, back=_FOOT, side=RIGHT),
)
REGION_BY_CODE = {region.code: region for region in REGIONS}


def marked_regions(codes: Collection[str]) -> list[MarkedRegion]:
    """Return all regions for a map that is only to be looked at, the chosen ones marked."""
    return [MarkedRegion(region, region.code in codes) for region in REGIONS]
