"""Thousands of ledgers in one run: the figures of `score`, kept, resumed and swapped as a whole."""

import io
import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet
from s3_server import BUCKET, s3_server

from scoring.analysis.rank_table import ranking
from scoring.base.errors import OutputError, UnreadableError
from scoring.batch import batch_outputs, batch_run, kept_tables, partitions
from scoring.batch.batch_run import BatchJob, run_batch
from scoring.batch.engines import chosen
from scoring.batch.partitions import read_results
from scoring.batch.parts.taking import do
from scoring.batch.run import compute
from scoring.batch.submissions import read_files
from scoring.cli.main import main
from scoring.criteria import open_set
from scoring.evidence.ledger import annotate_ledger, new_ledger
from scoring.evidence.ledger.sealing import sealed_ledger
from scoring.evidence.long_table import read_long_table
from scoring.files.children import forked, guarded
from scoring.files.folder_lock import folder_lock
from scoring.files.sealed.manifest import files_below
from scoring.files.sealed.manifest_check import verify_manifest
from scoring.files.shipped import shipped_folder
from scoring.files.stores.addresses import Address
from scoring.files.stores.store_path import path_at
from scoring.outputs.machine import table_csv, write_tables
from scoring.points import score
from scoring.points.tracks import tracks_table

CRITERIA = open_set("department-sample")
INPUTS, _ = read_long_table(
    shipped_folder("evidence") / "example-department-sample" / "inputs.csv", CRITERIA
)
SCORES = score(INPUTS, CRITERIA).scores
SHARED = "ab" * 32


class Here:
    """An engine that does tasks in this process, and counts what was not known."""

    def __init__(self, fewest=None):
        self.done, self.fewest = [], fewest

    def run(self, tasks):
        for task in reversed(list(tasks)):
            if self.fewest is not None and len(self.done) >= self.fewest:
                raise KeyboardInterrupt
            outcome = do(task)
            self.done += [] if outcome.was_known else [task.place]
            yield outcome


def ledger_of(code, period="năm", documents=(), named=""):
    """A ledger of a unit of the example, with documents as (id, hash, items)."""
    inputs = INPUTS[INPUTS["unit_code"] == code].assign(period=period, unit_code=named or code)
    listed = pd.DataFrame(
        {
            "document_id": [row[0] for row in documents],
            "document_number": "12/KH-SNV",
            "kind": "KH",
            "issued_on": pd.Timestamp("2025-01-10"),
            "issuer": "Sở Nội vụ",
            "signer": "Nguyễn Văn A",
            "title": "Kế hoạch cải cách hành chính năm 2025",
            "path": [f"documents/{row[0]}.pdf" for row in documents],
            "sha256": [row[1] for row in documents],
            "item_codes": [row[2] for row in documents],
        }
    )
    unit = inputs.iloc[0]
    scores = SCORES[SCORES["unit_code"] == code].assign(period=period, unit_code=named or code)
    return new_ledger(
        CRITERIA, unit["unit_code"], unit["unit_name"], int(unit["year"]), period=period, block=unit["block"],
        inputs=inputs, scores=scores, documents=listed if documents else None,
    )  # fmt: skip


@pytest.fixture(scope="module")
def season(tmp_path_factory):
    """A folder as units hand it in: copies, drafts, a unit twice, a broken file and strays."""
    root = tmp_path_factory.mktemp("season") / "hồ sơ"
    codes = list(dict.fromkeys(INPUTS["unit_code"]))
    items = "; ".join(dict.fromkeys(INPUTS["item_code"]))
    first, second = codes[0], codes[1]
    a = ledger_of(first, documents=[("TL1", SHARED, "1.1.1"), ("TL2", "cd" * 32, items)])
    b = ledger_of(second, "cả năm", [("TL1", SHARED, "1.1.1"), ("TL3", "", "1.1.2")])
    b_again = ledger_of(second, "cả năm", documents=[("TL9", "", "1.2.1")])
    files = {
        "a/ledger.xlsx": a,
        "a/ledger-đánh-dấu.xlsx": annotate_ledger(a, []),
        "b/ledger.xlsx": b,
        "b-nộp lại/ledger.xlsx": b_again,
        "hỏng/ledger.xlsx": b"PK\3\4",
        "a/số liệu.csv": b"unit_code\n",
        "a/documents/phụ lục.xlsx": b"PK\3\4",
    }
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    third = root / "c"
    third.mkdir()
    (third / "nháp.xlsx").write_bytes(
        ledger_of(first, named="SM-C", documents=[("TL1", "", "1.1.1")])
    )
    (third / "bản nộp.xlsx").write_bytes(sealed_ledger(third / "nháp.xlsx")[0])
    return root


