"""The small tree that every rule is written in, before it is computed, printed or exported."""

from scoring.rules.expression.arithmetic import (
    Binary,
    Divide,
    If,
    Largest,
    Missing,
    Number,
    Round,
    Smallest,
    Steps,
)
from scoring.rules.expression.conditions import All, Compare, Either, Not
from scoring.rules.expression.inputs import (
    Choose,
    IsNever,
    IsWhole,
    Name,
    PeerBest,
    YearDate,
    input_names,
)
from scoring.rules.expression.node import (
    YEAR,
    Condition,
    Expression,
    Notation,
    Numeric,
    children,
    depth,
    node,
    walk,
)
from scoring.rules.expression.nodes import (
    APPLICABLE,
    EARNED,
    GIVEN_UP,
    IS_NA,
    POINTS,
    AnyApplies,
    Best,
    Dropped,
    Earned,
    IfAnyKnown,
    IsNotApplicable,
    Near,
    OrOpen,
    Total,
)
