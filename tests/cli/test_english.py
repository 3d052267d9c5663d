"""With --lang en nothing of ours is in Vietnamese; names that sets and ledgers give stay as they are."""

import contextlib
import csv
import io
import json
import re
import shutil
import tomllib
from typing import ClassVar

import openpyxl
import pandas as pd
import pytest
from writing_verbs import FILES

from scoring.appraisal import append_decisions
from scoring.cli.console import Console
from scoring.cli.main import main
from scoring.cli.verbs import verbs
from scoring.files.shipped import shipped_folder

SETS, EVIDENCE = shipped_folder("criteria"), shipped_folder("evidence")
VIETNAMESE = re.compile(
    "[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.I
)
COMMA = re.compile(r"\d,\d(?!\d\d)")
DAY = re.compile(r"\b\d\d?/\d\d?/(?:\d{4}|the )")
PLURAL = re.compile(r"(?<![\d.,/–-])\b1 (?!has\b|is\b|was\b|differs\b)[a-z]+s\b")
OURS = {"Vietnamese": VIETNAMESE, "decimal comma": COMMA, "day": DAY, "one of many": PLURAL}
SAMPLE, ONLINE = "department-sample", "service-quality-766"
APPENDIX = """TT\tTiêu chí\tĐiểm tối đa\tCách chấm
1\tChỉ đạo điều hành\t3,5\t
1.1\tTỷ lệ hoàn thành kế hoạch\t2,5\tTrên 90%: 2,5; từ 70% - 90%: 1; dưới 70%: 0
1.2\tVăn hóa công sở\t1\tTheo nhận định của hội đồng khi cần thiết
"""
PLAN = """Số: 12/KH-SNV

Quảng Ngãi, ngày 10 tháng 01 năm 2025

KẾ HOẠCH
Cải cách hành chính năm 2025

I. CÔNG TÁC CHỈ ĐẠO, ĐIỀU HÀNH
- Ban hành Kế hoạch cải cách hành chính năm 2025.
+ Đơn vị chủ trì: Văn phòng Sở.
+ Thời gian thực hiện: Quý I/2025.
- Tỷ lệ hồ sơ đúng hạn đạt 97,5% trở lên.
"""
ESTIMATES = """survey,year,unit_code,measure,code,estimate_percent,low_percent,high_percent,state
ks,2025,SM-A,index,INDEX,83.7,82.3,85.1,shown
ks,2025,SM-B,index,INDEX,,,,hidden-small
ks,2025,a,index,INDEX,83.7,82.3,85.1,shown
"""
DECIDED = {"round": "1", "unit_code": "a", "year": 2025, "period": "", "item_code": "1.1.1"}
APPRAISED = [("An", 0.5), ("Ha", 0.25)]
CROSSWALK = """old_unit,new_unit,weight,method,size,valid_from
SM-A,SM-A,1,staff,40,2025-01-01
SM-C,SM-A,0.5,staff,40,2025-01-01
"""
EXTERNAL = """index,year,entity,value,target,unit,source,status
PCI,2024,X,66.5,,percent,example,sample
PCI,2025,X,67.5,70,percent,example,sample
PCI,2025,Y,1,,percent,example,sample
PCI,2025,Y,2,,percent,example,sample
"""
MONTHS = "unit_code,year,period,item_code,input,value\n" + "".join(
    f"a,2025,tháng {month},2,{name},{value + month}\n"
    for month in (1, 2, 3)
    for name, value in (("on_time", 90), ("received", 100))
)
TYPED = "12,5x"
# What the last line of the plan measures.
INDICATOR = "Hồ sơ đúng hạn"
# What the cell of the review workbook says, which is Vietnamese whoever reads it.
DOUBT = "Chưa hiểu ý này: “Theo nhận định của hội đồng khi cần thiết”."
# Columns of JSON that hold names, or parts of them, as the files give them.
DATA = {
    "kind", "period", "name_vi", "item_name", "title", "what", "task", "lead_unit", "source_place",
    "indicator", "sentence",
}  # fmt: skip
DRAFT = "--id x --name Sample --tier department --valid-from 2026-01-01"
NEW = f"ledger new --criteria {SAMPLE} --unit a --name SHA --year 2025 --out moi.xlsx"
# The command lines, in an order in which each finds what it reads; a figure that cannot be, a
# half-filled row and a missing file are among what they read, so that findings are spoken too.
TRIED = {
    "demo": ["demo --out demo"],
    "score": [
        "score so.xlsx --targets targets.csv --out mot",
        f"score inputs.csv --criteria {SAMPLE} --out nhieu",
        "score sai.xlsx --out sai",
    ],
    "batch": [f"batch cac-so --criteria {ONLINE} --workers 1 --out hang-loat"],
    "rank": [f"rank inputs.csv --criteria {SAMPLE} --unranked SM-B --out hang"],
    "uncertainty": [f"uncertainty inputs.csv --criteria {SAMPLE} --out chac"],
    "forecast": [
        f"forecast thang.csv --criteria {ONLINE} --on 2025-03-10 --goal 60 --items 2 --out den",
        f"forecast thang.csv --criteria {ONLINE} --year 2025 --backtest",
    ],
    "robustness": [f"robustness inputs.csv --criteria {SAMPLE} --out vung"],
    "compare": [
        "compare so.xlsx --tracks self,computed --out so-sanh",
        "compare so.xlsx --out so-sanh-hai",
        "compare so.xlsx --tracks self --out so-sanh-ba",
    ],
    "explain": [
        "explain 5.3 so.xlsx",
        "explain INDEX so.xlsx",
        f"explain 1.1.1 inputs.csv --criteria {SAMPLE} --unit SM-A",
        f"explain INDEX inputs.csv --criteria {SAMPLE} --unit SM-A",
    ],
    "advice": [
        f"advice inputs.csv --criteria {SAMPLE} --unit SM-A --on 2025-06-30 --out loi-khuyen",
        f"advice inputs.csv --criteria {SAMPLE}",
    ],
    "report": [
        f"report inputs.csv --criteria {SAMPLE} --unit SM-A --on 2025-06-30 --out bao"
        " --formats docx"
    ],
    "criteria list": ["criteria list"],
    "criteria show": [f"criteria show {SAMPLE}"],
    "criteria check": [f"criteria check {SAMPLE}", f"criteria check {ONLINE}"],
    "criteria explain": [f"criteria explain {SAMPLE}", f"criteria explain {SAMPLE} 1.1.1"],
    "criteria export": [f"criteria export {SAMPLE} --out bo.xlsx"],
    "criteria import": ["criteria import bo.xlsx --out bo"],
    "criteria diff": [f"criteria diff {SAMPLE} commune-sample --out khac"],
    "criteria import-appendix": [f"criteria import-appendix pl.txt {DRAFT} --out phu-luc"],
    "criteria review": [
        "criteria review phu-luc/review.xlsx",
        "criteria review phu-luc/review.xlsx --show 1.1",
    ],
    "form": [f"form {SAMPLE} --unit a --name SHA --year 2025 --out form.html"],
    "ledger new": [NEW],
    "ledger check": ["ledger check so.xlsx", "ledger check sai.xlsx", "ledger check moi.xlsx"],
    "ledger annotate": ["ledger annotate sai.xlsx --out ghi.xlsx"],
    "ledger seal": ["ledger seal so.xlsx --out khoa.xlsx"],
    "ledger merge": ["ledger merge so.xlsx sai.xlsx --policy ask --out gop.xlsx"],
    "ledger carry-forward": [f"ledger carry-forward so.xlsx --criteria {ONLINE} --out sau.xlsx"],
    "evidence scan": [
        "evidence scan moi.xlsx --documents documents",
        "evidence scan documents --criteria department-sample --year 2025 --out quet",
    ],
    "evidence link": ["evidence link moi.xlsx"],
    "evidence verify": ["evidence verify moi.xlsx", "evidence verify so.xlsx"],
    "evidence explanations": ["evidence explanations sai.xlsx"],
    "evidence bundle": ["evidence bundle so.xlsx --out goi.zip"],
    "plan import": ["plan import kh.txt --out ke"],
    "plan check": ["plan check kh.txt", "plan check tasks.csv --criteria department-sample"],
    "plan status": ["plan status ke-hoach --on 2022-10-01", "plan status ke --on 2025-10-01"],
    "plan results": ["plan results kh.txt --on 2025-10-01 --out chi-tieu"],
    "plan calendar": ["plan calendar ke-hoach --out lich"],
    "plan link": [f"plan link tasks.csv --criteria {SAMPLE} --out l.csv"],
    "plan feed": [f"plan feed ke-hoach --criteria {SAMPLE} --on 2022-12-31 --out nuoi"],
    "plan completion": [
        "plan completion ke-hoach --on 2022-12-31 --criteria task-completion-sample"
    ],
    "years": [
        f"years inputs.csv truoc.csv --criteria {SAMPLE} --crosswalk chuyen.csv"
        " --external ngoai.csv --out nam",
        f"years inputs.csv --criteria {SAMPLE} --out mot-nam",
    ],
    "whatif new": [f"whatif new --criteria {SAMPLE} --out kb.xlsx"],
    "whatif set": [
        f"whatif set inputs.csv --criteria {SAMPLE} --set 1.1.3.done=50 --set 1.1.1.x=1 --out neu",
        "whatif set so.xlsx --scenario kb.xlsx",
    ],
    "whatif reach": [
        f"whatif reach inputs.csv --criteria {SAMPLE} --unit SM-A --on 2025-06-01 --goal 85 8=12",
        f"whatif reach inputs.csv --criteria {SAMPLE} --unit SM-A --on 2025-06-01 --beat SM-B",
    ],
    "whatif cheapest": [
        f"whatif cheapest inputs.csv --criteria {SAMPLE} --unit SM-A --on 2025-06-01 --budget 1"
        " --out gia"
    ],
    "sipas sample-size": [
        "sipas sample-size --population 10000 --cluster-size 10 --icc 0.05 --share 0.96 --margin 2%"
        " --cost-interview 5 --cost-cluster 50 --budget 4000 --strata tang.csv --out co-mau",
        "sipas sample-size --margin 5",
    ],
    "sipas draw": [
        "sipas draw tang.csv --take 1 3 --method pps systematic --reserve 1 --out rut --seed 1",
        "sipas draw tang.csv --take 9 --method random --out rut-2",
    ],
    "sipas list": ["sipas list"],
    "sipas show": ["sipas show officials-survey-sample"],
    "sipas form": ["sipas form officials-survey-sample --forms 2 --out phieu"],
    "sipas check": [
        "sipas check phieu.csv --instrument sipas-citizens-sample --keep note",
        "sipas check nguoi.csv --instrument sipas-citizens-sample --personal drop",
        "sipas check nguoi.csv --instrument sipas-citizens-sample",
    ],
    "sipas index": ["sipas index khao-sat --by unit,group --against whole --out chi-so"],
    "sipas feed": [
        f"sipas feed uoc-luong.csv --criteria {SAMPLE} --inputs inputs.csv --out dua",
        f"sipas feed uoc-luong.csv --criteria {SAMPLE} --ledger moi.xlsx --out dua-so",
    ],
    "sipas report": [
        "sipas report chi-so/estimates.csv --instrument sipas-citizens-sample --out bao-cao",
        "sipas report chi-so/estimates.csv --out khong",
    ],
    "dossiers count": [
        f"dossiers count {EVIDENCE}/dossiers-example-2026/log/thang-04.csv --criteria {ONLINE}"
        " --year 2026 --on 2026-04-30 --out dem",
        f"dossiers count trong --criteria {ONLINE} --year 2026 --on 2026-04-30 --out khong",
    ],
    "appraise prepare": [f"appraise prepare inputs.csv --criteria {SAMPLE} --out tham-dinh"],
    "appraise anomalies": [
        f"appraise anomalies inputs.csv --criteria {SAMPLE} --out xem-lai",
        f"appraise anomalies trong --criteria {SAMPLE} --out khong",
    ],
    "appraise apply": ["appraise apply tham-dinh/tham-dinh.xlsx --journal nhat-ky.jsonl"],
    "appraise letter": [
        f"appraise letter inputs.csv --criteria {SAMPLE} --journal nhat-ky.jsonl --due 2020-01-31 --out cong-van"
    ],
    "appraise matrix": [
        f"appraise matrix inputs.csv --criteria {SAMPLE} --journal nhat-ky.jsonl --due 2020-01-31 --out ma-tran"
    ],
    "appraise check": ["appraise check nhat-ky.jsonl --head 123456789abcdef"],
    "appraise approve": [f"appraise approve nhat-ky.jsonl inputs.csv --criteria {SAMPLE} --by An"],
    "appraise sign": ["appraise sign nhat-ky.jsonl --key moi.xlsx"],
    "appraise merge": ["appraise merge nhat-ky.jsonl nhat-ky.jsonl --out chung.jsonl"],
    "publish": [f"publish inputs.csv --criteria {SAMPLE} --publisher A --out cong-bo"],
    "verify": ["verify demo", "verify goi.zip", "verify documents"],
}


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What each verb says to a person and to a program, the names of the example taken out."""
    desk = tmp_path_factory.mktemp("desk")
    with contextlib.chdir(desk):
        _example(desk)
        names = _names_of_the_example(desk)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("scoring.cli.main.Console", _BothForms)
            yield {verb: _spoken(verb, lines, names) for verb, lines in TRIED.items()}


class _BothForms(Console):
    """Says as text what a person reads, and keeps what it would give a program."""

    given: ClassVar[list] = []

    def give(self, result):
        program = Console(self.lang, "json", out=io.StringIO(), err=io.StringIO())
        program.give(result)
        self.given.append(json.loads(program.out.getvalue()))
        self.has_given = True


def _spoken(verb, lines, names):
    """Return the lines of all runs of a verb, in text and in JSON.

    What writes one file runs a second time, where the file stands.
    """
    spoken = []
    for line in [one for one in lines for _ in range(1 + (verb in FILES))]:
        _BothForms.given.clear()
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main(["--lang", "en", *line.split()])
        said = out.getvalue() + err.getvalue()
        assert len(_BothForms.given) == 1, f"a program reads one object: {line}"
        told = [*said.splitlines(), *_strings(_BothForms.given[0])]
        assert not any("unforeseen-error" in one for one in told), line
        spoken += [names.sub("NAME", one) for one in told]
    return spoken


def _strings(value, key=""):
    """Yield the texts of a JSON value; those of the columns that hold names are data."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _strings(one, name)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one, key)
    elif isinstance(value, str) and key not in DATA:
        yield from value.splitlines()


