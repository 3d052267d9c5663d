"""One rule for every verb: what exists is refused, replaced only when told, never an input."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
from signing_tools import key_file

from scoring.appraisal import append_decisions
from scoring.cli.main import main
from scoring.cli.verbs import WRITTEN, verbs
from scoring.files.shipped import shipped_folder
from scoring.files.whole_folder import whole_folder

SAMPLE = shipped_folder("evidence") / "example-department-sample" / "inputs.csv"
PLAN = shipped_folder("evidence") / "so-khcn-son-la-2022"
SURVEY = shipped_folder("evidence") / "sipas-example-2026"
LOG = shipped_folder("evidence") / "dossiers-example-2026" / "log" / "thang-04.csv"
SET = "department-sample"
KEY = key_file()


ESTIMATES = """survey,year,unit_code,measure,code,estimate_percent,standard_error,low_percent,high_percent,confidence_percent,forms,answers,state
ks,2026,a,index,INDEX,83.7,0.7,82.3,85.0,95,500,9500,shown
"""
DECISION = {"round": "1", "unit_code": "a", "year": 2026, "item_code": "1.1", "points": 0.5}

APPRAISED = DECISION | {"unit_code": "SM-A", "year": 2025, "item_code": "1.1.2", "points": 0.0}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The ledger and the workbook of the set, which every desk gets a copy of."""
    folder = tmp_path_factory.mktemp("written")
    main(["--quiet", "ledger", "new", "--criteria", SET, "--unit", "a", "--year", "2026",
          "--out", f"{folder}/so.xlsx"])  # fmt: skip
    main(["--quiet", "criteria", "export", SET, "--out", f"{folder}/bo.xlsx"])
    shutil.copy(folder / "so.xlsx", folder / "ban.xlsx")
    return folder


