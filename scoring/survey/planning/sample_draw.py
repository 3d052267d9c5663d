"""The draw in stages: regions as strata, provinces, communes, services, then dossiers.

The same seed and frames give the same sample on every machine and in whatever order the rows of a
frame stand. The last stage may have no frame: it then gives ordinal numbers in the register of
each unit drawn before, of which only the size has to be known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from scoring.base.displayed import Displayed
from scoring.base.errors import UsageError
from scoring.base.findings import Finding, has_errors
from scoring.base.numbers import read_number
from scoring.base.rounding import round_points
from scoring.base.text import code_key, vietnamese_key
from scoring.survey.planning.frame_checks import check_counts, check_frame, check_groups
from scoring.survey.planning.random_selection import (
    DRAW_METHODS,
    Places,
    Selection,
    select,
    uniform_numbers,
)
from scoring.tables import in_order, table_of

MOST_STAGES = 3
# What a unit is judged by; the deepest frame that says it decides.
_CARRIED = ("unit_code", "unit_name", "service", "respondent_group")
WHOLE = "1"  # the only stratum of a frame without strata


@dataclass(frozen=True, slots=True)
class Stage:
    """How a stage is drawn: a method, and how many of each group or which share of it (0 to 1).

    Examples
    --------
    >>> stage = Stage("random", 0.25, is_share=True)
    >>> stage.of_group(63), stage.stated, Stage("pps", 4).of_group(63)
    (16, '25%', 4)
    """

    method: str
    take: float
    is_share: bool = False

    @classmethod
    def of(cls, method: str, take: str) -> Stage:
        """Read a stage as people name it, such as ``systematic`` and ``25%``.

        Raises
        ------
        UsageError
            ``draw-take-unread`` for a share above 100%, none, or text.

        Examples
        --------
        >>> Stage.of("systematic", "25%"), Stage.of("random", "10").of_group(63)
        (Stage(method='systematic', take=0.25, is_share=True), 10)
        """
        if method not in DRAW_METHODS:
            raise UsageError(f"method is one of {', '.join(DRAW_METHODS)}, not {method!r}")
        reading = read_number(take)
        value = (reading.value or 0.0) / (100 if reading.is_percent else 1)
        is_whole = value >= 1 and value.is_integer()
        if not (0 < value <= 1 if reading.is_percent else is_whole):
            finding = Finding("draw-take-unread", values={"value": take})
            raise UsageError(finding.text("en"), finding)
        return cls(method, value, reading.is_percent)

    def of_group(self, units: int) -> int:
        """Return how many are wanted of a group; of a share at least one, half rounded up."""
        return max(1, int(round_points(self.take * units, 0))) if self.is_share else int(self.take)

    @property
    def stated(self) -> str:
        """What was asked for, as it was typed."""
        return f"{100 * self.take:g}%" if self.is_share else f"{self.take:g}"


@dataclass(frozen=True)
class Draw(Displayed):
    """A sample as it was drawn.

    Attributes
    ----------
    sample : DataFrame
        Table ``Sample``: its design columns are those of ``Forms``. No rows where a frame has
        errors.
    stages : DataFrame
        Table ``SampleStages``.
    seed : int
    design : dict
        What ``[design]`` of ``survey.toml`` has to say: strata, clusters, population, weight.
    findings : tuple of Finding
    """

    sample: pd.DataFrame
    stages: pd.DataFrame
    seed: int
    design: dict[str, Any] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    def __repr__(self) -> str:
        return f"Draw({len(self.sample)} forms, {len(self.stages)} stages, seed {self.seed})"


def draw_sample(
    frames: Sequence[pd.DataFrame],
    stages: Sequence[Stage],
    seed: int,
    *,
    reserve: int = 0,
    allocation: Mapping[str, int] | None = None,
    interviewers: int = 0,
) -> Draw:
    """Draw a sample of one to three stages.

    Parameters
    ----------
    frames : sequence of DataFrame
        A table ``SampleFrame`` for each stage, the first first; ``parent`` names the unit of the
        stage before. One fewer than `stages` where the last gives ordinal numbers.
    stages : sequence of Stage
    seed : int
        0 or more.
    reserve : int
        Forms of the reserve sample in each group of the last stage.
    allocation : mapping of str to int, optional
        Units of the first stage by stratum, instead of what its stage says.
    interviewers : int
        Among how many the forms are shared out, whole last clusters each; 0 for none.

    Raises
    ------
    UsageError
        Where frames and stages do not belong together.

    Notes
    -----
    Design weights are the reciprocals of the chances. A stage that is proportional to size has no
    finite population correction here: its population stays empty and `Draw.design` then names the
    first stage alone, whose variance between units is the cautious one. A first unit that is
    certain becomes a stratum of its own and the units of the next stage its clusters. A
    systematic sample is estimated as a random one, which is cautious where the order tells
    something.

    Examples
    --------
    >>> communes = pd.DataFrame({"code": ["X1", "X2", "X3", "X4"]})
    >>> draw = draw_sample([communes], [Stage("random", 2)], seed=2026)
    >>> len(draw.sample), draw.sample["weight"].tolist()
    (2, [2.0, 2.0])
    >>> again = draw_sample([communes], [Stage("random", 2)], seed=2026)
    >>> draw.sample["code"].tolist() == again.sample["code"].tolist()
    True
    """
    _check_call(frames, stages, seed)
    findings, above, told = list[Finding](), _start(), list[dict[str, object]]()
    frames = [_filled_up(frame) for frame in frames]
    for depth, stage in enumerate(stages, start=1):
        frame = frames[depth - 1] if depth <= len(frames) else None
        turn = _Turn(stage, depth, seed, reserve if depth == len(stages) else 0, allocation or {})
        findings += check_frame(frame, above, stage.method, depth)
        if not has_errors(findings):
            groups = list(_groups(frame, above, turn))
            takes = turn.takes(groups)
            findings += check_groups(groups, takes, frame, depth, turn.allocated)
        if has_errors(findings):
            return _refused(seed, findings)
        if depth == len(frames) == len(stages):
            findings += check_counts(groups, above, frame)
        above, counts = _drawn(groups, frame, above, turn)
        told.append(counts)
    sample = _as_sample(above, stages, interviewers)
    return Draw(sample, table_of(told, "SampleStages"), seed, design_of(stages), tuple(findings))


def design_of(stages: Sequence[Stage]) -> dict[str, Any]:
    """Return what ``[design]`` of ``survey.toml`` says of a draw in these stages.

    >>> design_of([Stage("pps", 4), Stage("random", 10)])
    {'strata': ['stratum'], 'clusters': ['cluster_1'], 'population': [], 'weight': 'weight'}
    """
    depths = range(1, len(stages) + 1)
    is_equal = all(stage.method != "pps" for stage in stages)
    return {
        "strata": ["stratum"],
        "clusters": [f"cluster_{depth}" for depth in (depths if is_equal else [1])],
        "population": [f"population_{depth}" for depth in depths] if is_equal else [],
        "weight": "weight",
    }


def _check_call(frames: Sequence[pd.DataFrame], stages: Sequence[Stage], seed: int) -> None:
    if not 1 <= len(stages) <= MOST_STAGES:
        raise UsageError(f"a draw has one to {MOST_STAGES} stages, not {len(stages)}")
    if not frames or len(stages) - len(frames) not in (0, 1):
        raise UsageError(
            f"{len(stages)} stages need {len(stages)} frames, or one fewer where the last stage "
            f"gives ordinal numbers; there are {len(frames)}"
        )
    if seed < 0:
        raise UsageError("a seed is 0 or more")


def _filled_up(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with a name and a size for each unit, empty where it has none."""
    blank = pd.Series("", frame.index, dtype="str")
    sizes = frame.get("size", pd.Series(np.nan, frame.index))
    full = frame.assign(name=frame.get("name", blank), size=sizes).reset_index(drop=True)
    full.attrs = dict(frame.attrs)
    return full