def _example(desk):
    shutil.copy(EVIDENCE / "phu-tho-2026" / "ledger.xlsx", "so.xlsx")
    book = openpyxl.load_workbook("so.xlsx")
    sheet = book["Tự đánh giá"]
    sheet["D12"], sheet["D59"] = 1e9, TYPED
    book.save("sai.xlsx")
    (desk / "uoc-luong.csv").write_text(ESTIMATES, encoding="utf-8")
    decided = [DECIDED | {"decided_by": who, "points": points} for who, points in APPRAISED]
    append_decisions(desk / "nhat-ky.jsonl", pd.DataFrame(decided))
    for name in ("example-department-sample/inputs.csv", "phu-tho-2026/targets.csv"):
        shutil.copy(EVIDENCE / name, desk)
    shutil.copytree(EVIDENCE / "so-khcn-son-la-2022", "ke-hoach")
    shutil.copytree(EVIDENCE / "sipas-example-2026", "khao-sat")
    shutil.copy("ke-hoach/tasks.csv", desk)
    _forms(desk)
    (desk / "documents").mkdir()
    (desk / "cac-so").mkdir()
    shutil.copy("so.xlsx", "cac-so")
    strata = (
        "code,stratum,name,population,size\n1,a,Xã A,6000,50\n2,b,Xã B,4000,70\n3,c,Xã C,90,9\n"
    )
    (desk / "tang.csv").write_text(strata, encoding="utf-8")
    (desk / "thang.csv").write_text(MONTHS, encoding="utf-8")
    before = (desk / "inputs.csv").read_text(encoding="utf-8").replace("2025", "2024")
    (desk / "truoc.csv").write_text(before, encoding="utf-8")
    (desk / "chuyen.csv").write_text(CROSSWALK, encoding="utf-8")
    (desk / "ngoai.csv").write_text(EXTERNAL, encoding="utf-8")
    for name, text in (("documents/a.txt", PLAN), ("kh.txt", PLAN), ("pl.txt", APPENDIX)):
        (desk / name).write_text(text, encoding="utf-8")


