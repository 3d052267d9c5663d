"""One ledger, one task: what is kept of it, and when it is taken in anew."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from scoring.base.errors import UnreadableError
from scoring.batch.engines.engine import Task
from scoring.batch.engines.local_engine import LocalEngine
from scoring.batch.parts import judged_parts, part_file, taking
from scoring.batch.parts.part_file import StoredPart, parts_bytes
from scoring.batch.parts.part_store import PartStore
from scoring.batch.parts.taking import do, do_together, known, take_ledger
from scoring.criteria import open_set
from scoring.evidence.ledger import new_ledger
from scoring.evidence.long_table import read_long_table
from scoring.files.children import guarded, isolation
from scoring.files.shipped import shipped_folder
from scoring.points import score

CRITERIA = open_set("department-sample")
PAPER = "documents/ke-hoach.txt"


@pytest.fixture(scope="module")
def ledger():
    """A ledger that lists two documents, of which one will lie beside it."""
    figures = shipped_folder("evidence") / "example-department-sample" / "inputs.csv"
    inputs, _ = read_long_table(figures, CRITERIA)
    documents = pd.DataFrame(
        {
            "document_id": ["TL001", "TL002"],
            "document_number": ["12/KH-SNV", "13/BC-SNV"],
            "kind": ["KH", "BC"],
            "issued_on": pd.Timestamp("2026-01-10"),
            "title": "Về cải cách hành chính",
            "path": [PAPER, "documents/không-có.txt"],
            "item_codes": "1.1.1",
        }
    )
    unit = inputs.iloc[0]
    named = (unit["unit_code"], unit["unit_name"], int(unit["year"]))
    inputs = inputs[inputs["unit_code"] == unit["unit_code"]]
    scores = score(inputs, CRITERIA).scores
    return new_ledger(CRITERIA, *named, inputs=inputs, scores=scores, documents=documents)


@pytest.fixture
def task(tmp_path, ledger):
    """A ledger whose documents nobody handed in, and a store for its part."""
    path = tmp_path / "so-mau" / "ledger.xlsx"
    path.parent.mkdir()
    path.write_bytes(ledger)
    place = "so-mau/ledger.xlsx"
    return Task(str(path), place, CRITERIA.set_id, CRITERIA.fingerprint, str(tmp_path / "parts"))


@pytest.fixture(autouse=True)
def in_this_process():
    with guarded.unguarded():
        yield


def test_a_part_comes_back_from_its_file_as_it_was(task):
    part = take_ledger(Path(task.source), CRITERIA, file="ledger.xlsx", folder=None)
    data = parts_bytes([part])[0]
    stored = StoredPart("a.part", lambda: data)
    assert data == parts_bytes([part])[0]
    assert (stored.head, len(stored.findings)) == (part.head, len(part.findings))
    assert [found.text() for found in stored.findings] == [found.text() for found in part.findings]
    for name, table in part.tables.items():
        if len(table):
            pd.testing.assert_frame_equal(stored.table(name), table.reset_index(drop=True))
    assert len(stored.table("documents")) and len(stored.table("verdicts"))
    assert stored.table("no-such-table").empty and stored.column("no-such-table", "x") is None
    numbers = stored.column("documents", "document_number").to_pylist()
    assert numbers == stored.table("documents")["document_number"].tolist()


def test_a_part_has_the_same_bytes_whatever_parts_are_made_beside_it(task):
    whole = take_ledger(Path(task.source), CRITERIA, file="ledger.xlsx", folder=None)
    bare = {n: t.iloc[:0] if n == "documents" else t.iloc[1:] for n, t in whole.tables.items()}
    gone = {n: t.assign(**{str(c): None for c in t.columns[-1:]}) for n, t in whole.tables.items()}
    parts = [whole, replace(whole, tables=bare), replace(whole, tables=gone), whole]
    assert parts_bytes(parts) == [parts_bytes([part])[0] for part in parts]


def test_what_an_earlier_run_did_is_known_until_anything_it_is_made_of_changes(task, monkeypatch):
    assert known(task) is None
    done = do(task)
    assert done.part and not done.was_known
    assert known(task) == do(task) == replace(done, was_known=True)
    assert known(replace(task, place="ten-khac/ledger.xlsx")) is None
    assert known(replace(task, fingerprint="0" * 64)) is None
    monkeypatch.setattr(taking, "READING_VERSION", 2)
    assert known(task) is None
    monkeypatch.undo()
    ledger = Path(task.source)
    data = ledger.read_bytes()
    ledger.write_bytes(data + b"\0")
    assert known(task) is None
    ledger.write_bytes(data)
    assert known(task) == replace(done, was_known=True)


def test_a_document_that_comes_goes_or_changes_beside_its_ledger_makes_it_new(task):
    without = do(task)
    document = Path(task.source).parent / PAPER
    document.parent.mkdir()
    document.write_text("Số: 12/KH-SNV", encoding="utf-8")
    assert known(task) is None
    done = do(task)
    assert done.part == without.part and known(task) == replace(done, was_known=True)
    # Another file of the same size and date: only the system knows that it was put there.
    state = document.stat()
    document.write_bytes(bytes(state.st_size))
    os.utime(document, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert known(task) is None
    document.unlink()
    assert known(task) is None


def test_a_part_of_another_version_or_with_a_damaged_byte_is_never_used(task, monkeypatch):
    done = do(task)
    store = PartStore(task.store)
    data = store.read(done.part)
    store.write(done.part, data[:200])
    assert known(task) is None and not do(task).was_known and store.read(done.part) == data
    monkeypatch.setattr(part_file, "SCHEMA_VERSION", 2)
    with pytest.raises(UnreadableError) as refusal:
        StoredPart(done.part, lambda: data)
    assert refusal.value.finding.code == "part-of-other-version"
    monkeypatch.undo()
    with pytest.raises(UnreadableError) as refusal:
        StoredPart(done.part, lambda: data[:100])
    assert refusal.value.finding.code == "part-damaged"


def test_a_part_that_somebody_else_planted_is_made_anew_and_told(task):
    done = do(replace(task, seal="11" * 32))
    planted = PartStore(task.store)._place.read(done.part)
    assert known(task) is None
    ours = do(task)
    assert ours == replace(done, task=task, was_foreign=True)
    assert known(task) == do(task) == replace(ours, was_known=True, was_foreign=False)
    # One of ours with another content, or under another name, is nobody's.
    for name, data in ((done.part, b"Z" + PartStore(task.store)._place.read(done.part)[1:]),
                       ("0" * 40 + ".part", PartStore(task.store)._place.read(done.part)),
                       (done.part, planted), (done.part, b"")):  # fmt: skip
        PartStore(task.store)._place.write(name, data)
        with pytest.raises(UnreadableError) as refusal:
            PartStore(task.store).read(name)
        assert refusal.value.finding.code == "part-not-ours"


def test_a_set_that_changed_meanwhile_is_named(task, monkeypatch):
    taking._set_of.cache_clear()
    (finding,) = [do(replace(task, fingerprint="0" * 64)).finding]
    assert finding.code == "batch-set-changed" and finding.severity == "error"


def test_a_broken_ledger_is_an_outcome_and_stops_nothing(task):
    broken = Path(task.source).with_name("hỏng.xlsx")
    broken.write_bytes(b"PK\3\4 no workbook")
    gone = replace(task, source=str(broken.with_name("không-có.xlsx")), place="không-có.xlsx")
    tasks = [replace(task, source=str(broken), place="hỏng.xlsx"), gone, task]
    outcomes = {one.task.place: one for one in LocalEngine(workers=1).run(tasks)}
    assert set(outcomes) == {"hỏng.xlsx", "không-có.xlsx", task.place}
    first = outcomes["hỏng.xlsx"]
    assert first.part and first.finding.file == "hỏng.xlsx"
    assert not outcomes["không-có.xlsx"].part
    assert outcomes[task.place].part and outcomes[task.place].finding is None
    # What cannot be read is not read again while it is the same.
    assert known(tasks[0]) == replace(first, was_known=True)
    left = {path.name for path in Path(task.source).parent.parent.joinpath("parts").iterdir()}
    assert left == {first.part, outcomes[task.place].part}


@pytest.fixture
def several(task, ledger):
    """Ledgers of three units, one of them twice, and a broken one."""
    folder, documents = Path(task.source).parent, take_ledger(ledger, CRITERIA).table("documents")
    documents = documents.assign(item_codes="1.1.1; 1.1.2", issued_on=pd.Timestamp("2025-03-01"))
    given = {"lần-hai": ledger, "hỏng": b"PK\3\4 no workbook"}
    for code, listed in (("H2", documents), ("H3", None)):
        given[code] = new_ledger(CRITERIA, code, f"Đơn vị {code}", 2026, documents=listed)
    for name, data in given.items():
        folder.joinpath(f"{name}.xlsx").write_bytes(data)
    places = {name: f"so-mau/{name}.xlsx" for name in given}
    beside = [replace(task, source=str(folder / f"{n}.xlsx"), place=p) for n, p in places.items()]
    return [task, *beside]


def test_ledgers_done_together_have_the_parts_that_each_has_alone(several, tmp_path):
    alone = [do(one) for one in several]
    again = [replace(one, store=str(tmp_path / "together")) for one in several]
    together = do_together(again)
    assert [(o.part, o.digest, o.finding) for o in together] == [
        (o.part, o.digest, o.finding) for o in alone
    ]
    assert len({one.part for one in together}) == len(several)
    assert all(one.was_known for one in do_together(again))
    verdicts = [StoredPart("x", lambda o=o: PartStore(tmp_path / "together").read(o.part)).table("verdicts")
                for o in together if o.finding is None]  # fmt: skip
    assert {frame["state"].iloc[0] for frame in verdicts} >= {"evidence-invalid", "no-evidence"}


def test_a_run_stopped_among_ledgers_done_together_keeps_the_parts_made(several, monkeypatch):
    def stopped(*_):
        raise KeyboardInterrupt

    # Two ledgers of one unit are judged alone, after the others.
    monkeypatch.setattr(judged_parts, "_judged_alone", stopped)
    with pytest.raises(KeyboardInterrupt):
        do_together(several)
    assert [Path(one.place).stem for one in several if known(one)] == ["H2", "H3"]


def test_of_ledgers_that_a_child_did_not_survive_together_only_the_one_to_blame_is_named(
    several, monkeypatch
):
    asked = []

    class Mortal:
        asked, is_fit = 0, True

        def ask(self, told, seconds):
            names = [Path(one["place"]).stem for one in told["tasks"]]
            asked.append(names)
            if "H2" in names:
                return isolation.Outcome(failure="crash")
            return isolation.Outcome(taking.answers(told["tasks"]))

    engine = LocalEngine(workers=1)
    monkeypatch.setattr(engine, "_child", Mortal)
    outcomes = {Path(one.task.place).stem: one for one in engine.run(several)}
    assert asked[0] == list(outcomes) and asked[1:] == [[name] for name in outcomes]
    assert outcomes["H2"].finding.code == "document-crashed" and not outcomes["H2"].part
    assert outcomes["H2"].finding.file == "H2.xlsx"
    assert all(one.part for name, one in outcomes.items() if name != "H2")


HEAD = {
    "file": "",
    "unit": ["a", 2026, ""],
    "is_annotated": False,
    "content_digest": "",
    "seen": [],
}


@pytest.mark.parametrize(
    "told",
    [
        {"begins": {"inputs": -(10**6)}, "head": HEAD, "findings": []},
        {"begins": {"inputs": 10**30}, "head": HEAD, "findings": []},
        {"begins": {}, "head": 5, "findings": []},
        {"begins": {"inputs": 0}, "head": HEAD, "findings": ["x"]},
    ],
    ids=["a table before the file", "a table beyond any file", "a head that is a number", "words for findings"],
)  # fmt: skip
def test_a_part_that_says_what_no_part_says_is_damaged(told):
    head = HEAD | {"is_refused": False, "is_stretched": False}
    if told["head"] == HEAD:
        told = told | {"head": head}
    rows = part_file._stream(pa.table({"a": [1]}), "inputs")
    made = part_file._stream(pa.table({}), "head", json.dumps(told)) + rows
    with pytest.raises(UnreadableError) as refusal:
        StoredPart("a.part", lambda: made).table("inputs")
    assert refusal.value.finding.code == "part-damaged"