def _refused(seed: int, findings: list[Finding]) -> Draw:
    nothing = table_of([], "SampleStages")
    return Draw(table_of([], "Sample"), nothing, seed, {}, tuple(findings))


def _start() -> pd.DataFrame:
    """Return what lies above the first stage: everything, in one row."""
    return pd.DataFrame({"code": [""], "name": [""], "size": [np.nan]}).assign(
        **dict.fromkeys((*_CARRIED, "stratum"), "")
    )


@dataclass(frozen=True, slots=True)
class Group:
    """Units of which some are drawn: those of a stratum, or below a unit of the stage before.

    `rows` are places in the frame, ordered for the draw; None for ordinal numbers.
    """

    code: str
    above: int
    units: int
    rows: Places | None = None


@dataclass(frozen=True, slots=True)
class _Turn:
    """One stage of one draw."""

    stage: Stage
    depth: int
    seed: int
    reserve: int
    allocated: Mapping[str, int]

    def takes(self, groups: Sequence[Group]) -> list[int]:
        """Return how many are wanted of each group, however many it has."""
        own = self.allocated if self.depth == 1 else {}
        return [own.get(group.code, self.stage.of_group(group.units)) for group in groups]

    def select(self, group: Group, take: int, frame: pd.DataFrame | None) -> Selection:
        """Draw from one group, by numbers that no other group has."""
        numbers = uniform_numbers(self.seed, [str(self.depth), group.code], group.units + 1)
        sizes = None
        if self.stage.method == "pps" and frame is not None:
            sizes = frame["size"].to_numpy(np.float64)[group.rows]
        take = min(take, group.units)
        return select(self.stage.method, take, numbers, sizes, reserve=self.reserve)


