"""Small files made in code: PDF, JPEG, PNG, HEIC, with secrets in every corner where one can hide."""

import io
import zipfile

from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo
from pillow_heif import register_heif_opener

CANARY = b"Kanarienvogel"
GPS_IFD, DESCRIPTION, ORIENTATION = 0x8825, 0x010E, 0x0112

register_heif_opener()


def pdf(text: bytes = b"", padding: int = 0) -> bytes:
    """Return a PDF that readers open; `text` stands in a comment, `padding` makes it longer."""
    filler = b"%" + b"x" * (padding - 2) + b"\n" if padding > 1 else b" " * padding
    body = b"%PDF-1.4\n" + (b"% " + text + b"\n" if text else b"") + filler
    objects = (
        b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n",
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n",
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n",
    )
    offsets = []
    for item in objects:
        offsets.append(len(body))
        body += item
    table = b"xref\n0 4\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    # Ten digits, so that a longer file is longer by its padding alone.
    return body + table + b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n%010d\n%%%%EOF\n" % len(body)


def picture(size: tuple[int, int] = (64, 48), mode: str = "RGB", *, noisy: bool = False) -> Image.Image:
    """Return a picture whose left upper corner is red."""
    if noisy:
        return Image.effect_noise(size, 90).convert("RGB").convert(mode)
    image = Image.new("RGB", size, (40, 90, 160))
    image.paste((230, 20, 20), (0, 0, size[0] // 4, size[1] // 4))
    return image.convert("L").convert(mode) if mode == "I;16" else image.convert(mode)


def jpeg(
    size: tuple[int, int] = (64, 48),
    mode: str = "RGB",
    *,
    orientation: int = 1,
    with_secrets: bool = False,
    noisy: bool = False,
) -> bytes:
    """Return a photo; `with_secrets` hides the canary in EXIF, GPS, XMP, a comment and the colour profile."""
    out = io.BytesIO()
    image = picture(size, mode, noisy=noisy)
    if with_secrets:
        image.save(
            out, "JPEG", exif=_exif(orientation, CANARY), xmp=_xmp(), comment=CANARY, icc_profile=_profile() + CANARY
        )
    else:
        image.save(out, "JPEG", exif=_exif(orientation))
    return out.getvalue()


def png(
    size: tuple[int, int] = (64, 48), *, orientation: int = 1, with_secrets: bool = False, noisy: bool = False
) -> bytes:
    """Return a picture; `with_secrets` hides the canary in EXIF, GPS and texts."""
    out = io.BytesIO()
    image = picture(size, noisy=noisy)
    if with_secrets:
        info = PngInfo()
        info.add_text("Comment", CANARY.decode())
        info.add_itxt("XML:com.adobe.xmp", _xmp().decode())
        image.save(out, "PNG", exif=_exif(orientation, CANARY), pnginfo=info, icc_profile=_profile() + CANARY)
    else:
        image.save(out, "PNG", exif=_exif(orientation))
    return out.getvalue()


def heic(
    size: tuple[int, int] = (64, 48), *, orientation: int = 1, with_secrets: bool = False, noisy: bool = False
) -> bytes:
    """Return a photo as an iPhone takes it; `with_secrets` hides the canary in EXIF, GPS and XMP."""
    out = io.BytesIO()
    secret = CANARY if with_secrets else b""
    options = {"xmp": _xmp()} if with_secrets else {}
    picture(size, noisy=noisy).save(out, "HEIF", quality=80, exif=_exif(orientation, secret), **options)
    return out.getvalue()


def zipped(name: str, content: bytes, *, before: bytes = b"", comment: bytes = b"") -> bytes:
    """Return a zip with one file, behind other bytes if told so."""
    out = io.BytesIO()
    out.write(before)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(name, content)
        archive.comment = comment
    return out.getvalue()


def _exif(orientation: int, secret: bytes = b"") -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    if secret:
        exif[DESCRIPTION] = secret.decode()
        exif.get_ifd(GPS_IFD).update({1: "N", 2: (45.0, 48.0, 0.0), 3: "E", 4: (15.0, 58.0, 0.0), 29: secret.decode()})
    return exif.tobytes()


def _xmp() -> bytes:
    return b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF>' + CANARY + b"</rdf:RDF></x:xmpmeta>"


def _profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
