"""TOML files of others: what cannot be read is a finding, never a traceback."""

import pytest

from scoring.base.errors import UnreadableError
from scoring.files.toml_files import MAX_BYTES, read_toml

BROKEN = [
    ("toml-broken", b"id = x"),
    ("toml-broken", b"a = " + b"[" * 100_000),
    ("toml-broken", b"a." * 20 + b"b = 1"),
    ("toml-encoding", b'name = "s\xe0"'),
    ("table-too-large", b"#" * (MAX_BYTES + 1)),
]


@pytest.mark.parametrize(("code", "data"), BROKEN)
def test_a_file_that_is_no_toml_is_a_finding(tmp_path, code, data):
    path = tmp_path / "survey.toml"
    path.write_bytes(data)
    with pytest.raises(UnreadableError) as refused:
        read_toml(path)
    assert (refused.value.finding.code, refused.value.finding.file) == (code, str(path))


def test_a_link_is_not_followed(tmp_path):
    (tmp_path / "real.toml").write_text('id = "a"\n')
    (tmp_path / "survey.toml").symlink_to(tmp_path / "real.toml")
    with pytest.raises(UnreadableError, match="path-is-link"):
        read_toml(tmp_path / "survey.toml")
    assert read_toml(tmp_path / "real.toml") == {"id": "a"}