@pytest.fixture
def desk(tmp_path, monkeypatch, written):
    """A folder to work in, with a ledger, a plan and an older ledger's copy."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(written, tmp_path, dirs_exist_ok=True)
    shutil.copytree(PLAN, "ke-hoach")
    shutil.copy(SAMPLE, "so-lieu.csv")
    Path("phieu.csv").write_text("form_id,A1\nP1,1\n", encoding="utf-8")
    Path("uoc-luong.csv").write_text(ESTIMATES, encoding="utf-8")
    external = "index,year,entity,source,status\nPCI,2025,X,vi-du,sample\n"
    Path("ngoai.csv").write_text(external, encoding="utf-8")
    months = "a,2025,tháng 1,2,on_time,9\na,2025,tháng 1,2,received,10\n"
    Path("thang.csv").write_text(
        f"unit_code,year,period,item_code,input,value\n{months}", encoding="utf-8"
    )
    Path("dan-mau.csv").write_text("code,name\n1,a\n2,b\n3,c\n", encoding="utf-8")
    Path("khoa.p12").write_bytes(KEY)
    append_decisions(Path("nhat-ky.jsonl"), pd.DataFrame([DECISION]))
    append_decisions(Path("tham-dinh.jsonl"), pd.DataFrame([APPRAISED]))
    Path("ke-hoach.txt").write_text("KẾ HOẠCH\nCải cách hành chính năm 2022\n", encoding="utf-8")
    return tmp_path


FILES = {
    "whatif new": "whatif new --criteria department-sample --out {}",
    "form": "form department-sample --year 2026 --out {}.html",
    "ledger new": "ledger new --criteria department-sample --unit b --year 2026 --out {}",
    "ledger annotate": "ledger annotate so.xlsx --out {}",
    "ledger seal": "ledger seal so.xlsx --out {}",
    "ledger merge": "ledger merge so.xlsx ban.xlsx --out {}",
    "ledger carry-forward": "ledger carry-forward so.xlsx --criteria department-sample --out {}",
    "evidence scan": "evidence scan so.xlsx --documents ke-hoach --write {}",
    "evidence link": "evidence link so.xlsx --write {}",
    "evidence explanations": "evidence explanations so.xlsx --out {}",
    "evidence bundle": "evidence bundle so.xlsx --out {}.zip",
    "criteria export": "criteria export department-sample --out {}.xlsx",
    "criteria explain": "criteria explain department-sample --out {}.html",
    "sipas check": "sipas check phieu.csv --instrument officials-survey-sample --out {}.csv",
    "appraise sign": "appraise sign nhat-ky.jsonl --key khoa.p12 --out {}",
    "appraise merge": "appraise merge nhat-ky.jsonl nhat-ky.jsonl --out {}",
    "plan link": "plan link ke-hoach --criteria department-sample --out {}",
}
FOLDERS = {
    "appraise prepare": (
        "appraise prepare so-lieu.csv --criteria department-sample --out {}", "tham-dinh.xlsx"
    ),
    "appraise letter": (
        "appraise letter so-lieu.csv --criteria department-sample --journal tham-dinh.jsonl --due 2026-12-31 --out {}",
        "sm-a.docx",
    ),
    "appraise matrix": (
        "appraise matrix so-lieu.csv --criteria department-sample --journal tham-dinh.jsonl --due 2026-12-31 --out {}",
        "comments.xlsx",
    ),
    "appraise anomalies": (
        "appraise anomalies so-lieu.csv --criteria department-sample --out {}", "anomalies.csv"
    ),
    "score": ("score so-lieu.csv --criteria department-sample --out {}", "scores.csv"),
    "publish": ("publish so-lieu.csv --criteria department-sample --out {}", "inputs.csv"),
    "rank": ("rank so-lieu.csv --criteria department-sample --out {}", "ranking.csv"),
    "uncertainty": ("uncertainty so-lieu.csv --criteria department-sample --out {}", "doubts.csv"),
    "forecast": ("forecast thang.csv --criteria service-quality-766 --on 2025-12-31 --out {}", "forecast-fan.csv"),
    "robustness": ("robustness so-lieu.csv --criteria department-sample --out {}", "rank-variants.csv"),
    "whatif cheapest": (
        "whatif cheapest so-lieu.csv --criteria department-sample --on 2025-06-01 --out {}",
        "price-curve.csv",
    ),
    "demo": ("demo --out {}", "scores.csv"),
    "report": ("report so-lieu.csv --criteria department-sample --formats html --out {}", "index.html"),
    "criteria import": ("criteria import bo.xlsx --out {}", "items.csv"),
    "criteria diff": ("criteria diff department-sample commune-sample --out {}", "diff.md"),
    "plan import": ("plan import ke-hoach.txt --year 2022 --out {}", "tasks.csv"),
    "plan feed": ("plan feed ke-hoach --criteria department-sample --on 2022-12-31 --out {}", "inputs.csv"),
    "advice": ("advice so-lieu.csv --criteria department-sample --out {}", "advice.csv"),
    "whatif set": ("whatif set so-lieu.csv --criteria department-sample --set 1.1.3.done=50 --out {}", "scenario.csv"),
    "compare": ("compare so.xlsx --tracks computed,supported --out {}", "ahead.csv"),
    "sipas feed": ("sipas feed uoc-luong.csv --criteria department-sample --inputs so-lieu.csv --out {}", "inputs.csv"),
    "plan completion": ("plan completion ke-hoach --criteria task-completion-sample --on 2022-12-31 --out {}", "completion.csv"),
    "plan results": ("plan results ke-hoach.txt --year 2022 --on 2022-12-31 --out {}", "target-results.csv"),
    "plan status": ("plan status ke-hoach --on 2022-12-31 --out {}", "status.csv"),
    "years": ("years --external ngoai.csv --out {}", "external-gaps.csv"),
    "sipas sample-size": ("sipas sample-size --population 10000 --out {}", "sample-sizes.csv"),
    "sipas draw": ("sipas draw dan-mau.csv --take 2 --method random --seed 1 --out {}", "sample.csv"),
    "plan calendar": ("plan calendar ke-hoach --out {}", "year.png"),
    "dossiers count": (
        f"dossiers count {LOG} --criteria service-quality-766 --year 2026 --on 2026-04-30 --by year"
        " --no-effects --out {}", "inputs.csv"
    ),
    "sipas index": (f"sipas index {SURVEY} --by unit --out {{}}", "estimates.csv"),


    "sipas form": ("sipas form officials-survey-sample --forms 2 --out {}", "officials-survey-sample.xlsx"),
    "sipas report": (
        "sipas report uoc-luong.csv --unit a --instrument sipas-citizens-sample --out {}", "report.html"
    ),
}  # fmt: skip
ELSEWHERE = {"batch", "criteria import-appendix", "criteria review"}


def test_every_verb_that_writes_is_tried_here():
    writing = {verb.name for verb in verbs() if any(a.name in WRITTEN for a in verb.arguments)}
    assert writing == FILES.keys() | FOLDERS.keys() | ELSEWHERE


def refused(arguments, place, capsys):
    capsys.readouterr()
    before = place.read_bytes()
    code = main(["--quiet", *arguments])
    assert (code, place.read_bytes()) == (2, before)
    return capsys.readouterr().err


@pytest.mark.parametrize("verb", FILES)
def test_a_file_that_exists_is_refused_and_kept_beside_when_replaced(verb, desk, capsys):
    arguments = FILES[verb].format("cũ").split()
    place = Path(arguments[-1])
    place.write_bytes(b"my thesis")
    said = refused(arguments, place, capsys)
    if verb == "evidence bundle":  # replaces bundles only, whatever it is told
        assert "[bundle-would-overwrite]" in said
        return
    assert "[output-exists]" in said and "--replace" in said
    main(["--quiet", *arguments, "--replace"])
    assert place.read_bytes() != b"my thesis"
    assert Path(f"{place}.bak").read_bytes() == b"my thesis"


@pytest.mark.parametrize("verb", FOLDERS)
def test_a_file_in_the_folder_is_refused_and_kept_beside_when_replaced(verb, desk, capsys):
    command, name = FOLDERS[verb]
    place = Path("ra") / name
    place.parent.mkdir()
    place.write_bytes(b"my thesis")
    arguments = command.format("ra").split()
    assert "[output-exists]" in refused(arguments, place, capsys)
    main(["--quiet", *arguments, "--replace"])
    assert place.read_bytes() != b"my thesis"
    assert place.with_name(f"{name}.bak").read_bytes() == b"my thesis"


@pytest.mark.parametrize("command", [
    "ledger annotate so.xlsx --out so.xlsx", "ledger merge so.xlsx ban.xlsx --out ban.xlsx",
    "ledger carry-forward so.xlsx --criteria department-sample --out so.xlsx",
    "evidence scan so.xlsx --documents ke-hoach --write so.xlsx",
    "evidence explanations so.xlsx --out so.xlsx",
    "plan completion ke-hoach --on 2022-12-31 --out ke-hoach",
    "plan feed ke-hoach --criteria department-sample --on 2022-12-31 --out ke-hoach",
])  # fmt: skip
def test_what_a_verb_reads_is_never_written_over(command, desk, capsys):
    Path("ke-hoach/completion.csv").write_text("entered by hand", encoding="utf-8")
    before = {p: p.read_bytes() for p in desk.rglob("*") if p.is_file()}
    assert main([*command.split(), "--replace"]) in (1, 2)
    assert {p: p.read_bytes() for p in before} == before


@pytest.mark.parametrize("verb", ["score", "demo", "report"])
def test_results_are_made_anew_until_somebody_changed_them(verb, desk, capsys):
    command, name = FOLDERS[verb]
    arguments = command.format("ra").split()
    main(["--quiet", *arguments])
    place = Path("ra") / name
    made = place.read_bytes()
    text = Path("so-lieu.csv").read_text(encoding="utf-8")
    Path("so-lieu.csv").write_text(text.replace(",9,", ",8,"), encoding="utf-8")
    assert main(["--quiet", *arguments]) in (0, 1)
    place.write_bytes(made + b"edited")
    assert "[output-exists]" in refused(arguments, place, capsys)


WHOLE = {verb: command for verb, (command, _) in FOLDERS.items()} | {
    "evidence scan": "evidence scan ke-hoach --out {}",
    "evidence bundle": "evidence bundle so.xlsx --out {}",
    "criteria import-appendix": "criteria import-appendix pl.txt --id x --name x --tier department"
    " --valid-from 2026-01-01 --out {}",
}


@pytest.mark.parametrize("verb", WHOLE)
def test_a_folder_that_another_run_writes_is_left_to_it(verb, desk, capsys):
    text = "TT\tTiêu chí\tĐiểm tối đa\tCách chấm\n1\tChỉ đạo\t1\tCó: 1; không: 0\n"
    Path("pl.txt").write_text(text, encoding="utf-8")
    arguments = ["--quiet", *WHOLE[verb].format("ra").split()]
    with whole_folder(Path("ra")) as other:
        assert main(arguments) == 2
        assert not Path("ra").exists()
        (other / "a").touch()
    assert "[output-folder-in-use]" in capsys.readouterr().err
    assert [path.name for path in Path("ra").iterdir()] == ["a"]


def test_results_may_lie_beside_the_figures_they_were_made_from(desk):
    Path("ra").mkdir()
    shutil.copy("so-lieu.csv", "ra/inputs.csv")
    before = Path("ra/inputs.csv").read_bytes()
    arguments = ["--quiet", "score", "ra/inputs.csv", "--criteria", SET, "--out", "ra"]
    assert main(arguments) == main(arguments) in (0, 1)
    assert Path("ra/inputs.csv").read_bytes() == before


def test_sheets_of_a_set_are_kept_when_a_draft_has_none_of_them(desk):
    shutil.copytree(shipped_folder("criteria") / SET, "bo")
    bands = Path("bo/bands.csv").read_bytes()
    text = "TT\tTiêu chí\tĐiểm tối đa\tCách chấm\n1\tChỉ đạo\t1\tCó: 1; không: 0\n"
    Path("pl.txt").write_text(text, encoding="utf-8")
    command = ["criteria", "import-appendix", "pl.txt", "--id", "x", "--name", "x", "--tier",
               "department", "--valid-from", "2026-01-01", "--out", "bo"]  # fmt: skip
    assert main(command) == 2 and Path("bo/bands.csv").read_bytes() == bands
    main([*command, "--replace"])
    assert Path("bo/bands.csv.bak").read_bytes() == bands


def test_decisions_are_read_and_stay(desk):
    command = ["--quiet", "ledger", "merge", "so.xlsx", "ban.xlsx", "--out", "gộp.xlsx"]
    main(command)
    # The same copies give the same ledger: nothing is lost, nothing is refused.
    assert main(command) == 0 and not Path("gộp.xlsx.bak").exists()


def _from_python():
    from scoring.criteria import open_set
    from scoring.criteria.handbook import write_handbook
    from scoring.criteria.set_workbook import export_workbook
    from scoring.evidence.ledger import annotate_ledger, write_ledger

    criteria = open_set(SET)
    return {
        "ra.xlsx": lambda path, **asked: write_ledger(path, criteria, "a", "A", 2026, **asked),
        "dau.xlsx": lambda path, **asked: annotate_ledger(Path("so.xlsx"), [], path, **asked),
        "bo2.xlsx": lambda path, **asked: export_workbook(SET, path, **asked),
        "sach.html": lambda path, **asked: write_handbook(criteria, path, **asked),
    }


@pytest.mark.parametrize("name", _from_python())
def test_python_callers_have_the_same_rule(name, desk):
    from scoring.base.errors import OutputError

    write, place = _from_python()[name], Path(name)
    place.write_bytes(b"my thesis")
    with pytest.raises(OutputError, match="output-exists"):
        write(place)
    assert place.read_bytes() == b"my thesis"
    write(place, replace=True)
    assert Path(f"{name}.bak").read_bytes() == b"my thesis" != place.read_bytes()
    write(place)  # the same again: nothing is lost, nothing is refused


def test_a_ledger_is_never_annotated_over_itself_from_python(desk):
    from scoring.base.errors import OutputError
    from scoring.evidence.ledger import annotate_ledger

    with pytest.raises(OutputError, match="output-is-input"):
        annotate_ledger(Path("so.xlsx"), [], Path("so.xlsx"), replace=True)
