"""TLS of TCP lines: the certificate files, read again when they change, and one connection's TLS without sockets.

Python's own TLS transport keeps 256 KiB for each connection; ``Secured`` keeps what OpenSSL needs.
"""

import ssl
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509

from devices.settings import LineSettings

LOOK_SECONDS = 10.0  # between two looks at the files
WARN_DAYS = 30
CLEAR_READ = 4096
HANDSHAKE = 0x16  # first byte of every TLS connection


class BadCertificate(Exception):
    """A file that ``[[lines]]`` names cannot be used; the text says which, why, and how to mend it."""


class Certificate:
    """The TLS of one line. Raises ``BadCertificate`` when made from bad files; later ones leave the old in force."""

    def __init__(self, settings: LineSettings):
        self.settings, self.fault = settings, ""
        self._files = [name for name in (settings.tls_certificate, settings.tls_key, settings.tls_client_ca) if name]
        self._stamps = self._look()
        self.context, self.expires = self._read()

    def refresh(self) -> None:
        """Take new files into use for connections to come. Open ones go on with what they began with."""
        stamps = self._look()
        if stamps == self._stamps:
            return
        try:
            self.context, self.expires = self._read()
        except BadCertificate as error:  # perhaps half written: the next look finds the rest
            self.fault = f"the old certificate stays in use: {error}"
        else:
            self.fault, self._stamps = "", stamps

    def remark(self, now: datetime) -> str:
        """What a person has to know about it; empty when all is well."""
        days = (self.expires - now) / timedelta(days=1)
        when = f"{self.expires:%Y-%m-%d}"
        if days < 0:
            said = f"the TLS certificate expired on {when}: put a new one into {self.settings.tls_certificate}"
        elif days < WARN_DAYS:
            said = f"the TLS certificate expires on {when}: put a new one into {self.settings.tls_certificate}"
        else:
            said = ""
        return "; ".join(filter(None, (self.fault, said)))

    def _look(self) -> list[tuple[int, int, int] | None]:
        return [_stamp(name) for name in self._files]

    def _read(self) -> tuple[ssl.SSLContext, datetime]:
        certificate = self.settings.tls_certificate
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.num_tickets = 0  # devices keep their connection; a ticket is memory and bytes for nothing
        try:
            (leaf, *_) = x509.load_pem_x509_certificates(Path(certificate).read_bytes())
        except OSError as error:
            fix = "give its path, and let this user read it"
            raise self._bad("tls_certificate", certificate, error.strerror or error, fix) from None
        except ValueError:
            fix = (
                "the line -----BEGIN CERTIFICATE----- has to stand in it, our own certificate first, its issuer behind"
            )
            raise self._bad("tls_certificate", certificate, "no PEM certificate in it", fix) from None
        key = self.settings.tls_key or certificate
        try:
            context.load_cert_chain(certificate, key, password=lambda: b"")
        except OSError as error:
            fix = "give the PEM key, without a passphrase, that belongs to tls_certificate, and let this user read it"
            raise self._bad("tls_key", key, _why(error), fix) from None
        if self.settings.tls_client_ca:
            self._ask_clients(context)
        return context, leaf.not_valid_after_utc

    def _ask_clients(self, context: ssl.SSLContext) -> None:
        context.verify_mode = ssl.CERT_REQUIRED
        name = self.settings.tls_client_ca
        try:
            context.load_verify_locations(name)
        except OSError as error:
            fix = "give the PEM certificate that signed those of the devices"
            raise self._bad("tls_client_ca", name, _why(error), fix) from None

    def _bad(self, key: str, name: str, why: object, fix: str) -> BadCertificate:
        return BadCertificate(f"line {self.settings.name!r}: {key} {name}: {why}; {fix}")


def check_certificates(lines: tuple[LineSettings, ...]) -> None:
    """Raises ``BadCertificate``. Asked before anything is started, because a person is looking then."""
    for line in lines:
        if line.tls_certificate:
            Certificate(line)


class Secured:
    """The TLS of one connection: what arrives becomes clear, what is said becomes secret."""

    __slots__ = ("_arrived", "_leaving", "_tls", "ended", "open")

    def __init__(self, context: ssl.SSLContext):
        self._arrived, self._leaving = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._arrived, self._leaving, server_side=True)
        self.open = self.ended = False  # the handshake is done; the peer has said that it ends

    def receive(self, data: bytes) -> bytes:
        """What is clear now. Raises ``ssl.SSLError`` when this is no TLS, or none we accept."""
        self._arrived.write(data)
        clear = bytearray()
        try:
            if not self.open:
                self._tls.do_handshake()
                self.open = True
            while piece := self._tls.read(CLEAR_READ):
                clear += piece
        except ssl.SSLWantReadError:
            return bytes(clear)
        except ssl.SSLZeroReturnError:
            pass
        self.ended = True
        return bytes(clear)

    def send(self, data: bytes) -> None:
        """``leaving`` then has it in secret."""
        self._tls.write(data)

    @property
    def leaving(self) -> bytes:
        """What has to go to the peer now."""
        return self._leaving.read()

    def close(self) -> None:
        """Say to the peer that nothing more comes, if it is there to hear it."""
        try:
            self._tls.unwrap()
        except ssl.SSLError:
            return  # it need not answer


def _stamp(name: str) -> tuple[int, int, int] | None:
    try:
        found = Path(name).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _why(error: OSError) -> str:
    return error.strerror or (error.reason if isinstance(error, ssl.SSLError) else "") or str(error)
