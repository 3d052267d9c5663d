"""A form says what it is: one that somebody altered is named by whatever reads its ledger."""

import io
import re

import pytest
from openpyxl import load_workbook

from scoring.cli.main import main
from scoring.criteria import open_set
from scoring.evidence.ledger import new_ledger
from scoring.evidence.ledger.layout import FORM_KEYS, MACHINE_SHEET
from scoring.files.sealed.manifest import about
from scoring.form.form_data import FormUnit, fill_data
from scoring.form.form_page import form_digest, form_page
from scoring.outputs.page.render import source_hash

pytestmark = pytest.mark.chromium
SET = "service-quality-766"
OURS = about()["package"]
# The last digest of a page, as it stands at its foot.
STATED = """const done = arguments[0], ask = () => {
  const found = document.querySelectorAll(".colophon .print-hash");
  return found.length ? done(found[1].textContent) : setTimeout(ask, 5);
};
ask();"""


def altered(page):
    """The page as an editor leaves it who makes its script give away points, and knows of hashes."""
    script = re.findall(r"<script>(.*?)</script>", page, re.S)[0]
    other = script.replace("Math.min(", "Math.max(", 1)
    assert other != script
    return page.replace(script, other).replace(source_hash(script), source_hash(other))


def stated(browser, path, page):
    path.write_text(page, encoding="utf-8")
    browser.get(path.as_uri())
    return browser.execute_async_script(STATED)


@pytest.fixture(scope="module")
def digests(browser, tmp_path_factory):
    """What the form says of itself: as it was written, and altered."""
    folder = tmp_path_factory.mktemp("form")
    page = form_page(open_set(SET), fill_data(2026, "", FormUnit()))
    pages = (page, altered(page))
    return [stated(browser, folder / f"{n}.html", text) for n, text in enumerate(pages)]


def test_page_computes_the_digest_of_what_stands_in_it(digests):
    ours, other = digests
    assert ours == form_digest(open_set(SET))
    assert other != ours and re.fullmatch("[0-9a-f]{64}", other)


def ledger_from(path, digest, engine=OURS):
    """A ledger as the form with that digest saves it; `test_form_ledger` holds the form to it."""
    book = load_workbook(io.BytesIO(new_ledger(open_set(SET), "a", "Sở A", 2026)))
    for key, value in zip(FORM_KEYS, (digest, engine), strict=True):
        book[MACHINE_SHEET].append([key, value])
    book.save(path)
    return str(path)


def said(capsys, *argv):
    main(["--quiet", *argv])
    return "".join(capsys.readouterr())


def test_ledger_of_an_altered_form_is_named_wherever_it_is_read(digests, tmp_path, capsys):
    ours, other = digests
    folder = tmp_path / "so"
    folder.mkdir()
    path = ledger_from(folder / "a.xlsx", other)
    out = ("--out", str(tmp_path / "out"))
    for argv in (["ledger", "check", path], ["score", path, "--criteria", SET, *out],
                 ["batch", str(folder), "--criteria", SET, "--out", str(tmp_path / "all")]):  # fmt: skip
        told = said(capsys, *argv)
        assert "form-altered" in told and other[:16] in told and ours[:16] in told, argv


def test_ledger_of_our_form_is_not_and_one_of_another_version_cannot_be_told(
    digests, tmp_path, capsys
):
    ours, other = digests
    told = said(capsys, "ledger", "check", ledger_from(tmp_path / "a.xlsx", ours))
    assert "form-altered" not in told and "form-of-other-version" not in told
    older = ledger_from(tmp_path / "b.xlsx", other, "par-index-scoring 0.0.1")
    told = said(capsys, "ledger", "check", older)
    assert "form-altered" not in told
    assert "form-of-other-version" in told and "0.0.1" in told
