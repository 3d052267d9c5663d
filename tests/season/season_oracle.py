"""The season worked out again in plain pandas, from the documents of the set and the truth alone.

Nothing of `scoring` is imported. The set is read as the documents that it is (``set.toml`` and its
CSV sheets), the truth as the tables that `evidence/make_season.py` wrote.
"""

import tomllib
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

import numpy as np
import pandas as pd

KEY = ["unit_code", "item_code"]
ROUNDS = ["1", "2", "final"]


def half_up(value, decimals=2):
    if pd.isna(value):
        return np.nan
    exact = Decimal(repr(round(float(value), decimals + 9)))
    return float(exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def wide(cells):
    """Spread the last level of an index over columns."""
    return cells.unstack()  # noqa: PD010


def long(table):
    """Make one column of a table of units by codes."""
    return table.stack(future_stack=True)  # noqa: PD013


class Oracle:
    """What must come out, by reading set and truth from the folder of step 0."""

    def __init__(self, folder):
        sheets = folder / "bo-tieu-chi"
        self.meta = tomllib.loads((sheets / "set.toml").read_text("utf-8"))
        self.items, self.inputs, self.bands, self.options, self.evidence = (
            pd.read_csv(sheets / f"{name}.csv", dtype=str, keep_default_na=False)
            for name in ("items", "inputs", "bands", "options", "evidence")
        )
        names = ("units", "reported-figures", "not-applicable", "claims", "documents", "decisions",
                 "answers", "estimates")  # fmt: skip
        self.truth = {
            name: pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)
            for name in names
        }
        self.units = self.truth["units"].set_index("unit_code")
        self.leaves = self.items[self.items["rule"] != ""].set_index("code")
        self.most = self.leaves["max_points"].astype(float)
        marked = self.truth["not-applicable"][KEY]
        self.is_na = pd.DataFrame(False, index=self.units.index, columns=self.leaves.index)
        for unit, code in marked.itertuples(index=False):
            self.is_na.loc[unit, code] = True

    # What each rule gives on the figures that were reported.

    def figures(self):
        table = self.truth["reported-figures"]
        survey = self.truth["estimates"].assign(item_code="4.1", input="sipas")
        survey = survey.rename(columns={"estimate_percent": "value"})
        both = pd.concat([table, survey[[*KEY, "input", "value"]]], ignore_index=True)
        roles = self.inputs.set_index(["item_code", "input"])["role"]
        both["role"] = roles.reindex(pd.MultiIndex.from_frame(both[["item_code", "input"]])).array
        return both

    def computed(self):
        """Units by items; NaN where an item does not apply."""
        figures = self.figures()
        told = figures[figures["role"] != "condition"]
        rows = wide(told.set_index([*KEY, "role"])["value"])
        met = figures[figures["role"] == "condition"]
        met = met.assign(met=met["value"] == "yes").groupby(KEY)["met"].mean()
        rows["conditions"] = met.reindex(rows.index)
        for place in met.index.difference(rows.index):
            rows.loc[place, "conditions"] = met[place]
        block = rows.index.get_level_values("unit_code").map(self.units["block"])
        code = rows.index.get_level_values("item_code")
        value = pd.to_numeric(rows["value"], errors="coerce")
        rows["best"] = value.groupby([block, code]).transform("max")
        points = [self._points(item, row) for (_, item), row in rows.iterrows()]
        table = wide(pd.Series(points, index=rows.index))
        return table.reindex(index=self.units.index, columns=self.leaves.index).where(~self.is_na)

    def _points(self, code, row):
        item, most = self.leaves.loc[code], float(self.leaves.loc[code, "max_points"])

        def number(name):
            return float(row[name])

        match item["rule"]:
            case "deadline":
                if row["done_on"] == "never":
                    return float(item["never_points"])
                due = pd.Timestamp(item["due_on"].replace("year", "2026"))
                return self._band(code, (pd.Timestamp(row["done_on"]) - due).days, most)
            case "ratio":
                if number("denominator") == 0:
                    return {"full": most, "zero": 0.0}[item["zero_denominator"]]
                full = float(item["full_at_percent"] or 100) / 100
                return most * min(1.0, number("numerator") / number("denominator") / full)
            case "bands":
                return self._band(code, 100 * number("numerator") / number("denominator"), most)
            case "growth":
                return self._band(code, 100 * (number("value") / number("previous") - 1), most)
            case "share_of":
                return most * number("conditions")
            case "count":
                return min(most, float(item["points_each"]) * number("count"))
            case "deduction":
                lost = float(item["points_each"]) * number("cases")
                return max(float(item["floor_points"]), most - lost)
            case "peer":
                return most * number("value") / number("best")
            case "choice":
                mine = self.options[self.options["item_code"] == code].set_index("choice")
                return float(mine.loc[row["answer"], "points"])
            case "survey_index":
                return most * number("percent") / 100
            case "direct":
                return number("points")

    def _band(self, code, value, most):
        for band in self.bands[self.bands["item_code"] == code].to_dict("records"):
            low, high = (
                float(band[end] or sign) for end, sign in (("lower", "-inf"), ("upper", "inf"))
            )
            above = value > low or (value == low and band["lower_closed"] == "yes")
            below = value < high or (value == high and band["upper_closed"] == "yes")
            if above and below:
                return most * value / 100 if band["as_share"] == "yes" else float(band["points"])
        raise AssertionError(f"{code}: {value} lies in no band")

    # The tracks: units by items, with what is open.

    def proof(self):
        """The state of the proof of each item that needs one: proven, late or missing."""
        kinds = {"Báo cáo": "BC", "Quyết định": "QĐ"}
        states = {}
        for row in self.evidence.to_dict("records"):
            listed = self.truth["documents"].query("item_codes == @row['item_code']")
            listed = listed[listed["kind"] == kinds[row["kind"]]].set_index("unit_code")
            due = row["issued_by"].replace("year", "2026") or "9999-12-31"
            late = listed["issued_on"] > due
            states[row["item_code"]] = pd.Series(
                ["missing" if unit not in late.index else "late" if late[unit] else "proven"
                 for unit in self.units.index], index=self.units.index)  # fmt: skip
        return pd.DataFrame(states)

    def decided(self):
        """The points of each round: units by items, NaN where none or where two differ."""
        table = self.truth["decisions"].astype({"points": float})
        made = {}
        for name, rows in table.groupby("round"):
            ends = rows.groupby(KEY)["points"].agg(["min", "max"])
            agreed = wide(ends["min"].where(ends["min"] == ends["max"]))
            made[name] = agreed.reindex(index=self.units.index, columns=self.leaves.index)
        return [made[name] for name in ROUNDS]

    @cache  # noqa: B019 - one oracle lives as long as its tests
    def tracks(self):
        """By track: points, low and high of every item; an open item earns nothing or its maximum."""
        computed = self.computed()
        claimed = wide(self.truth["claims"].astype({"points": float}).set_index(KEY)["points"])
        claimed = claimed.reindex_like(computed)
        keep = {"proven": 1.0, "late": self.meta["evidence"]["late_percent"] / 100,
                "missing": self.meta["evidence"]["no_evidence_percent"] / 100}  # fmt: skip
        share = (
            self.proof().replace(keep).astype(float).reindex(columns=computed.columns).fillna(1.0)
        )
        first, second, last = self.decided()
        said = wide(self.truth["answers"].assign(said=True).set_index(KEY)["said"])
        answered = said.reindex_like(computed).notna() & first.notna()
        points = {
            "self": claimed,
            "computed": computed,
            "supported": computed * share,
            "appraised-1": first,
            "explained": first.mask(answered),
            "appraised-2": second.fillna(first),
            "final": last.fillna(second).fillna(first),
        }
        told = {}
        for track, table in points.items():
            most = pd.DataFrame(1.0, table.index, table.columns) * self.most
            low, high = table.fillna(0.0), table.fillna(most)
            if track == "explained":
                low = low.mask(answered, np.minimum(first, claimed))
                high = high.mask(answered, np.maximum(first, claimed))
            told[track] = {"points": table, "low": low, "high": high}
        return told

    # Areas and the index.

    def rolled(self, table):
        """Items, areas and the index of one table of item points; NaN where something is open."""
        applies = ~self.is_na
        made = table.where(applies).copy()
        areas = self.items[self.items["parent"] == ""].set_index("code")
        most = pd.Series(0.0, index=self.units.index)
        for area in areas.index:
            codes = [code for code in self.leaves.index if code.partition(".")[0] == area]
            is_open = (table[codes].isna() & applies[codes]).any(axis=1)
            made[area] = table[codes].where(applies[codes], 0.0).sum(axis=1).mask(is_open)
            if areas.loc[area, "kind"] == "normal":
                most += (applies[codes] * self.most[codes]).sum(axis=1)
        total, outside = self.meta["total_points"], self.meta["outside_areas"]
        normal = [code for code in areas.index if areas.loc[code, "kind"] == "normal"]
        index = made[normal].sum(axis=1, skipna=False) / most * total
        index += made["9"].clip(upper=outside["bonus_cap_points"])
        index -= made["10"].clip(upper=outside["penalty_cap_points"])
        made["INDEX"] = index.clip(0, total).map(half_up)
        return made

    def applicable(self, area):
        codes = [code for code in self.leaves.index if code.partition(".")[0] == area]
        return ((~self.is_na[codes]) * self.most[codes]).sum(axis=1)

    def scores(self):
        """Unit, code, track: points, points_low, points_high."""
        parts = []
        for track, tables in self.tracks().items():
            made = {name: self.rolled(table) for name, table in tables.items()}
            parts.append(pd.DataFrame({name: long(table) for name, table in made.items()})
                         .rename_axis(["unit_code", "code"]).assign(track=track))  # fmt: skip
        return pd.concat(parts).reset_index()

    # Ranks and grades of the final track.

    def ranking(self, unranked=()):
        final = self.rolled(self.tracks()["final"]["points"])
        wanted = ["INDEX", *self.meta["ranking"]["tie_items"].split("; ")]
        table = final[wanted].map(half_up).join(self.units["block"])
        table["rank"] = np.nan
        competing = table[~table.index.isin(unranked)]
        for _, rows in competing.groupby("block"):
            keys = list(rows[wanted].itertuples(index=False, name=None))
            table.loc[rows.index, "rank"] = [1 + sum(other > key for other in keys) for key in keys]
        return table.assign(grade=self.grades(final))

    def grades(self, final):
        order = [grade["code"] for grade in self.meta["grades"]]
        lowest = {grade["code"]: grade.get("lower", -1.0) for grade in self.meta["grades"]}
        grade = final["INDEX"].map(
            lambda index: next(code for code in order if index >= lowest[code])
        )
        told = self.truth["reported-figures"]
        leaders = told[(told["input"] == "leader_disciplined") & (told["value"] == "yes")]
        weak = 100 * final["2"] / self.applicable("2") < 60
        is_capped = grade.index.isin(leaders["unit_code"]) | weak
        grade = grade.mask(is_capped & grade.isin(["xuat-sac", "tot"]), "kha")
        for _, units in self.units.groupby("block"):
            mine = grade[units.index]
            places = int(0.2 * mine.isin(["xuat-sac", "tot"]).sum() + 1e-9)
            best = final.loc[mine.index[mine == "xuat-sac"]].sort_values(
                ["INDEX", "2"], ascending=False
            )
            grade[best.index[places:]] = "tot"
        return grade

    # Why claim and result differ.

    def differences(self):
        """Unit and item: what was claimed, what came out, and the kind of the difference."""
        tracks = self.tracks()
        ends = {name: long(tracks[track]["points"])
                for name, track in (("before_points", "self"), ("after_points", "final"))}  # fmt: skip
        table = pd.DataFrame(ends).rename_axis(KEY)
        table = table[(table["before_points"] - table["after_points"]).abs() > 0.005]
        order = self.truth["decisions"]["round"].map(ROUNDS.index)
        last = self.truth["decisions"].assign(order=order).sort_values("order", kind="stable")
        kinds = last.drop_duplicates(KEY, keep="last").set_index(KEY)["reason_kind"]
        return table.assign(kind=kinds.reindex(table.index))
