"""Build the package twice, look into it, and use it where nothing else is: ``python tests/proof/shipping.py``.

Two copies of the tracked files are built under other permissions, times, time zones, locales and
hash seeds; wheel and sdist have to come out the same, byte for byte. The wheel is then installed in
a fresh environment of every Python given and used there, far from the checkout. It asks the package
index for the builder and the libraries.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

sys.path.insert(0, str(Path(__file__).parent))

from records import write_record

ROOT = Path(__file__).resolve().parents[2]
# How the tests are run where the source is kept; of no use to who gets it.
NOT_IN_SDIST = ".ci"
LEFT = [
    "built and installed on one Linux machine; other systems were not at hand",
    "both builds used the same release of the builder, the newest on that day",
    "the environment holds the newest libraries of that day and none of the extras",
]
SET = "--criteria department-sample"
# What a person does first with a new installation, and the exit code it has to have.
USES = (
    ("--version", 0),
    ("demo --out demo", 0),
    (f"ledger new {SET} --unit SM-A --year 2025 --out so.xlsx", 0),
    ("ledger check so.xlsx", 0),
    (f"score {{inputs}} {SET} --out diem", 0),
    (f"report {{inputs}} {SET} --formats html,docx,xlsx --out bao-cao", 0),
    ("form department-sample --year 2025 --out form.html", 0),
    ("verify demo", 0),
    ("verify diem", 0),
    ("verify bao-cao", 0),
    ("ledger check khong-co.xlsx", 2),
    ("score {inputs} --criteria khong-co --out x", 2),
)


@dataclass(frozen=True)
class Desk:
    """Under what one of the builds is made."""

    umask: int
    mtime: int
    settings: dict[str, str]


DESKS = (
    Desk(0o022, 1_000_000_000, {"TZ": "Asia/Ho_Chi_Minh", "LC_ALL": "C", "PYTHONHASHSEED": "1"}),
    Desk(0o077, 1_700_000_001, {"TZ": "America/New_York", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "77"}),
)  # fmt: skip


def tracked() -> list[str]:
    """Return the files of the checkout that are under version control."""
    said = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    return [name for name in said.stdout.decode("utf-8").split("\0") if name]


def copied(files: list[str], desk: Desk, folder: Path) -> Path:
    """Copy the tracked files as they look on one desk; return the copy."""
    copy = folder / "ban-sao"
    for name in files:
        goal = copy / name
        goal.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, goal)
        goal.chmod(0o666 & ~desk.umask)
        os.utime(goal, (desk.mtime, desk.mtime))
    return copy


def built(copy: Path, desk: Desk) -> dict[str, Path]:
    """Build wheel and sdist from a copy; return both by the ends of their names."""
    folder, out = copy.parent, copy.parent / "goi"
    command = [sys.executable, "-m", "build", "--outdir", str(out), str(copy)]
    done = subprocess.run(command, env=_bare(folder) | desk.settings, umask=desk.umask, cwd=folder,
                          capture_output=True, encoding="utf-8", errors="replace")  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return {path.suffix: path for path in sorted(out.iterdir())}


def _bare(home: Path) -> dict[str, str]:
    """Return the environment without what could lead Python back to the checkout."""
    kept = {key: text for key, text in os.environ.items()
            if not key.startswith(("PYTHON", "PARINDEX", "VIRTUAL_ENV", "SOURCE_DATE"))}  # fmt: skip
    return kept | {"HOME": str(home), "LANG": "C.UTF-8"}


def same_bytes(one: dict[str, Path], other: dict[str, Path]) -> int:
    """Assert that two builds gave the same files; return how many."""
    assert sorted(one) == sorted(other) == [".gz", ".whl"]
    for end, path in one.items():
        assert path.name == other[end].name
        assert path.read_bytes() == other[end].read_bytes(), f"{path.name} differs"
    return len(one)


def wheel_files(path: Path, source: Path, files: list[str]) -> int:
    """Assert that a wheel holds the package, what travels with it and no more; return its files."""
    with zipfile.ZipFile(path) as wheel:
        held = {name: wheel.read(name) for name in wheel.namelist()}
    for name in files:
        if name.startswith(("scoring/", "criteria/")):
            goal = name if name.startswith("scoring/") else f"scoring/shipped/{name}"
            assert held.get(goal) == (source / name).read_bytes(), f"{goal} is missing or other"
    (info,) = {name.partition("/")[0] for name in held} - {"scoring"}
    assert info.endswith(".dist-info") and f"{info}/licenses/LICENSE" in held
    assert "parindex = " in held[f"{info}/entry_points.txt"].decode("utf-8")
    for line in held[f"{info}/RECORD"].decode("utf-8").splitlines():
        name, digest, _ = line.rsplit(",", 2)
        sum_ = base64.urlsafe_b64encode(hashlib.sha256(held[name]).digest()).decode().rstrip("=")
        assert digest == ("" if name.endswith("RECORD") else f"sha256={sum_}"), name
    strange = [name for name in held if name.endswith(".pyc") or "/tests/" in name]
    assert not strange and not [name for name in held if str(source).encode() in held[name]]
    return len(held)


def sdist_files(path: Path, files: list[str]) -> int:
    """Assert that an sdist holds what is tracked and no more; return its files."""
    with tarfile.open(path) as sdist:
        members = {member.name.partition("/")[2]: member for member in sdist if member.isfile()}
    expected = {name for name in files if PurePosixPath(name).parts[0] != NOT_IN_SDIST}
    assert set(members) == expected | {"PKG-INFO"}, sorted({*members} ^ {*expected, "PKG-INFO"})
    assert {member.uid for member in members.values()} == {0}
    return len(members)


def used(wheel: Path, python: str, folder: Path) -> int:
    """Install the wheel for one Python and use it there; return how many commands were right."""
    folder.mkdir()
    subprocess.run([python, "-m", "venv", "moi"], cwd=folder, env=_bare(folder), check=True)
    own, env = folder / "moi" / "bin" / "python", _bare(folder)
    subprocess.run([own, "-m", "pip", "install", "--quiet", str(wheel)], env=env, check=True)
    return in_use(own, folder)


def in_use(own: Path, folder: Path) -> int:
    """Use what is installed for one Python below a folder; return how many commands were right."""
    desk, env = folder / "ban-lam-viec", _bare(folder)
    desk.mkdir()
    where = "import scoring; from scoring.files.shipped import shipped_folder as f; " \
            "print(scoring.__file__); print(f('evidence'))"  # fmt: skip
    found = subprocess.check_output([own, "-c", where], cwd=desk, env=env, encoding="utf-8").split()
    assert all(Path(place).is_relative_to(folder / "moi") for place in found), found
    inputs = Path(found[1]) / "example-department-sample" / "inputs.csv"
    for command, code in USES:
        words = shlex.split(command.format(inputs=shlex.quote(str(inputs))))
        done = subprocess.run([own.with_name("parindex"), *words], cwd=desk, env=env,
                              capture_output=True, encoding="utf-8")  # fmt: skip
        said = done.stdout + done.stderr
        assert done.returncode == code and "Traceback" not in said, (command, said)
    return len(USES)


def main() -> None:
    """Build, look, use, and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--python", action="append", help="a Python to install for; may be repeated"
    )
    pythons = parser.parse_args().python or [sys.executable]
    files = tracked()
    with tempfile.TemporaryDirectory() as made:
        place = Path(made)
        # Both before either is built: whoever goes on working meanwhile changes neither.
        copies = [copied(files, desk, place / f"ban-{n}") for n, desk in enumerate(DESKS)]
        builds = [built(copy, desk) for copy, desk in zip(copies, DESKS, strict=True)]
        figures: dict[str, float | str] = {"files_alike": same_bytes(*builds)}
        wheel, sdist = builds[0][".whl"], builds[0][".gz"]
        figures["wheel_files"] = wheel_files(wheel, copies[0], files)
        figures["sdist_files"] = sdist_files(sdist, files)
        figures["wheel_kilobytes"] = wheel.stat().st_size // 1000
        figures["sdist_kilobytes"] = sdist.stat().st_size // 1000
        tried = [used(wheel, python, place / f"moi-{n}") for n, python in enumerate(pythons)]
    ask = "import platform; print(platform.python_version())"
    versions = [subprocess.check_output([p, "-c", ask], encoding="utf-8").strip() for p in pythons]
    figures |= {"commands_right": sum(tried), "pythons": ", ".join(versions)}
    given = "".join(f" --python python{version.rpartition('.')[0]}" for version in versions)
    print(write_record("shipping", f"python tests/proof/shipping.py{given}", figures, LEFT))


if __name__ == "__main__":
    main()
