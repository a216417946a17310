"""Our key pair for web push (VAPID, RFC 8292), made once: who loses it loses every subscription.

It lies beside the secret key, in ``data_dir``; centres on several machines share the file.
"""

import contextlib
import os
import tempfile
from base64 import urlsafe_b64encode
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02


def vapid(data_dir: Path) -> Vapid02:
    """Our key pair, made at the first use, in a file only we may read."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = data_dir / "webpush.key"
    if not path.exists():
        fresh = Vapid02()
        fresh.generate_keys()
        descriptor, written = tempfile.mkstemp(dir=data_dir)
        with os.fdopen(descriptor, "wb") as file:
            file.write(fresh.private_pem())
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another process was faster: its key is ours
            os.link(written, path)
        Path(written).unlink()
    return Vapid02.from_pem(path.read_bytes())


def public_key(data_dir: Path) -> str:
    """What a browser subscribes with: the uncompressed point, base64url."""
    point = vapid(data_dir).public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return urlsafe_b64encode(point).rstrip(b"=").decode()