def _groups(frame: pd.DataFrame | None, above: pd.DataFrame, turn: _Turn) -> Iterator[Group]:
    """Yield the groups of a stage in the order of their codes."""
    if frame is None:
        for place, (code, size) in enumerate(zip(above["code"], above["size"], strict=True)):
            yield Group(code, place, int(size))
        return
    order = frame.sort_values("code", key=lambda codes: codes.map(lambda c: (code_key(c), c)))
    if turn.stage.method != "random":
        order = order.sort_values("name", key=lambda n: n.map(vietnamese_key), kind="stable")
    if turn.depth == 1:
        key = order["stratum"] if "stratum" in order else pd.Series(WHOLE, order.index)
        known = dict.fromkeys(sorted(key.unique(), key=code_key), 0)
    else:
        key, known = order["parent"], {code: place for place, code in enumerate(above["code"])}
    found = {str(code): places for code, places in order.groupby(key).indices.items()}
    for code, place in known.items():
        inside = order.index.to_numpy()[found.get(code, np.array([], dtype=np.intp))]
        yield Group(code, place, len(inside), inside.astype(np.intp))


def _drawn(
    groups: Sequence[Group], frame: pd.DataFrame | None, above: pd.DataFrame, turn: _Turn
) -> tuple[pd.DataFrame, dict[str, object]]:
    """Draw from every group; return the units drawn below those above, and the counts."""
    depth, takes = turn.depth, turn.takes(groups)
    found = [turn.select(*each, frame) for each in zip(groups, takes, strict=True)]
    drawn, spare = ([len(getattr(one, name)) for one in found] for name in ("places", "reserves"))
    group_of = np.repeat(np.arange(len(groups)), np.add(drawn, spare))
    below = _below(groups, group_of, found, frame, above)
    if depth == 1:
        below["stratum"] = np.array([group.code for group in groups], dtype=object)[group_of]
    units = np.array([group.units for group in groups], dtype=np.float64)
    below[f"population_{depth}"] = np.nan if turn.stage.method == "pps" else units[group_of]
    below[f"probability_{depth}"] = _joined(
        (one.probabilities, np.full(len(one.reserves), np.nan)) for one in found
    )
    order = _joined((0 * one.places, np.arange(len(one.reserves)) + 1) for one in found)
    below = below.assign(reserve_order=order, **{f"cluster_{depth}": below["code"]})
    counts = {
        "stage": depth,
        "frame": "" if frame is None else str(frame.attrs.get("file", "")),
        "method": turn.stage.method,
        "take": "" if turn.allocated and depth == 1 else turn.stage.stated,
        "groups": len(groups),
        "units": int(units.sum()),
        "drawn": sum(drawn),
        "certain": int((below[f"probability_{depth}"] == 1).sum()),
        "seed": str(turn.seed),
    }
    return below, counts


