"""Makes the TLS context of a source that connects: verified, always."""

from __future__ import annotations

import ssl

from monitor.errors import ConfigError


class _Socket(ssl.SSLSocket):
    """Closed when the handshake fails: paho forgets to, and the descriptor stays."""

    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise


def client_context(
    field: str, ca_file: str = "", cert_file: str = "", key_file: str = ""
) -> ssl.SSLContext:
    """A context that checks the peer's certificate and name.

    `ca_file` adds an authority of your own to none but itself; without one the
    system's are used. Raises ConfigError naming `field` where a file can not be read.
    """
    try:
        context = ssl.create_default_context(cafile=ca_file or None)
        context.sslsocket_class = _Socket
        if cert_file:
            context.load_cert_chain(cert_file, key_file or None)
    except OSError as error:  # ssl.SSLError is one too
        reason = error.strerror or type(error).__name__
        raise ConfigError(
            f"{field}: the certificate can not be read ({reason}) — write the path of a PEM file"
        ) from None
    return context
