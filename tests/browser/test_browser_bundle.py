"""Modules put into one script: in order, once each, and refused with the reason where they cannot be."""

import os
import shutil
import subprocess
import sys
import zipfile
from importlib import resources
from pathlib import Path

import pytest

from scoring.browser import BundleError, bundle, bundled

BROKEN = {
    "unknown module": ({"a.js": 'import { b } from "./b.js";\n'}, "b.js: there is no such module"),
    "unknown name": ({"a.js": 'import { c } from "./b.js";\n', "b.js": "export const b = 1;\nconst c = 2;\n"},
                     "a.js: b.js does not export c"),
    "circle": ({"a.js": 'import { b } from "./b.js";\nexport const a = 1;\n',
                "b.js": 'import { a } from "./a.js";\nexport const b = 1;\n'},
               "a.js -> b.js -> a.js: a circle of imports"),
    "one name twice": ({"a.js": 'import { b } from "./b.js";\nexport function b2() {}\nexport const same = 1;\n',
                        "b.js": "export const b = 1;\nexport async function same() {}\n"},
                       "same stands in b.js and again in a.js"),
    "default": ({"a.js": "export default function () {}\n"}, "a.js: a form that a page cannot take in: export default"),
    "whole module": ({"a.js": 'import * as b from "./b.js";\n'}, "a.js: a form that a page"),
    "fetched": ({"a.js": 'const b = await import("./b.js");\n'}, "a.js: a form that a page"),
    "ends the page's script": ({"a.js": 'export const a = "</ScRiPt>";\n'}, "a.js: a form that a page"),
    "outside": ({"a.js": 'import { b } from "../b.js";\n'}, "../b.js: there is no such module"),
}  # fmt: skip


@pytest.fixture
def modules(monkeypatch, tmp_path):
    """A function that makes a folder of modules stand in place of the package."""

    def made(texts):
        for name, text in texts.items():
            (tmp_path / name).write_bytes(text.encode("utf-8"))

    monkeypatch.setattr(bundle.resources, "files", lambda package: tmp_path)
    for function in (bundle.bundled, bundle.source):
        function.cache_clear()
    yield made
    for function in (bundle.bundled, bundle.source):
        function.cache_clear()


@pytest.mark.parametrize("case", BROKEN)
def test_what_cannot_be_one_script_is_refused_with_its_place(modules, case):
    texts, told = BROKEN[case]
    modules(texts)
    with pytest.raises(BundleError, match=told.replace(".", r"\.").replace("*", r"\*")):
        bundled("a.js")


def test_modules_stand_before_what_needs_them_and_once_each(modules):
    modules({
        "main.js": 'import {\r\n  two,\r\n} from "./two.js";\r\nimport { one } from "./one.js";\r\nshow(one + two);\r\n',
        "two.js": '/** A number. */\nimport { one } from "./one.js";\nconst hidden = one;\nexport const two = hidden * 2;\n',
        "one.js": "// Why.\nconst hidden = 1;\nexport const one = /** @type {number} */ (hidden);\n",
    })  # fmt: skip
    assert bundled("main.js", "one.js").splitlines() == [
        "(function () {", '"use strict";',
        "// one.js", "const { one } = (function () {",
        "const hidden = 1;", "const one = (hidden);", "return { one };", "})();",
        "// two.js", "const { two } = (function () {",
        "const hidden = one;", "const two = hidden * 2;", "return { two };", "})();",
        "// main.js", "(function () {", "show(one + two);", "})();",
        "})();",
    ]  # fmt: skip


def test_a_name_reaches_what_the_last_entry_exports(modules):
    modules({"a.js": "const b = 1;\nexport const a = b;\n"})
    lines = bundled("a.js", name="KNOWN").splitlines()
    assert (lines[0], *lines[-2:]) == ("const KNOWN = (function () {", "return { a };", "})();")


def test_modules_are_found_where_the_package_is_no_folder(tmp_path):
    # A wheel may be used as it is; its files are those below `scoring`.
    package = tmp_path / "package.zip"
    root = Path(str(resources.files("scoring")))
    with zipfile.ZipFile(package, "w") as made:
        made.writestr("scoring/__init__.py", "")
        for path in [
            *root.glob("browser/**/*.py"),
            *root.glob("browser/**/*.js"),
            *root.glob("outputs/page/*.js"),
        ]:
            made.write(path, f"scoring/{path.relative_to(root).as_posix()}")
    told = "from scoring.browser import bundled; print(bundled('outputs/page/whatif.js', 'outputs/page/page.js'), end='')"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, encoding="utf-8", cwd=tmp_path,
                          env=os.environ | {"PYTHONPATH": str(package), "PYTHONUTF8": "1"})  # fmt: skip
    assert done.stdout == bundled("outputs/page/whatif.js", "outputs/page/page.js"), done.stderr


def modules_of(*rooms):
    root = resources.files("scoring")
    return [f"{room}/{path.name}" for room in rooms if (folder := root.joinpath(room)).is_dir()
            for path in sorted(folder.iterdir(), key=lambda one: one.name)
            if path.name.endswith(".js")]  # fmt: skip


def test_every_module_of_the_library_and_the_form_can_stand_in_a_page():
    script = bundled(*modules_of("browser/lib", "form/app"))
    assert "\nimport " not in script
    assert "\nexport " not in script
    if node := shutil.which("node"):
        done = subprocess.run([node, "--check", "-"], input=script, text=True, capture_output=True)
        assert not done.returncode, done.stderr


def test_no_module_has_more_than_three_hundred_lines():
    lengths = {
        name: bundle.source(name).count("\n") for name in modules_of("browser/lib", "form/app")
    }
    assert not {name: count for name, count in lengths.items() if count > 300}
