"""The authority of the CSMS: made once, its own by its key, and no use without it."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509

from csms.authority import ROOT, ROOT_KEY, Authority
from csms.domain.errors import CannotStart
from tests.octt_csms import certificates as made


def test_it_is_made_at_its_first_need_and_once(tmp_path: Path) -> None:
    assert Authority(tmp_path, 30).root_if_made() is None
    authority, found = Authority(tmp_path, 30), []
    threads = [threading.Thread(target=lambda: found.append(authority.root())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {root.serial_number for root in found} == {Authority(tmp_path, 30).root().serial_number}
    assert len(found) == 4


def test_a_certificate_outlives_neither_its_days_nor_the_authority(tmp_path: Path) -> None:
    csr = x509.load_pem_x509_csr(made.request(made.new_key(), "CP1", "Bollard").encode())
    now = datetime.now(UTC)
    assert (Authority(tmp_path, 30).issue(csr, now).not_after - now).days == 29  # seconds are not written
    long = Authority(tmp_path, 20_000)
    assert long.issue(csr, now).not_after == long.root().not_valid_after_utc


def test_without_its_key_it_is_not_made_anew(tmp_path: Path) -> None:
    authority = Authority(tmp_path, 30)
    root = authority.root()
    key = tmp_path / ROOT_KEY
    aside = key.read_bytes()
    key.unlink()
    with pytest.raises(CannotStart, match=ROOT_KEY):
        authority.root()
    made.write(tmp_path, "other", made.pem(root), made.new_key())
    (tmp_path / "other.key").replace(key)
    with pytest.raises(CannotStart, match="is not the key of"):
        authority.root()
    key.write_bytes(aside)
    assert authority.root() == root
    (tmp_path / ROOT).unlink()  # cut off while it was made: it has signed nothing
    assert authority.root() != root