@pytest.fixture(scope="module", autouse=True)
def in_this_process():
    with guarded.unguarded(), pytest.MonkeyPatch.context() as patch:
        # Pages and Word files of units are tested with `report`; two units a slice show the seams.
        patch.setattr(batch_outputs, "_FORMATS", ("html",))
        patch.setattr(batch_outputs, "MAX_UNITS_WITH_PAGES", 1)
        patch.setattr(batch_run, "MAX_UNITS_WITH_PAGES", 1)
        patch.setattr(batch_outputs, "SLICE", 2)
        yield


def job(season, out, **more):
    return BatchJob(season, out, CRITERIA, CRITERIA.set_id, **more)


@pytest.fixture(scope="module")
def ran(season, in_this_process):
    """A run over the season, and where its results are."""
    out = season.parent / "kết quả"
    return run_batch(job(season, out), Here()), out


@pytest.fixture(scope="module")
def by_score(season, in_this_process):
    """What `score` says of the same folder."""
    return compute(read_files([season], CRITERIA))


@pytest.fixture
def desk(season, ran, tmp_path):
    """A copy of the season with its results, to change something in."""
    shutil.copytree(season.parent, tmp_path / "bàn")
    return tmp_path / "bàn" / season.name, tmp_path / "bàn" / ran[1].name


def test_a_batch_says_what_score_says_of_the_same_folder(ran, by_score, tmp_path):
    done, out = ran
    written = write_tables(
        by_score.sheet.scores, by_score.gaps, by_score.findings, tmp_path / "score",
        decimals=CRITERIA.meta.decimals,
    )  # fmt: skip
    for path in written[:2]:
        assert (out / path.name).read_bytes() == path.read_bytes(), path.name
    assert done.unreadable == ("ledger.xlsx",)
    codes = [found.code for found in by_score.findings]
    expected = {
        "annotated-copy-left-out", "draft-left-out", "tables-left-out", "unit-in-several-ledgers",
        "document-of-many-units", "document-stretched",
    }  # fmt: skip
    assert expected <= set(codes)
    texts = [found.text() for found in done.result.findings]
    assert texts == [found.text() for found in by_score.findings]
    ours, theirs = ranking(done.result.sheet)[0], ranking(by_score.sheet)[0]
    pd.testing.assert_frame_equal(ours, theirs, check_dtype=False, check_categorical=False)
    for track in by_score.sheet.tracks:
        mine = done.result.sheet.on_track(track).points
        assert pd.DataFrame(mine).equals(pd.DataFrame(by_score.sheet.on_track(track).points))
    assert "supported" in by_score.sheet.tracks and "self" in by_score.sheet.tracks
    assert not [f for f in verify_manifest(out) if f.severity == "error"]


def test_the_table_of_tracks_is_written_a_few_units_at_a_time_with_one_heading(by_score, tmp_path):
    result = replace(by_score, sheet=by_score.sheet.on_track("self"))
    for dialect in ("plain", "vi"):
        folder, kept = tmp_path / dialect, kept_tables.KeptTables(tmp_path / "kept")
        batch_outputs.write_batch_tables(result, {}, folder, kept, dialect=dialect)
        whole = tracks_table(result.sheet), "Tracks", CRITERIA.meta.decimals, dialect
        assert (folder / "tracks.csv").read_bytes() == table_csv(*whole)


@pytest.fixture(scope="module")
def s3(season):
    with s3_server() as client:
        for name in files_below(season):
            client.put_object(Bucket=BUCKET, Key=f"2025/{name}", Body=(season / name).read_bytes())
        # What a console of the store writes to show a new folder.
        client.put_object(Bucket=BUCKET, Key="2025/a/", Body=b"")
        yield client


