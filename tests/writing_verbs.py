"""A small real call of every verb that writes, and a desk with all that it reads."""

import shutil
from pathlib import Path

import pandas as pd
from signing_tools import key_file

from scoring.appraisal import append_decisions
from scoring.cli.main import main
from scoring.files.shipped import shipped_folder

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


def write_ledgers(folder):
    """Write the ledger and the workbook of the set, and a copy of the ledger."""
    main(["--quiet", "ledger", "new", "--criteria", SET, "--unit", "a", "--year", "2026",
          "--out", f"{folder}/so.xlsx"])  # fmt: skip
    main(["--quiet", "criteria", "export", SET, "--out", f"{folder}/bo.xlsx"])
    shutil.copy(folder / "so.xlsx", folder / "ban.xlsx")


def lay_desk():
    """Lay out beside them, in the working folder, a plan, a survey, journals and the rest."""
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
