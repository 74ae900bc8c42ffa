"""Whatever comes from outside stays text."""

import pytest

from deployer.rollout.report.markup import Markup, element, joined, plain


def test_text_is_escaped_and_markup_is_not() -> None:
    inner = element("b", "<script>&")
    assert element("p", inner, " > ", None) == "<p><b>&lt;script&gt;&amp;</b> &gt; </p>"


def test_attributes_are_escaped_and_those_that_are_none_left_out() -> None:
    made = element("td", class_='"><i', data_label="it's", id=None)
    assert made == '<td class="&quot;&gt;&lt;i" data-label="it&#x27;s"></td>'


def test_elements_that_hold_nothing_are_not_closed() -> None:
    assert element("meta", charset="utf-8", name="a") == '<meta charset="utf-8" name="a">'


def test_joined_parts_are_escaped_one_by_one() -> None:
    assert joined(["<", Markup("<br>"), None, "\ud800"]) == "&lt;<br>\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize("unfit", ["\x00", "\x1b", "\x9b", "\udfff", "\u202e", "\u2066", "\uffff"])
def test_what_has_no_place_in_a_page_is_replaced(unfit: str) -> None:
    assert plain(f"a{unfit}b\tc\n") == "a\N{REPLACEMENT CHARACTER}b\tc\n"
