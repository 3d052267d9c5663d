"""Make ``dossiers-example-2026``: the log of a one-stop system that does not exist.

Run ``python evidence/make_dossiers.py``. Every dossier, unit and procedure is made up from a seed;
nothing here says anything about any real office. The shares by which it is made are invented too:

* five units, one of which gets slower from March on;
* dossiers come on working days, with the peaks of January and March, 55 to 90 in a hundred online;
* due after 3 to 20 days by procedure; 96 in a hundred are returned in time, 85 at the slow unit;
* one in a hundred is withdrawn; two in a hundred are corrected by a later row (``event_at`` says
  which is last), some of them into another month; three in a hundred pay twice.

`dossier_log` makes as many dossiers as asked for, vectorised, for tests and measurements.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
FOLDER = HERE / "dossiers-example-2026"
UNITS = pd.DataFrame(
    {
        "unit_code": ["XA-01", "XA-02", "XA-03", "PH-01", "PH-02"],
        "unit_name": ["Xã Mẫu Một", "Xã Mẫu Hai", "Xã Mẫu Ba", "Phường Mẫu Một", "Phường Mẫu Hai"],
        "block": ["xã", "xã", "xã", "phường", "phường"],
    }
)
_SLOW = 2
_PROCEDURES = 12
_SOME = (0.55, 0.62, 0.70, 0.82, 0.90)


def procedures(count: int = _PROCEDURES) -> pd.DataFrame:
    """Return a made-up catalogue: two procedures in three are online, every other has a fee."""
    place = np.arange(count)
    return pd.DataFrame(
        {
            "procedure": [f"M.{number:03d}" for number in place + 1],
            "unit_code": "",
            "online": np.choose(place % 3, ["full", "partial", "none"]),
            "fee": np.where(place % 2 == 0, "yes", "no"),
        }
    )


def dossier_log(
    dossiers: int, seed: int = 766, *, units: int = len(UNITS), count: int = _PROCEDURES,
    first_day: str = "2026-01-05", days: int = 85,
) -> pd.DataFrame:  # fmt: skip
    """Return the log of so many dossiers, corrections and second payments as rows of their own.

    Parameters
    ----------
    dossiers : int
    seed : int
        The same seed gives the same log.
    units, count : int
        How many units and procedures there are; those beyond `UNITS` are ``XA-06`` and so on.
    first_day : str
    days : int
        How many days dossiers are received on, weekends left out.

    Returns
    -------
    DataFrame
        Columns as in the table ``DossierEvents`` of the data dictionary; NaT where not returned.
    """
    rng = np.random.default_rng(seed)
    table = _first_rows(rng, dossiers, units, count, first_day, days)
    late = table.sample(frac=0.02, random_state=seed).copy()
    late["event_at"] += pd.to_timedelta(rng.integers(1, 30, len(late)), "D")
    late["received"] -= pd.to_timedelta(rng.integers(0, 25, len(late)), "D")
    late["digitised_parts"] = late["parts"]
    paid = table[table["payable"]].sample(frac=0.03, random_state=seed + 1).copy()
    paid["event_at"] += pd.Timedelta("2h")
    paid["paid"] = ~paid["paid"]
    return (
        pd.concat([table, late, paid]).sort_values(["event_at", "dossier"]).reset_index(drop=True)
    )


def _first_rows(
    rng: np.random.Generator, dossiers: int, units: int, count: int, first_day: str, days: int
) -> pd.DataFrame:
    unit, procedure = rng.integers(0, units, dossiers), rng.integers(0, count, dossiers)
    working = pd.bdate_range(first_day, periods=max(1, days * 5 // 7))
    received = working[rng.integers(0, len(working), dossiers)]
    allowed = 3 + (procedure * 7) % 18
    in_time = rng.random(dossiers) < np.where((unit == _SLOW) & (received.month >= 3), 0.85, 0.96)
    taken = np.where(in_time, rng.integers(0, allowed + 1), allowed + rng.integers(1, 15, dossiers))
    returned = pd.Series(received + pd.to_timedelta(taken, "D"))
    last = working[-1] + pd.Timedelta("5D")
    online = rng.random(dossiers) < np.take(_SOME, unit % len(_SOME))
    payable = (procedure % 2 == 0) & (rng.random(dossiers) < 0.9)
    parts = rng.integers(2, 7, dossiers)
    codes = UNITS["unit_code"].tolist() + [f"XA-{n:02d}" for n in range(6, units + 1)]
    return pd.DataFrame(
        {
            "dossier": [f"MAU-{number:07d}" for number in range(1, dossiers + 1)],
            "procedure": np.array([f"M.{n + 1:03d}" for n in range(count)])[procedure],
            "unit": np.array(codes)[unit],
            "event_at": received + pd.to_timedelta(rng.integers(450, 1020, dossiers), "min"),
            "channel": np.where(online, "online", np.where(rng.random(dossiers) < 0.1, "post", "counter")),
            "received": received,
            "due": received + pd.to_timedelta(allowed, "D"),
            "returned": returned.where(returned <= last),
            "withdrawn": rng.random(dossiers) < 0.01,
            "payable": payable,
            "paid": payable & online & (rng.random(dossiers) < 0.9),
            "parts": parts,
            "digitised_parts": np.where(rng.random(dossiers) < 0.6, rng.integers(1, parts + 1), 0),
            "electronic_result": online & (rng.random(dossiers) < 0.85),
            "reused": rng.random(dossiers) < 0.4,
            "shared": rng.random(dossiers) < 0.3,
            "population_data": rng.random(dossiers) < 0.55,
            "synchronised": rng.random(dossiers) < 0.99,
            "rating": rng.choice(["satisfied", "none", "dissatisfied"], dossiers, p=[0.5, 0.47, 0.03]),
            "petition": rng.random(dossiers) < 0.005,
        }
    )  # fmt: skip


# How the office of the example exports its log: Vietnamese headings and words, days first.
_HEADINGS = {
    "dossier": "Mã hồ sơ", "procedure": "Mã TTHC", "unit": "Mã đơn vị",
    "event_at": "Thời điểm ghi nhận", "channel": "Kênh tiếp nhận", "received": "Ngày tiếp nhận",
    "due": "Ngày hẹn trả", "returned": "Ngày trả kết quả", "withdrawn": "Rút hồ sơ",
    "payable": "Có nghĩa vụ tài chính", "paid": "Thanh toán trực tuyến",
    "parts": "Số thành phần hồ sơ", "digitised_parts": "Số thành phần đã số hóa",
    "electronic_result": "Kết quả điện tử", "reused": "Tái sử dụng dữ liệu",
    "shared": "Chia sẻ dữ liệu", "population_data": "Dùng dữ liệu dân cư",
    "synchronised": "Đồng bộ đúng hạn", "rating": "Đánh giá", "petition": "Có phản ánh",
}  # fmt: skip
_WORDS = {
    "online": "trực tuyến", "counter": "trực tiếp", "post": "bưu chính",
    "satisfied": "hài lòng", "dissatisfied": "không hài lòng", "none": "",
}  # fmt: skip


def as_exported(log: pd.DataFrame) -> pd.DataFrame:
    """Return the log as the office of the example exports it."""
    told = log.copy()
    for column in ("received", "due", "returned"):
        told[column] = told[column].dt.strftime("%d/%m/%Y")
    told["event_at"] = told["event_at"].dt.strftime("%d/%m/%Y %H:%M")
    for column in ("channel", "rating"):
        told[column] = told[column].map(_WORDS)
    for column in told.select_dtypes("bool").columns:
        told[column] = np.where(told[column], "1", "0")
    return told.rename(columns=_HEADINGS)


def main() -> None:
    """Write the example: a file a month of recording, the units and the catalogue."""
    FOLDER.mkdir(exist_ok=True)
    log = dossier_log(1_200)
    month = log["event_at"].dt.month
    (FOLDER / "log").mkdir(exist_ok=True)
    for number in sorted(month.unique()):
        path = FOLDER / "log" / f"thang-{number:02d}.csv"
        as_exported(log[month == number]).to_csv(path, index=False, sep=";", lineterminator="\n")
    UNITS.to_csv(FOLDER / "units.csv", index=False, lineterminator="\n")
    procedures().to_csv(FOLDER / "procedures.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
