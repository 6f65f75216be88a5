"""Installs pip into the Python that runs this file, from the package index.

The lock file says which version, and its checksum. Used by scripts/setup where Python comes without ensurepip
(Debian and Ubuntu without python3-venv).
"""

import hashlib
import os
import re
import ssl
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urljoin

INDEX = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple")


def main(lock_file: Path) -> None:
    """Download the wheel of pip that the lock file names, check it, and let it install itself."""
    locked = re.search(r"^pip==(\S+)((?:\s*\\\s*--hash=sha256:\w+)+)", lock_file.read_text(), re.MULTILINE)
    if locked is None:
        sys.exit(f"{lock_file} names no version of pip; scripts/lock writes it anew.")
    wheel_name = f"pip-{locked[1]}-py3-none-any.whl"
    page = f"{INDEX.rstrip('/')}/pip/"
    try:
        link = re.search(rf'href="([^"#]*{re.escape(wheel_name)})', download(page).decode())
        if link is None:
            sys.exit(f"{page} does not offer {wheel_name}.")
        content = download(urljoin(page, link[1]))
    except URLError as error:
        sys.exit(f"{page} cannot be read: {error.reason}. {remedy(error)}")
    if hashlib.sha256(content).hexdigest() not in locked[2]:
        sys.exit(f"{wheel_name} from {page} has not the checksum of {lock_file}; it is not installed.")
    with tempfile.TemporaryDirectory() as folder:
        wheel = Path(folder, wheel_name)
        wheel.write_bytes(content)
        # A wheel can be run in place: the folder pip inside it is a program.
        install = [sys.executable, "-I", str(wheel / "pip"), "install", "--quiet", "--no-index", str(wheel)]
        sys.exit(subprocess.run(install, check=False).returncode)


def download(url: str) -> bytes:
    """Return what stands at the address; certificates are checked against PIP_CERT, or the system's."""
    context = ssl.create_default_context(cafile=os.environ.get("PIP_CERT"))
    with urllib.request.urlopen(url, timeout=60, context=context) as answer:
        return bytes(answer.read())


def remedy(error: URLError) -> str:
    """Say what helps."""
    if isinstance(error.reason, ssl.SSLCertVerificationError):
        return "Install certificates (sudo apt-get install ca-certificates), or name your own in PIP_CERT."
    return "Is there a network? Instead, this helps too: sudo apt-get install python3-venv"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
