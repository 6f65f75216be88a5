"""PDF files that are the same whenever they are written, though Qt stamps the time and a random identity."""

from __future__ import annotations

import hashlib
import re
import uuid


def timeless(pdf: bytes) -> bytes:
    """Return a PDF file without its time of creation, and with an identity that follows from its contents.

    Every length stays as it is, for a PDF file is full of offsets into itself.
    """
    dates = rb'/(?:Creation|Mod)Date \(D:[^)]*\)| xmp:\w*Date="[^"]*"'
    pdf = re.sub(dates, lambda date: b" " * len(date[0]), pdf)
    identity = re.search(rb'DocumentID="uuid:([0-9a-f-]{36})"', pdf)
    if identity is None:
        return pdf
    # It stands there once more as hexadecimal digits.
    given, given_hex = identity[1], identity[1].hex().encode()
    contents = pdf.replace(given, b"").replace(given_hex, b"")
    lasting = str(uuid.UUID(bytes=hashlib.sha256(contents).digest()[:16])).encode()
    return pdf.replace(given, lasting).replace(given_hex, lasting.hex().encode())