def _forms(desk):
    """Write forms with most of what can be wrong with them."""
    asked = [f"B{factor}.{number}" for factor in range(1, 6) for number in range(1, 5)]
    rows = [
        ["form_id", "unit_code", "interviewer", "asked_on", "minutes", "weight", "B1.9", *asked],
        *(["P1", "A", "DT1", "2026-03-05 08:30", "20", "1", "", *"5" * 20] for _ in range(6)),
        ["P2", "B", "DT1", "2026-03-06", "1", "0", "5", "7", *"4" * 9, *[""] * 10],
        ["P2", "B", "DT1", "", TYPED, "", "", *["KB"] * 20],
        ["", "", "", "", "", "", "", *[""] * 20],
    ]
    with (desk / "phieu.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    (desk / "nguoi.csv").write_text("form_id,Full name,B1.1\nP1,Somebody,5\n", encoding="utf-8")


def _names_of_the_example(desk):
    """Match the texts of the sets, ledgers, plans and files; no Vietnamese name that has an English one."""
    names, units = (
        {
            TYPED,
            DOUBT,
            INDICATOR,
            *PLAN.splitlines(),
            *_parts_of_the_plan(),
            *re.split(r"[\t\n]", APPENDIX),
        },
        set(),
    )
    shown = (SAMPLE, ONLINE, "officials-survey-sample")
    tables = [
        *(path for name in shown for path in SETS.glob(f"{name}/*.csv")),
        *desk.rglob("*.csv"),
    ]
    for path in (*tables, *EVIDENCE.glob("phu-tho-2026/*.csv")):
        for row in csv.DictReader(path.open(encoding="utf-8-sig", newline="")):
            units.add(row.pop("unit", "") if path.name == "inputs.csv" else "")
            names |= {text for name, text in row.items() if text and f"{name[:-3]}_en" not in row}
            names |= {text for name, text in row.items() if text and name.endswith("_en")}
    for path in (*SETS.glob("*/set.toml"), *SETS.glob("*/instrument.toml")):
        names |= set(_strings(tomllib.loads(path.read_text(encoding="utf-8"))))
    book = openpyxl.load_workbook("so.xlsx", read_only=True)
    names |= {*book.sheetnames, "Rà soát", "Giải trình"}
    names |= {part for name in names for part in name.split("; ")}
    # A figure's name stands within a sentence too.
    names |= {name[:1].lower() + name[1:] for name in names}
    found = [re.escape(name) for name in sorted(names, key=len, reverse=True) if _is_doubtful(name)]
    counted = "|".join(re.escape(unit) for unit in units if _is_doubtful(unit))
    return re.compile("|".join([*found, rf"(?:(?<=\d )|(?<=unit: ))(?:{counted})\b"]))


def _parts_of_the_plan():
    """Yield what the plan's lines say behind their numbers, dashes and labels."""
    for line in PLAN.splitlines():
        yield from re.split(r"^(?:[IVX]+\.|[-+]) |: ", line.rstrip("."))


def _is_doubtful(text):
    return any(pattern.search(text) for pattern in OURS.values())


def test_every_verb_is_tried():
    assert list(TRIED) == [verb.name for verb in verbs()]


@pytest.mark.parametrize("verb", TRIED)
def test_what_a_verb_says_in_english_is_english(verb, said):
    assert said[verb]
    wrong = [(what, line) for what in OURS for line in said[verb] if OURS[what].search(line)]
    assert not wrong, "\n".join(map(" in: ".join, wrong))