def _joined(pairs: Iterable[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    return np.concatenate([part for pair in pairs for part in pair])


def _below(
    groups: Sequence[Group],
    group_of: Places,
    found: Sequence[Selection],
    frame: pd.DataFrame | None,
    above: pd.DataFrame,
) -> pd.DataFrame:
    """Return the units drawn, with what the stages above say of them."""
    part = above.iloc[np.array([group.above for group in groups])[group_of]].reset_index(drop=True)
    places = _joined((one.places, one.reserves) for one in found)
    if frame is None:
        numbered = zip(part["code"], (places + 1).tolist(), strict=True)
        return part.assign(code=[f"{code}#{number}" for code, number in numbered])
    starts = np.cumsum([0, *(group.units for group in groups)])[group_of]
    rows = np.concatenate([group.rows for group in groups if group.rows is not None])
    units = frame.iloc[rows[starts + places]].reset_index(drop=True)
    names = part["name"].str.cat(units["name"], sep=" › ").str.strip(" ›")
    carried = {
        name: units[name].where(units[name] != "", part[name]) for name in _CARRIED if name in units
    }
    return part.assign(code=units["code"], name=names, size=units["size"], **carried)


def _as_sample(below: pd.DataFrame, stages: Sequence[Stage], interviewers: int) -> pd.DataFrame:
    """Return the table ``Sample``: chances multiplied, forms numbered and shared out."""
    depths = range(1, len(stages) + 1)
    chances = below[[f"probability_{depth}" for depth in depths]].to_numpy()
    below = below.assign(probability=chances.prod(axis=1))
    below["weight"] = 1 / below["probability"]
    is_main = below["reserve_order"].to_numpy() == 0
    if interviewers:
        last = below["stratum" if len(stages) == 1 else f"cluster_{len(stages) - 1}"]
        below["interviewer"] = _shared_out(last, interviewers)
    below["drawn"] = np.where(is_main, "main", "reserve")
    numbers = np.where(is_main, np.cumsum(is_main), np.cumsum(~is_main))
    digits = max(4, len(str(len(below))))
    below["form_id"] = [
        f"{'P' if main else 'D'}{number:0{digits}d}"
        for main, number in zip(is_main.tolist(), numbers.tolist(), strict=True)
    ]
    if stages[0].method == "pps" and len(stages) > 1:
        below = _certain_apart(below, len(stages))
    for depth in range(len(stages) + 1, MOST_STAGES + 1):
        below[f"cluster_{depth}"] = ""
    return in_order(table_of(below.rename(columns={"name": "place"}), "Sample"), "Sample")


def _certain_apart(below: pd.DataFrame, depth: int) -> pd.DataFrame:
    """Make each first unit that is certain a stratum, whose clusters are the units below it."""
    certain = below["probability_1"] == 1
    first, second = below["cluster_1"], below["cluster_2"]
    moved = {
        "stratum": below["stratum"] + "/" + first,
        "cluster_1": first + "/" + second,
        "cluster_2": below[f"cluster_{depth}"],
    }
    return below.assign(**{name: below[name].mask(certain, new) for name, new in moved.items()})


def _shared_out(clusters: pd.Series, interviewers: int) -> list[str]:
    """Return an interviewer for each form; a cluster stays whole, and the loads stay even."""
    codes, _ = pd.factorize(clusters)
    counts = np.bincount(codes)
    middle = np.cumsum(counts) - counts / 2
    who = np.minimum(middle * interviewers // max(len(codes), 1), interviewers - 1).astype(int)
    digits = max(2, len(str(interviewers)))
    return [f"DTV{number + 1:0{digits}d}" for number in who[codes].tolist()]
