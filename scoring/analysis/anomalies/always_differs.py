"""Items on which self-assessment and appraisal differ nearly everywhere."""

from __future__ import annotations

from scoring.analysis.anomalies.material import Looked, Material
from scoring.analysis.differences import FEWEST_UNITS, ahead, chance_of_difference
from scoring.base.values import INDEX_CODE

KINDS = ("always-differs",)


def look(material: Material) -> list[Looked]:
    """Name the items that `ahead` calls disputed everywhere: a sign that their rule is unclear."""
    # All years of the run are looked at together, once.
    if 0 not in material.at:
        return []
    looked = Looked("always-differs", material)
    if not {"self", "final"} <= set(material.sheet.tracks):
        looked.is_enough(0, FEWEST_UNITS, what="both")
        return [looked]
    table = ahead(material.sheet, lang=material.lang)
    items = table[(table["code"] != INDEX_CODE) & (table["compared"] >= FEWEST_UNITS)]
    looked.seen = len(items)
    most = int(table.loc[table["code"] != INDEX_CODE, "compared"].max() or 0)
    if not looked.is_enough(most, FEWEST_UNITS, what="both"):
        return [looked]
    base = (int((items["differ_percent"] >= 50).sum()), len(items))
    for row in items[items["is_disputed"]].to_dict("records"):
        hits = int(row["higher"] + row["lower"])
        chance = chance_of_difference(row)
        said: dict[str, object] = {"name": row["name"], "count": int(row["compared"]), "hits": hits}
        said |= {"higher": int(row["higher"]), "usual": float(row["usual_percent"])}
        looked.add([], [row["code"]], base, said, chance, len(items))
    return [looked]
