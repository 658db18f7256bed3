"""Certificates to serve TLS with."""

import shutil
import socket
import ssl
import subprocess
from pathlib import Path

from support.pulsed import Pulsed


class Certificates:
    """An authority of the test's own, and certificates for 127.0.0.1 that it signs."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir()
        self._openssl("req", "-x509", *self._new_key("ca"), "-subj", "/CN=ca", "-days", "2", "-out", "ca.pem")
        (folder / "san").write_text("subjectAltName=IP:127.0.0.1\n")
        for name in ("one", "two"):
            self._openssl("req", *self._new_key(name), "-subj", f"/CN={name}", "-out", f"{name}.csr")
            self._openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                          "-days", "2", "-extfile", "san", "-out", f"{name}.pem")
        self.authority = folder / "ca.pem"
        self.certificate, self.key = folder / "served.pem", folder / "served.key"
        self.flags = ["--tls-certificate", self.certificate, "--tls-key", self.key]
        self.serve("one")

    def serve(self, name: str) -> None:
        shutil.copy(self.folder / f"{name}.pem", self.certificate)
        shutil.copy(self.folder / f"{name}.key", self.key)

    @property
    def trust(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.authority)
        context.set_alpn_protocols(["h2", "http/1.1"])
        return context

    def shown_by(self, server: Pulsed) -> str:
        """Whose certificate a new connection is shown."""
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as plain:
            with self.trust.wrap_socket(plain, server_hostname="127.0.0.1") as secure:
                return dict(pair[0] for pair in secure.getpeercert()["subject"])["commonName"]

    def _new_key(self, name: str) -> list[str]:
        return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key"]

    def _openssl(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True, timeout=30)
