"""Scan folders of made documents, and hash a large file.

    python benchmarks/scan_documents.py [DOCUMENTS ...] [--small | --full]

The peer is the same reading done file after file in this process, which one broken file could end;
both must tell the same of every document.
"""

from __future__ import annotations

import hashlib
import io
import random
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "evidence_documents"))

from measuring import OURS, Claim, Claims, Cost, alone, in_turns, timed
from tiny_pdf import pdf_with_text

from scoring.evidence.documents.inspection import hashed, inspect_file
from scoring.evidence.documents.scan import documents_below, scan_folder
from scoring.files.office.content import ReadingLimits

SIZES = {"small": [60], "normal": [250, 500], "full": [2_000, 4_000, 20_000]}
KINDS = (("KH", "KẾ HOẠCH"), ("BC", "BÁO CÁO"), ("QĐ", "QUYẾT ĐỊNH"), ("TB", "THÔNG BÁO"))
BODY = (
    "Nâng cao trách nhiệm của người đứng đầu trong chỉ đạo, tổ chức thực hiện các nhiệm vụ cải "
    "cách hành chính; đẩy mạnh ứng dụng công nghệ thông tin, cung cấp dịch vụ công trực tuyến."
)


def claims(sizes: Sequence[int]) -> Claims:
    """Yield scanning at every size, then hashing as many megabytes as half the documents."""
    yield Claim("scan-documents", "what is told of every document", {n: scanned(n) for n in sizes})
    megabytes = max(sizes) // 2
    yield Claim("hash-file", "the digest", {megabytes: hashing(megabytes)})


def scanned(count: int) -> dict[str, Cost]:
    """Compare the isolated scan on all processors with reading file after file."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make_documents(root, count)
        ours, scan = timed(lambda: scan_folder(root))
        limits = asdict(ReadingLimits())
        paths, _ = documents_below(root)
        peer, plain = timed(lambda: [inspect_file(folder, path, limits) for path in paths])
    told = [(row["path"], row.get("sha256", ""), row.get("number", "")) for row in plain]
    columns = scan.proposals[["path", "sha256", "document_number"]]
    assert told == list(columns.itertuples(index=False, name=None))
    return {OURS: ours, "one by one, unguarded": peer}


def hashing(megabytes: int) -> dict[str, Cost]:
    """Compare hashing as the scan does it with a bare loop of hashlib."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "big.bin"
        block = random.Random(7).randbytes(1 << 20)
        with path.open("wb") as file:
            for _ in range(megabytes):
                file.write(block)
        assert _hash_ours(path) == _hash_bare(path)
        ways = {OURS: lambda: _hash_ours(path), "bare loop of hashlib": lambda: _hash_bare(path)}
        return in_turns(ways, 3)


def _hash_ours(path: Path) -> str:
    with path.open("rb") as file:
        return hashed(file, 0)[2]


def _hash_bare(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def make_documents(root: Path, count: int) -> None:
    """Fill `root` with documents of mixed kinds; one in fifty is broken."""
    template = _docx_template()
    for number in range(1, count + 1):
        name = f"{number // 500:03d}/{number:06d}"
        lines = _lines(number)
        (root / name).parent.mkdir(exist_ok=True)
        turn = number % 10
        if number % 50 == 0:
            (root / f"{name}.pdf").write_bytes(b"%PDF-1.7 broken")
        elif turn < 4:
            (root / f"{name}.txt").write_text("\n".join(lines), encoding="utf-8")
        elif turn < 7:
            (root / f"{name}.docx").write_bytes(_docx(template, lines))
        elif turn < 9:
            (root / f"{name}.pdf").write_bytes(pdf_with_text(lines[:30], lines[30:]))
        else:
            page = "".join(f"<p>{line}</p>" for line in lines)
            (root / f"{name}.html").write_text(f"<html><body>{page}</body></html>", "utf-8")


def _lines(number: int) -> list[str]:
    kind, name = KINDS[number % len(KINDS)]
    return [
        "SỞ NỘI VỤ",
        f"Số: {number}/{kind}-SNV",
        f"Sơn La, ngày {number % 28 + 1:02d} tháng {number % 12 + 1:02d} năm 2024",
        name,
        f"Cải cách hành chính năm 2024, phần {number}",
        "Căn cứ Quyết định số 3162/QĐ-UBND ngày 20/12/2023;",
        *(f"{paragraph}. {BODY}" for paragraph in range(60)),
        "Nơi nhận:",
        "GIÁM ĐỐC",
        "Nguyễn Văn An",
    ]


def _docx_template() -> dict[str, bytes]:
    import docx

    document = docx.Document()
    document.add_paragraph("LINES")
    buffer = io.BytesIO()
    document.save(buffer)
    with zipfile.ZipFile(buffer) as package:
        return {name: package.read(name) for name in package.namelist()}


def _docx(template: dict[str, bytes], lines: list[str]) -> bytes:
    text = "</w:t></w:r></w:p><w:p><w:r><w:t>".join(lines).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in template.items():
            package.writestr(name, data.replace(b"LINES", text) if "document" in name else data)
    return buffer.getvalue()


if __name__ == "__main__":
    alone(claims, SIZES)
