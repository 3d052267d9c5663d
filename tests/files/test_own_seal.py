"""The key by which a user's own earlier work is told from that of others."""

import os
import stat
from pathlib import Path

import pytest

from scoring.files.sealed import own_seal
from scoring.files.sealed.own_seal import KEY_FILE, OwnSeal, key_findings


@pytest.fixture(autouse=True)
def fresh():
    own_seal._own_key.cache_clear()
    yield
    own_seal._own_key.cache_clear()


def test_a_key_is_made_once_and_is_its_users_alone(tmp_path, monkeypatch):
    place = tmp_path / "của tôi" / "own.key"
    monkeypatch.setenv(KEY_FILE, str(place))
    seal = OwnSeal.of("batch")
    written = place.read_bytes()
    own_seal._own_key.cache_clear()
    assert OwnSeal.of("batch") == seal != OwnSeal.of("dossiers")
    assert place.read_bytes() == written and [*place.parent.iterdir()] == [place]
    assert written.decode().strip() not in repr(seal) + seal.key and not key_findings()
    if os.name == "posix":
        assert stat.S_IMODE(place.stat().st_mode) == 0o600


@pytest.mark.parametrize("harm", ["closed", "not whole", "damaged", "short"])
def test_a_key_that_cannot_be_kept_holds_for_this_run_alone_and_that_is_said(
    tmp_path, monkeypatch, harm
):
    place = tmp_path / "own.key"
    monkeypatch.setenv(KEY_FILE, str(place))
    if harm == "closed":
        (tmp_path / "no-folder").write_bytes(b"")
        monkeypatch.setenv(KEY_FILE, str(tmp_path / "no-folder" / "own.key"))
    elif harm == "not whole":
        # It would be found in whatever folder somebody works in, such as one that was sent.
        monkeypatch.chdir(tmp_path)
        place.write_text("00" * 32)
        monkeypatch.setenv(KEY_FILE, "own.key")
    else:
        place.write_text("not a key" if harm == "damaged" else "00" * 8)
    seal = OwnSeal.of("batch")
    assert [one.code for one in key_findings()] == ["own-key-not-kept"]
    assert KEY_FILE in key_findings()[0].text("en")
    assert OwnSeal.of("batch") == seal
    own_seal._own_key.cache_clear()
    assert OwnSeal.of("batch") != seal


def test_the_key_lies_where_the_system_keeps_such_things(tmp_path, monkeypatch):
    monkeypatch.delenv(KEY_FILE)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    told = {
        "linux": ("XDG_STATE_HOME", ".local/state"),
        "win32": ("LOCALAPPDATA", "AppData/Local"),
        "darwin": ("", "Library/Application Support"),
    }
    for system, (variable, usual) in told.items():
        monkeypatch.setattr(own_seal.sys, "platform", system)
        for name in ("XDG_STATE_HOME", "LOCALAPPDATA"):
            monkeypatch.setenv(name, "beside/the/ledgers")
        assert own_seal._key_file() == tmp_path / usual / "parindex" / "own.key"
        if variable:
            monkeypatch.setenv(variable, str(tmp_path / "chỗ khác"))
            assert own_seal._key_file() == tmp_path / "chỗ khác" / "parindex" / "own.key"