def test_ledgers_in_a_bucket_give_byte_for_byte_what_those_in_a_folder_give(s3, season, ran):
    folder, target, engine = path_at(f"s3://{BUCKET}/2025"), path_at(f"s3://{BUCKET}/ra"), Here()
    done = run_batch(job(folder, target), engine)
    assert done.unreadable == ("ledger.xlsx",)
    there = Address.of(target)
    names = [one.name for one in there.listing()[0]]
    assert names == sorted([*files_below(ran[1]), "manifest.json"])
    # Like the manifest it repeats the sizes and hashes of the others.
    described = "datapackage.json"
    both = (json.loads(data) for data in (there.read(described), (ran[1] / described).read_bytes()))
    ours, theirs = ([one.get("schema") for one in told["resources"]] for told in both)
    assert ours == theirs
    for name in set(names) - {"manifest.json", described}:
        # Findings say where the files lie that nobody read.
        told = (ran[1] / name).read_bytes().replace(str(season).encode(), str(folder).encode())
        assert there.read(name) == told, name
    assert run_batch(job(folder, target), engine).result is None and len(engine.done) == 7
    assert not list(Path().glob("s3:*"))


def test_results_are_read_by_period_and_only_by_a_version_that_knows_them(
    desk, by_score, monkeypatch
):
    _, out = desk
    scores = by_score.sheet.scores
    told = read_results(out)
    assert len(told) == len(scores) and told["points"].sum() == pytest.approx(
        pd.read_csv(out / "scores.csv")["points"].sum()
    )
    whole = read_results(out, periods=[""], years=[2025], table="documents")
    assert set(whole["document_id"]) == {"TL1", "TL2", "TL3", "TL9"}
    assert read_results(out, periods=["quý I"]).empty and read_results(out, years=[1999]).empty
    frame = pd.read_parquet(out / "scores")
    assert len(frame) == len(scores) and set(frame["year"].astype(int)) == {2025}
    (path,) = (out / "scores").rglob("*.parquet")
    assert b'"schema_version": 1' in parquet.read_schema(path).metadata[b"parindex"]
    monkeypatch.setattr(partitions, "SCHEMA_VERSION", 2)
    with pytest.raises(UnreadableError) as refusal:
        read_results(out)
    assert refusal.value.finding.code == "results-of-other-version"
    parquet.write_table(pa.table({"a": [1]}), path)
    with pytest.raises(UnreadableError):
        read_results(out)
    with pytest.raises(UnreadableError):
        read_results(out, table="không có")


def test_only_what_changed_is_taken_in_and_what_is_gone_leaves_the_results(desk):
    folder, out = desk
    engine = Here()
    before = {p: p.stat().st_mtime_ns for p in out.rglob("*") if p.is_file()}
    again = run_batch(job(folder, out), engine)
    assert engine.done == [] and again.result is None and again.unreadable == ("ledger.xlsx",)
    assert before == {p: p.stat().st_mtime_ns for p in out.rglob("*") if p.is_file()}
    shutil.rmtree(folder / "b")
    (folder / "b-nộp lại" / "ledger.xlsx").touch()
    less = run_batch(job(folder, out), engine)
    assert engine.done == [] and len(less.result.sheet.units) == 3
    assert "unit-in-several-ledgers" not in (out / "findings.csv").read_text(encoding="utf-8")
    kept = {one.part for one in less.outcomes}
    assert {path.name for path in Path(job(folder, out).store.address).glob("*.part")} == kept
    (out / "scores.csv").write_text("sửa tay", encoding="utf-8")
    with pytest.raises(OutputError) as refusal:
        run_batch(job(folder, out), engine)
    assert refusal.value.finding.code == "output-exists"


def test_a_run_that_is_stopped_goes_on_and_leaves_the_old_results(season, tmp_path):
    out, engine = tmp_path / "ra", Here(fewest=3)
    with pytest.raises(KeyboardInterrupt):
        run_batch(job(season, out), engine)
    assert not out.exists() and len(engine.done) == 3
    rest = Here()
    run_batch(job(season, out), rest)
    assert len(rest.done) == 4 and set(rest.done).isdisjoint(engine.done)


def test_a_second_run_for_the_same_results_is_refused_with_its_owner(season, tmp_path):
    one = job(season, tmp_path / "ra")
    lock = Path(one.store.address) / "run.lock"
    lock.parent.mkdir()
    with folder_lock(lock, one.out), pytest.raises(OutputError) as refusal:
        run_batch(one, Here())
    assert refusal.value.finding.code == "output-folder-in-use"
    assert str(refusal.value.finding.values["process"]).isdecimal()


