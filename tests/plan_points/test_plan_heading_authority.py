"""The title of a decision ends before the line that says who decides."""

from __future__ import annotations

import pytest

from scoring.plan.blocks import Block
from scoring.plan.title_page import read_heading


def _blocks(*lines: str) -> list[Block]:
    return [Block((text,), False, i, f"dòng {i}") for i, text in enumerate(lines, start=1)]


@pytest.mark.parametrize(
    "authority",
    [
        "GIÁM ĐỐC SỞ KHOA HỌC VÀ CÔNG NGHỆ",
        "CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH",
        "ỦY BAN NHÂN DÂN HUYỆN MẪU",
    ],
)
def test_title_ends_before_the_authority(authority: str) -> None:
    heading = read_heading(
        _blocks(
            "QUYẾT ĐỊNH",
            "Ban hành Kế hoạch cải cách hành chính năm 2024",
            authority,
            "Căn cứ Luật Tổ chức chính quyền địa phương",
        )
    )
    assert heading.title == "QUYẾT ĐỊNH Ban hành Kế hoạch cải cách hành chính năm 2024"


def test_a_wrapped_title_keeps_the_name_of_its_institution() -> None:
    heading = read_heading(
        _blocks(
            "KẾ HOẠCH CẢI CÁCH HÀNH CHÍNH CỦA",
            "ỦY BAN NHÂN DÂN TỈNH MẪU NĂM 2024",
            "Căn cứ Luật",
        )
    )
    assert heading.year == 2024
    assert heading.title.endswith("TỈNH MẪU NĂM 2024")
