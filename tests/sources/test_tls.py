"""A context verifies; a file it can not read is told by its field."""

from __future__ import annotations

import ssl

import pytest

from monitor.errors import ConfigError
from monitor.sources.tls import client_context
from tests.services import certificate


def test_the_peers_certificate_and_name_are_checked():
    """There is no setting to turn that off."""
    context = client_context("a.ca_file")

    assert ssl.CERT_REQUIRED == context.verify_mode
    assert context.check_hostname


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
def test_a_file_that_holds_no_certificate_is_a_mistake_in_the_config(tmp_path, content):
    """It names the field and what to write."""
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(ConfigError, match=r"a\.ca_file: .* — write the path of a PEM file"):
        client_context("a.ca_file", str(path))


@pytest.mark.services
def test_an_authority_of_ones_own_is_the_only_one_trusted(tmp_path):
    """So a public authority can not vouch for a private broker."""
    path, _ = certificate(tmp_path, "own")

    assert 1 == len(client_context("a.ca_file", str(path)).get_ca_certs())
