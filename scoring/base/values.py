"""The closed lists of the tables."""

from __future__ import annotations

LEVELS = ("area", "criterion", "item", "index")
STATUSES = ("scored", "not_assessed", "not_applicable", "invalid")
CAUSES = (
    "not-assessed",
    "no-evidence",
    "evidence-invalid",
    "below-target",
    "late",
    "not-done",
    "appraised-lower",
    "survey-below-maximum",
    "deduction",
)
# What the points of a gap are: lost for good, earned without sufficient proof, not yet assessed.
GAP_KINDS = ("lost", "at-risk", "open")
SEVERITIES = ("error", "warning", "info")
# What a criteria set may say of a node, a figure and itself.
NODE_KINDS = ("normal", "bonus", "penalty")
INPUT_KINDS = ("count", "number", "percent", "rank", "yes_no", "choice", "date")
ZERO_POLICIES = ("full", "zero", "not_assessed", "not_applicable", "invalid")
NOT_APPLICABLE_POLICIES = ("not_allowed", "drop", "full", "zero", "redistribute")
SET_STATUSES = ("official", "observed", "sample")
ROUNDING_STAGES = ("index", "area", "item")
RANKED_ON = ("rounded", "unrounded")
# What units of equal points get: 1, 1, 3; 1, 1, 2; 2, 2, 3.
TIES = ("min", "dense", "max")
# How a node of a newer set continues one of an older, and what can change between the two.
MATCH_KINDS = ("code+name", "name", "code", "similar", "added", "removed")
CHANGE_KINDS = (
    "policy",
    "added",
    "removed",
    "moved",
    "renumbered",
    "renamed",
    "reweighted",
    "reruled",
    "reassessed",
    "re-evidenced",
)
INDEX_CODE = "INDEX"
# A deadline of a reform plan: what it is, and how it stands on a day.
DEADLINE_KINDS = ("date", "recurring", "ongoing", "condition", "by-rule", "unread")
TASK_STATUSES = ("done", "overdue", "due-soon", "upcoming", "waiting", "ongoing", "no-date")
# How a plan's target compares, where its result comes from, and how it stands on a day.
TARGET_COMPARATORS = (
    "at-least",
    "above",
    "at-most",
    "below",
    "equal",
    "range",
    "reduce-by",
    "grow-by",
    "rank-within",
    "more-than-before",
    "less-than-before",
)
TARGET_SOURCES = ("item", "estimate", "external", "progress", "typed")
TARGET_GIVES = ("level", "change")
TARGET_STATES = (
    "met",
    "missed",
    "not-shown-met",
    "not-shown-missed",
    "on-the-way",
    "not-yet-due",
    "not-measurable",
)
TARGET_REASONS = (
    "not-bound",
    "not-confirmed",
    "no-such-source",
    "no-result",
    "other-year",
    "two-results",
    "unit",
    "no-baseline",
    "binding",
    "phases",
    "no-year",
)
RANK_STATES = ("ranked", "scored-unranked", "open")
# What can happen to the grade of a unit: by the names of the findings that say so.
GRADE_VERDICTS = (
    "grade-by-points",
    "index-open",
    "grade-capped",
    "grade-lowered",
    "grade-condition-failed",
    "grade-forced",
    "grade-to-confirm",
    "grade-quota-applied",
    "grade-quota-tied",
)
# What a scenario supposes to be otherwise, and what of the documents of an item.
SCENARIO_KINDS = ("input", "proof", "appraisal", "rule")
SUPPOSED_PROOF = ("accepted", "refused", "added")
# How the documents of an item prove it, best first.
PROOF_VERDICTS = ("proven", "declared", "late", "evidence-invalid", "no-evidence")

# What a question of a survey is for, what an answer is worth, and how answers make the index.
QUESTION_ROLES = ("quality", "overall", "other")
ANSWER_COUNTS = ("satisfied", "weights")
COMBINATIONS = ("pooled", "mean_of_factors", "weighted_factors", "overall_question")
# What an estimate of a survey is of, and whether its cell may be seen.
MEASURES = ("index", "factor", "question", "answer")
CELL_STATES = ("shown", "hidden-small", "hidden-secondary", "not-estimable")
# Whether a difference is more than chance.
DIFFERENCE_VERDICTS = ("real", "not-shown", "series-break", "hidden", "not-estimable")
# How a survey is estimated: strata with a single unit, replicate weights, totals known besides.
LONELY_POLICIES = ("fail", "remove", "adjust", "average", "certainty")
REPLICATES = ("bootstrap", "JK1", "JKn", "BRR")
CALIBRATIONS = ("none", "post-stratification", "raking")
INTERVALS = (
    "wilson",
    "korn-graubard",
    "logit",
    "wald",
    "xlogit",
    "likelihood",
    "asin",
    "beta",
    "mean",
)

# Whose points they are, from what a unit claims to what is decided for good; and why an appraiser
# gives other points than the unit.
TRACKS = ("self", "computed", "supported", "appraised-1", "explained", "appraised-2", "final")
FINAL = TRACKS[-1]
ROUNDS = ("1", "2", "final")
DIFFERENCE_KINDS = (
    "arithmetic",
    "rule-misread",
    "missing-proof",
    "late-proof",
    "judgement",
    "survey",
)
# What units are weighed by where several of one year become one of the next.
CROSSWALK_METHODS = ("population", "dossiers", "area", "staff", "equal")
# Why the change of a node is not, or not wholly, split; and how old units were put together.
CHANGE_NOTES = (
    "added",
    "removed",
    "open",
    "not-applicable",
    "one-sided",
    "unsplit",
    "no-earlier-unit",
)
# How a published result stands to its target.
EXTERNAL_RESULTS = ("met", "missed", "not-measured", "no-target")
# What is worth a second look, in the order in which it is shown.
ANOMALY_KINDS = (
    "full-marks",
    "copied-text",
    "shared-document",
    "jump-last-year",
    "jump-peers",
    "heaped-digits",
    "same-figures",
    "always-differs",
    "deadline-dates",
)
JOINED_BY = ("own", "added-up", "weighted-mean")

# Positions in STATUSES, as arrays of statuses hold them.
SCORED, NOT_ASSESSED, NOT_APPLICABLE, INVALID = range(4)

# Years outside these are slips of the hand, not years of assessment.
FIRST_YEAR, LAST_YEAR = 2000, 2100
# Why the points of an item are in doubt; how chances are found; other ways to build an index.
DOUBT_KINDS = ("survey", "proof", "dispute", "open", "task", "forecast")
FORECAST_METHODS = (
    "flow", "season", "share", "mean", "level", "distinct", "survey", "proof", "dispute", "open", "task",
)  # fmt: skip
CHANCE_METHODS = ("exact", "simulated")
INDEX_CHOICES = ("drop-item", "geometric", "equal-areas", "median-rank")

ADVICE_TERMS = ("open", "dated", "past", "next-year")
"""When something can be done: now; by a day; no more this year; next year at the earliest."""

ADVICE_KINDS = ("figure", "count", "date", "answer", "proof", "decision", "survey", "missing")
"""What has to change: a figure, cases to be counted, a day, an answer, the proof, a decision of an
appraiser, a survey; or a figure that is asked for."""
