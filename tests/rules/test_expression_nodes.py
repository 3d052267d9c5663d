"""Every node has every face, and a node that lacks one cannot be made."""

import inspect

import pytest

from scoring.rules import RULE_KINDS, compile_rule
from scoring.rules import expression as ex
from scoring.rules.operators import Pen, Written

NODES = [
    member
    for member in vars(ex).values()
    if inspect.isclass(member) and issubclass(member, ex.Expression)
]
CONCRETE = [node for node in NODES if not inspect.isabstract(node)]


def test_every_node_is_a_number_or_a_condition():
    assert len(CONCRETE) >= 16
    for node in CONCRETE:
        assert issubclass(node, ex.Numeric) != issubclass(node, ex.Condition), node


@pytest.mark.parametrize("family", [ex.Numeric, ex.Condition, ex.Notation])
def test_a_node_without_one_of_its_faces_cannot_be_made(family):
    faces = sorted(family.__abstractmethods__)
    complete = {face: lambda self, *_: None for face in faces}
    assert type("Whole", (family,), complete)() is not None
    for missing in faces:
        left = {face: method for face, method in complete.items() if face != missing}
        with pytest.raises(TypeError, match=missing):
            type("Partial", (family,), left)()


def test_every_node_that_reads_an_input_is_found_by_its_name():
    readers = [node for node in CONCRETE if "name" in node.__dataclass_fields__]
    assert {node.__name__ for node in readers} == {
        "Name", "Choose", "IsNever", "IsWhole", "PeerBest",
    }  # fmt: skip
    for node in readers:
        values = ["a", (1.0, 2.0)][: len(node.__dataclass_fields__)]
        assert ex.input_names(node(*values)) == ("a",)


class Prefix(Pen):
    """A toy face, to see that a new one needs nothing but a pen where notations are alike."""

    functions = {word: word for word in Pen.functions}

    def part(self, node):
        if isinstance(node, ex.Notation):
            return node.written(self)
        return Written(node.name if isinstance(node, ex.Name) else node.words(self).text)

    def number(self, value):
        return f"{value:g}"


def test_a_new_written_face_is_one_pen():
    spec = RULE_KINDS["ratio"].example.spec
    assert Prefix().write(compile_rule(spec).points) == (
        "if(received=0,0,min(6,6*satisfied/received/0.9))"
    )
