"""Photos, written anew: upright, in sRGB, and without anything that is not the picture.

Opening one costs some hundred megabytes for a moment (docs/adr/0020), so one is opened at a time.
"""

import io
import struct
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image, ImageCms, ImageOps
from pillow_heif import register_heif_opener

from inquiries.files.problems import FileRefusedError, Problem

# The largest photos of today's phones that fit into the limit of bytes have 50 million.
MAX_PIXELS = 64_000_000
JPEG_QUALITY = 90
PNG_EFFORT = 3
WAIT_SECONDS = 20

# What the libraries raise for a damaged picture, as a fuzzer would list it.
_BROKEN = (
    OSError, SyntaxError, ValueError, EOFError, TypeError, LookupError, ArithmeticError, RuntimeError, MemoryError,
    struct.error,
)  # fmt: skip
_AS_JPEG = frozenset({"L", "RGB"})
_AS_PNG = frozenset({"1", "L", "LA", "P", "RGB", "RGBA", "I;16"})
_open_one = threading.Lock()

register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=2)


def rewritten(data: bytes, *, source: str, target: str) -> bytes:
    """Return a picture (`source`: JPEG, PNG, HEIF) as a new JPEG or PNG. Raises FileRefusedError if it is damaged."""
    with _one_at_a_time(), warnings.catch_warnings():
        # What a library remarks about a photo's hidden data belongs in no log.
        warnings.simplefilter("ignore")
        try:
            return _rewrite(data, source, target)
        except Image.DecompressionBombError as error:
            raise FileRefusedError(Problem.TOO_MANY_PIXELS) from error
        except _BROKEN as error:
            raise FileRefusedError(Problem.DAMAGED) from error


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Keep others waiting, but not for ever."""
    if not _open_one.acquire(timeout=WAIT_SECONDS):
        raise FileRefusedError(Problem.BUSY)
    try:
        yield
    finally:
        _open_one.release()


def _rewrite(data: bytes, source: str, target: str) -> bytes:
    """Open, turn, convert and write one picture."""
    with Image.open(io.BytesIO(data), formats=[source]) as image:
        if image.width * image.height > MAX_PIXELS:
            raise FileRefusedError(Problem.TOO_MANY_PIXELS)
        image.load()
        ImageOps.exif_transpose(image, in_place=True)
        _to_srgb(image)
        picture = _plain(image, target)
        out = io.BytesIO()
        if target == "JPEG":
            picture.save(out, "JPEG", quality=JPEG_QUALITY)
        else:
            picture.save(out, "PNG", compress_level=PNG_EFFORT)
        return out.getvalue()


def _to_srgb(image: Image.Image) -> None:
    """Turn the colours of another profile into sRGB, so that the profile itself can go."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in {"RGB", "RGBA"}:
        return
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB"), inPlace=True)
    except (ImageCms.PyCMSError, OSError):
        # A broken profile is no reason to refuse a photo; its colours are taken as they are.
        return


def _plain(image: Image.Image, target: str) -> Image.Image:
    """Return the picture in a mode that the format knows, without all that was kept beside it."""
    fitting = _AS_JPEG if target == "JPEG" else _AS_PNG
    has_grey_only = image.mode in {"1", "LA", "I;16"}
    # Colours of a palette that are seen through are part of the picture, everything else beside it goes.
    kept = ("transparency",) if target == "PNG" and image.mode in {"P", "L", "RGB"} else ()
    picture = image if image.mode in fitting else image.convert("L" if has_grey_only else "RGB")
    picture.info = {name: picture.info[name] for name in kept if name in picture.info}
    return picture