def test_the_verb_takes_in_scores_and_says_what_it_kept(desk, capsys, monkeypatch):
    asked_for = []
    monkeypatch.setattr(chosen, "chosen_engine", lambda *named: asked_for.append(named) or Here())
    folder, out = desk
    asked = ["--lang", "en", "batch", str(folder), "--criteria", CRITERIA.set_id, "--out", str(out)]
    (folder / "b-nộp lại" / "ledger.xlsx").unlink()
    assert main(asked) == 2
    told = capsys.readouterr()
    assert "Ledgers: 6. Kept from the run before: 6. Read now: 0. Not readable: 1." in told.err
    assert "%" not in told.err and "\r" not in told.err and "SM-C" in told.out
    assert main(asked) == 2
    assert "Nothing changed" in capsys.readouterr().out
    (out / "scores.csv").write_text("sửa tay", encoding="utf-8")
    assert main(asked) == 2
    assert "[output-exists]" in capsys.readouterr().err
    assert main([*asked, "--replace"]) == 2
    assert (out / "scores.csv.bak").read_text(encoding="utf-8") == "sửa tay"
    assert main([*asked[:3], str(folder / "không có"), *asked[4:]]) == 2
    assert main([*asked, "--track", "final"]) == 2
    main([*asked, "--engine", "dask", "--scheduler", "tcp://a:1", "--workers", "3"])
    assert (asked_for[0], asked_for[-1]) == (("local", "", None), ("dask", "tcp://a:1", 3))


CODES = list(dict.fromkeys(INPUTS["unit_code"]))
MONTHS = [f"tháng {month}" for month in range(1, 13)]


def with_texts(workbook, texts):
    """A workbook with other texts: making one anew takes long."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            for text, other in texts.items():
                data = data.replace(text.encode(), other.encode())
            new.writestr(name, data)
    return made.getvalue()


@pytest.fixture
def twelve(tmp_path):
    """A year of one unit a month and of two in the first and last; its folder and results."""
    root, out = tmp_path / "các sổ", tmp_path / "kết quả"
    for unit, months in ((CODES[0], range(12)), (CODES[1], (0, 11))):
        made = ledger_of(unit, "tháng 99", [("TL1", SHARED, "1.1.1")])
        for at in months:
            # By unit first, so that months do not lie together.
            place = root / unit / f"{at + 1:02d}" / "ledger.xlsx"
            place.parent.mkdir(parents=True)
            texts = {"tháng 99": MONTHS[at], SHARED: f"{at:02x}" * 32}
            place.write_bytes(with_texts(made, texts))
    run_batch(job(root, out), Here())
    return root, out


def test_of_twelve_months_only_the_one_that_changed_is_written_anew(twelve, tmp_path, monkeypatch):
    folder, out = twelve
    before = {p: (p.stat().st_ino, p.read_bytes()) for p in out.rglob("*.parquet")}
    assert len(before) == 36
    figures = ledger_of(CODES[1], MONTHS[11], [("TL7", SHARED, "1.1.1")], named=CODES[0])
    (folder / CODES[0] / "12" / "ledger.xlsx").write_bytes(figures)
    # What a copy of this process writes would not be seen here.
    monkeypatch.setattr(forked, "default_workers", lambda: 1)
    written, read = [], []
    for module, name, told in (
        (kept_tables, "write_parquet", lambda file, name, slices: written.append(name)),
        (batch_outputs, "written_table", lambda rows, name, decimals: read.append(len(rows))),
    ):
        real = getattr(module, name)
        monkeypatch.setattr(
            module, name, lambda *at, told=told, real=real: (told(*at), real(*at))[1]
        )
    run_batch(job(folder, out), Here())
    assert sorted(written) == ["documents", "gaps", "scores"]
    # The headings of two tables, and the slices of one month.
    assert sum(map(bool, read)) == 2
    now = {p: (p.stat().st_ino, p.read_bytes()) for p in out.rglob("*.parquet")}
    differing = {p.relative_to(out).parts[0] for p in now if now[p] != before[p]}
    same = [p for p in now if now[p] == before[p]]
    assert len(same) == 33 and differing == {"scores", "gaps", "documents"}
    assert {p.parent.name for p in now if now[p] != before[p]} == {"period=th%C3%A1ng%2012"}
    assert not [f for f in verify_manifest(out) if f.severity == "error"]
    monkeypatch.undo()
    whole = tmp_path / "lại từ đầu"
    # What was taken in is shared, the tables are made anew.
    known = shutil.ignore_patterns("tables")
    shutil.copytree(job(folder, out).store.address, job(folder, whole).store.address, ignore=known)
    run_batch(job(folder, whole), Here())
    names = sorted(p.relative_to(out) for p in out.rglob("*") if p.is_file())
    assert names == sorted(p.relative_to(whole) for p in whole.rglob("*") if p.is_file())
    for name in names:
        assert (out / name).read_bytes() == (whole / name).read_bytes(), name
