"""A small set in sight, a folder of it, and edits made in its workbook."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

SET_TOML = """\
id = "bo-mau-nho"
version = "2026.1"
name_vi = "Bộ tiêu chí mẫu nhỏ"
name_en = "A small sample set"
tier = "department"
status = "sample"
total_points = 10
valid_from = 2026-01-01
valid_to = 2026-12-31
not_applicable = "not_allowed"
source = "Ví dụ tự đặt cho kiểm thử"

[decision]
number = "01/QĐ-SNV"
issued_on = 2025-12-15
issuer = "Sở Nội vụ"

[rounding]
decimals = 2
stage = "index"
rank_on = "rounded"

[[grades]]
code = "A"
label_vi = "Tốt"
label_en = "Good"
lower = 8
lower_closed = true
upper_closed = false

[[grades]]
code = "B"
label_vi = "Chưa tốt"
upper = 8
lower_closed = true
upper_closed = false

[[caveats]]
vi = "Chỉ để kiểm thử."
en = "For tests only."
"""
SHEETS = {
    "items": """\
code,parent,kind,name_vi,name_en,max_points,assessed_by,rule,full_at_percent,floor_percent,floor_points,points_each,never_points,due_on,formula,zero_denominator,not_applicable,source,note_vi,note_en
1,,normal,"Chỉ đạo, điều hành",Steering,6,,,,,,,,,,,,mẫu,,
1.1,1,normal,Ban hành kế hoạch,Plan issued,1.5,self,deadline,,,,,0,year-01-15,,,,mẫu,,
1.2,1,normal,Mức độ thực hiện kế hoạch,Plan carried out,2.5,self,bands,,,,,,,,not_assessed,,mẫu,,
1.10,1,normal,Sáng kiến,Initiatives,2,self,count,,,,0.5,,,,,,mẫu,,
2,,normal,Thủ tục hành chính,Procedures,4,self,choice,,,,,,,,,,mẫu,Một dòng ghi chú,
""",
    "inputs": """\
item_code,input,role,kind,label_vi,label_en,unit,minimum,maximum,at_most,hint_vi,hint_en,source
1.1,issued_on,done_on,date,Ngày ban hành kế hoạch,Plan issued on,,,,,,,mẫu
1.2,done,numerator,count,Số nhiệm vụ hoàn thành,Tasks done,nhiệm vụ,0,,planned,,,mẫu
1.2,planned,denominator,count,Số nhiệm vụ theo kế hoạch,Tasks planned,nhiệm vụ,0,,,,,mẫu
1.10,initiatives,count,count,sáng kiến,initiative,,0,,,,,mẫu
2,level,answer,choice,Công khai thủ tục,Procedures published,,,,,,,mẫu
""",
    "bands": """\
item_code,lower,lower_closed,upper,upper_closed,points,as_share,source
1.1,,no,0,yes,1.5,,mẫu
1.1,0,no,,no,0.75,,mẫu
1.2,90,yes,,no,2.5,,mẫu
1.2,70.5,yes,90,no,1.25,,mẫu
1.2,,no,70.5,no,0,,mẫu
""",
    "options": """\
item_code,input,choice,label_vi,label_en,points,weight_percent,source
2,level,all,Đầy đủ,In full,4,,mẫu
2,level,part,Chưa đầy đủ,In part,2,,mẫu
2,level,none,Không công khai,Not at all,0,,mẫu
""",
    "evidence": """\
item_code,kind,min_documents,issued_by,keywords,note_vi,note_en,source
1.1,Kế hoạch,1,year-01-15,kế hoạch;cải cách hành chính,Kế hoạch CCHC năm,,mẫu
1.2,Báo cáo,1,,,Báo cáo kết quả,,mẫu
1.10,Quyết định,1,,,Quyết định công nhận sáng kiến,,mẫu
2,Quyết định,1,,,Quyết định công bố,,mẫu
""",
    "examples": """\
item_code,example,input,value,year,points,source
1.1,Đúng hạn,issued_on,2026-01-15,2026,1.5,mẫu
1.2,36 trên 40,done,36,,2.5,mẫu
1.2,36 trên 40,planned,40,,2.5,mẫu
1.10,Ba sáng kiến,initiatives,3,,1.5,mẫu
2,Một phần,level,part,,2,mẫu
""",
}

Edit = Callable[[openpyxl.Workbook], None]


def write_folder(folder: Path, **changes: str) -> Path:
    """Write the small set with whole files, by stem, changed; ``set`` is ``set.toml``."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = SHEETS | {"set": SET_TOML} | changes
    for name, text in texts.items():
        suffix = "toml" if name == "set" else "csv"
        (folder / f"{name}.{suffix}").write_text(text, encoding="utf-8", newline="\n")
    return folder


def small(sheet: str, old: str, new: str) -> dict[str, str]:
    """Return one sheet of the small set (or ``set``) with one change."""
    text = SET_TOML if sheet == "set" else SHEETS[sheet]
    assert text.count(old) >= 1, old
    return {sheet: text.replace(old, new, 1)}


def files_of(folder: Path) -> dict[str, bytes]:
    """Return the content of every file of a folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def edited(path: Path, edit: Edit) -> Path:
    """Change a workbook as a person would and save it beside."""
    book = openpyxl.load_workbook(path)
    edit(book)
    out = path.with_name(f"edited-{path.name}")
    book.save(out)
    return out


def column(sheet, name: str) -> int:
    """Return the number, from 1, of the column headed `name` in row 2."""
    return next(cell.column for cell in sheet[2] if cell.value == name)


def libreoffice(path: Path, profile: Path) -> Path:
    """Save a workbook again by LibreOffice; skip where there is none."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        pytest.skip("LibreOffice is not installed")
    out = path.parent / "saved-by-libreoffice"
    command = [program, f"-env:UserInstallation={profile.as_uri()}", "--headless"]
    command += ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(out), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return out / path.name
