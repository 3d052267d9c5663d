"""The page by itself: safe, whole without a script, ordered for screen readers."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import itertools
import re

import pytest
from lxml import html

from scoring.outputs.content import league
from scoring.outputs.page import league_page, report_page
from scoring.outputs.theme import ROLES

EVIL = '"><script>alert(1)</script><img src=http://x.vn/y onerror=alert(2)>{{7*7}}'


@pytest.fixture(scope="module")
def page(province, make_content):
    return report_page(make_content(province))


def headings(tree):
    return [int(node.tag[1]) for node in tree.xpath("//h1 | //h2 | //h3")]


def test_the_same_content_gives_the_same_page(page, province, make_content):
    assert report_page(make_content(province)) == page


def test_only_its_own_style_and_script_may_run(page):
    tree = html.fromstring(page)
    policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        (text,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert not tree.xpath("//@style | //@onclick | //@src")


def test_no_link_leaves_the_page(page):
    links = html.fromstring(page).xpath("//@href")
    assert {link for link in links if not link.startswith("#")} == {"data:,"}


def test_every_link_meets_its_target_and_no_id_stands_twice(page):
    tree = html.fromstring(page)
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    targets = {link[1:] for link in tree.xpath("//@href") if link.startswith("#")}
    assert targets <= set(ids)


def test_headings_go_down_one_level_at_a_time(page, departments):
    for text in (page, league_page(league(departments.sheet))):
        levels = headings(html.fromstring(text))
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_every_item_explains_itself_without_a_script(page, province, make_content):
    tree = html.fromstring(page)
    for item in make_content(province).items:
        (box,) = tree.xpath(f"//details[@data-code='{item.code}']")
        said = box.text_content()
        assert item.explanation.rule in said
        assert item.explanation.arithmetic in said
        assert all(entry.place in said for entry in item.explanation.inputs)


def test_every_points_figure_opens_an_explanation(page):
    tree = html.fromstring(page)
    for figure in tree.xpath("//dl[@class='tiles']//dd | //p[contains(@class, 'big')]"):
        assert figure.xpath(".//a[@class='figure']/@href"), figure.text_content()
    for row in tree.xpath("//details[contains(@class, 'row')]"):
        assert row.xpath("./div[@class='inside']")


def test_hostile_text_stays_text(province, make_content):
    content = make_content(province)
    bad_set = dataclasses.replace(content.criteria_set, name=EVIL, source=EVIL)
    bad_items = tuple(
        dataclasses.replace(item, name=EVIL, code=EVIL if place == 0 else item.code)
        for place, item in enumerate(content.items)
    )
    evil = dataclasses.replace(
        content, unit_name=EVIL, criteria_set=bad_set, items=bad_items, causes=(), steps=(),
        risks=(), figures_from=EVIL, caveats=(EVIL,),
    )  # fmt: skip
    tree = html.fromstring(report_page(evil))
    assert len(tree.xpath("//script")) == 1
    assert not tree.xpath("//img")
    assert "{{7*7}}" in tree.xpath("//h1")[0].text


def test_a_sample_says_so_at_the_top_in_both_languages(departments, make_content):
    for lang, badge in (("vi", "BỘ MẪU"), ("en", "SAMPLE")):
        page = report_page(make_content(departments, unit_code="SM-A", lang=lang))
        assert html.fromstring(page).xpath("//aside[@class='sample']//strong")[0].text == badge


def test_what_is_open_is_said_and_drawn_as_a_range(unfinished, make_content):
    page = report_page(make_content(unfinished))
    tree = html.fromstring(page)
    assert tree.xpath("//section[@id='open']")
    assert tree.xpath("//*[local-name()='rect'][@class='range']")
    assert "nan" not in tree.xpath("//main")[0].text_content().lower()


def test_pages_stay_small(page, departments, make_content, many_units):
    assert len(page.encode()) < 200_000
    assert len(report_page(make_content(departments, unit_code="SM-A")).encode()) < 400_000
    assert len(league_page(league(many_units(60).sheet)).encode()) < 100_000


def test_a_unit_without_losses_is_told_so(departments, make_content):
    content = make_content(departments, unit_code="SM-B")
    assert not content.causes
    assert "Không có mục nào bị mất điểm." in report_page(content)


def test_the_page_takes_its_colours_from_the_roles_of_the_charts(page):
    [style] = html.fromstring(page).xpath("//style")
    light = style.text.partition(":root {")[2].partition("}")[0]
    told = dict(re.findall(r"--([a-z]+): ([^;]+);", light))
    meant = {"track": "maximum", "fill": "reached", "goal": "target", "before": "last-year"}
    meant |= {"loss": "lost", "open": "open", "link": "reached"}
    assert {name: told[name] for name in meant} == {n: ROLES[r].color for n, r in meant.items()}
    assert told["hatch"] == ROLES["open"].hatch_color
    assert (
        "role(" not in style.text.partition("*/")[2]
        and "hatch(" not in style.text.partition("*/")[2]
    )
    # A meaning has one colour: no rule names one of its own.
    rules = style.text.partition("* { box-sizing")[2]
    assert set(re.findall(r"#[0-9a-f]{3,6}\b", rules)) <= {"#fff"}
