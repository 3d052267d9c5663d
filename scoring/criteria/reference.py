"""The tables of ``criteria/README.md``: every key and column of a set, and every rule kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from scoring.base.labels import LANGUAGES, label
from scoring.criteria.columns import LIST_KEYS, RULE_WORDS, SET_KEYS, SHEETS
from scoring.rules import RULE_KINDS
from scoring.rules.kinds.rule_kind import RuleKind
from scoring.tables import Column, declared, tables


def columns_reference() -> str:
    """Return the keys of ``set.toml`` and the columns of every sheet as Markdown tables.

    Examples
    --------
    >>> "| `max_points` | number |" in columns_reference()
    True
    """
    heading = ("Key", "Holds", "Required", "Ý nghĩa", "Meaning", "Values")
    parts = ["### `set.toml`", "", *_table(heading, map(_row, SET_KEYS)), ""]
    for name, columns in (LIST_KEYS | SHEETS).items():
        title = f"`[[{name}]]`" if name in LIST_KEYS else f"`{name}.csv`"
        parts += [f"### {title}", "", f"{label(f'set_sheet_{name}')} / "
                  f"{label(f'set_sheet_{name}', 'en')}", ""]  # fmt: skip
        parts += [*_table(("Column", *heading[1:]), map(_row, columns)), ""]
    return "\n".join(parts).rstrip("\n")


def instrument_reference() -> str:
    """Return the keys of ``instrument.toml`` and the columns of its sheets as Markdown tables.

    Examples
    --------
    >>> "| `is_satisfied` | flag |" in instrument_reference()
    True
    """
    heading = ("Column", "Holds", "Required", "Ý nghĩa", "Meaning", "Values")
    parts = []
    for table in tables().values():
        if table.group == "instrument":
            is_list = table.name == "instrument.caveats"
            name = "`[[caveats]]`" if is_list else f"`{table.file}`"
            parts += [f"### {name}", "", f"{table.vi} / {table.en}", ""]
            parts += [*_table(heading, map(_row, declared(table.name))), ""]
    return "\n".join(parts).rstrip("\n")


def rules_reference() -> str:
    """Return the rule kinds with what each needs and a sample sentence as a Markdown table.

    Examples
    --------
    >>> "| `deadline` |" in rules_reference()
    True
    """
    heading = ("`rule`", "Tên / Name", "Inputs (role)", "Needs", "May use", "Ví dụ / Example")
    return "\n".join(_table(heading, map(_rule, RULE_WORDS)))


def _row(entry: Column) -> tuple[str, ...]:
    required = "✓" if entry.required else ""
    values = ", ".join(f"`{word}`" for word in entry.offered)
    return f"`{entry.name}`", entry.type, required, entry.vi, entry.en, values


def _rule(word: str) -> tuple[str, ...]:
    kind = RULE_KINDS.get(word)
    titles = f"{label(f'rule_{word}')} / {label(f'rule_{word}', 'en')}"
    roles, needs, may_use = _wants(kind) if kind else ("", "", "")
    return f"`{word}`", titles, roles, needs, may_use, "<br>".join(sample_sentences(word))


def sample_sentences(word: str) -> list[str]:
    """Return a sample of what a rule of a set says, in both languages."""
    kind = RULE_KINDS.get(word)
    return [
        kind.sentence(kind.example.spec, lang) if kind else label(f"{word}_sentence", lang)
        for lang in LANGUAGES
    ]


def _wants(kind: RuleKind) -> tuple[str, str, str]:
    roles = " | ".join(" + ".join(f"`{role}`" for role in roles) for roles in kind.roles if roles)
    needs, may_use = (
        ", ".join(f"`{word}`" for word in sorted(words)) for words in (kind.needs, kind.may_use)
    )
    return roles, needs, may_use


def _table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield _line(heading)
    yield _line(["---"] * len(heading))
    yield from (_line(row) for row in rows)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def with_section(page: str, name: str, content: str) -> str:
    """Return `page` with what stands between the marks of section `name` replaced.

    Raises
    ------
    ValueError
        When the page does not have both marks.

    Examples
    --------
    >>> page = "a\\n<!-- begin x -->\\nold\\n<!-- end x -->\\nb"
    >>> with_section(page, "x", "new").splitlines()
    ['a', '<!-- begin x -->', 'new', '<!-- end x -->', 'b']
    """
    begin, end = f"<!-- begin {name} -->\n", f"\n<!-- end {name} -->"
    before, _, rest = page.partition(begin)
    _, mark, after = rest.partition(end)
    if not mark:
        raise ValueError(f"the page has no section {name!r} between {begin!r} and {end!r}")
    return before + begin + content + end + after
