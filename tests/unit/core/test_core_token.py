from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from deployer.core import (
    LATEST,
    NEW,
    Description,
    Manual,
    Memory,
    New,
    Operation,
    Percent,
    Published,
    Record,
    Routing,
    Stable,
    Through,
    TokenDamaged,
    TokenTooNew,
    Transition,
    Verb,
    compose,
    parse_description,
)
from deployer.core.token import DESCRIPTION_UNITS, Composed, decode, encode
from deployer.testing import descriptions, memories

THREE, FOUR, FIVE = Published(3), Published(4), Published(5)
MEMORY = Memory(
    head=FIVE,
    fingerprint="JAIA9LpT6Dn-PEO5",
    trail=(FOUR, THREE),
    record=Record(Transition(FIVE, FOUR, Percent(7500)), 0x6745, Operation(Verb.DEPLOY, "run-1")),
)
TOKEN = "lr1:h5.JAIA9LpT6Dn-PEO5:t4.3:r5.4.7500:s6745:d.run-1:2d3bdc"
BARE = Memory(None, None, (), Record(Stable(LATEST), 0, Operation(Verb.ROUTE, "r")))
BARE_TOKEN = "lr1:h-.-:t-:r$:s0:o.r:fbd88f"
BY_ROUTE = Operation(Verb.ROUTE, "run-1")
# A person may write anything, halves of characters and things that look like tokens too.
ANYTHING = st.text(max_size=300) | st.text(st.characters(categories=["Cs", "So", "Lu"]), max_size=300)
LOOKALIKES = st.from_regex(r"(lr[0-9]{0,2}:?[a-z0-9:.$-]{0,40} ?){0,6}", fullmatch=True)


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def remembering(
    *,
    head: Published | New | None = FIVE,
    routing: Routing | None = None,
    verb: Verb = Verb.DEPLOY,
    trail: tuple[Published, ...] = (FOUR, THREE),
) -> Memory:
    record = Record(routing or MEMORY.record.routing, 0x6745, Operation(verb, "run-1"))
    return Memory(head, None if head is None else "JAIA9LpT6Dn-PEO5", trail, record)


def timed(*, began: int | None = None, on_hold: bool = False, follow_up: int | None = None) -> Memory:
    return replace(MEMORY, record=replace(MEMORY.record, began=began, on_hold=on_hold, follow_up=follow_up))


@pytest.mark.parametrize(("memory", "token"), [(MEMORY, TOKEN), (BARE, BARE_TOKEN)])
def test_a_token_is_one_short_word_of_ascii_that_never_changes(memory: Memory, token: str) -> None:
    # Written into aliases, so it must not change between versions of this library.
    assert encode(memory) == token
    assert decode(token) == memory


@pytest.mark.parametrize(
    ("memory", "part"),
    [
        (remembering(head=NEW), ":hn."),
        (remembering(head=None), ":h-."),
        (remembering(routing=Stable(FIVE)), ":r5:"),
        (remembering(routing=Stable(NEW)), ":rn:"),
        (remembering(routing=Stable(LATEST)), ":r$:"),
        (remembering(routing=Transition(NEW, FOUR, Percent(50))), ":rn.4.50:"),
        (remembering(trail=()), ":t-:"),
        (remembering(trail=(FOUR,)), ":t4:"),
        (remembering(verb=Verb.DEPLOY), ":d.run-1:"),
        (remembering(verb=Verb.ROUTE), ":o.run-1:"),
        (remembering(verb=Verb.PROMOTE), ":p.run-1:"),
        (remembering(verb=Verb.ROLLBACK), ":b.run-1:"),
        (replace(MEMORY, record=Record(Transition(FOUR, FIVE, Percent(50)), 1, BY_ROUTE, Manual(FOUR))), ":r4.5.50.4:"),
        (replace(MEMORY, record=Record(Transition(FOUR, FIVE, Percent(50)), 1, BY_ROUTE, Manual(None))), ":r4.5.50.-:"),
        (replace(MEMORY, fingerprint=None), ":h5.-:"),
        (replace(MEMORY, left=(THREE, FOUR)), ":h5.JAIA9LpT6Dn-PEO5.3.4:"),
        (replace(MEMORY, head=None, fingerprint=None, left=(FOUR,)), ":h-.-.4:"),
        (timed(), ":s6745:"),
        (timed(began=0x6745), ":s6745.0:"),
        (timed(began=0x6700), ":s6745.45:"),
        (timed(on_hold=True), ":S6745:"),
        (timed(follow_up=0x6745), ":s6745h0:"),
        (timed(began=0x6700, on_hold=True, follow_up=0x6755), ":S6745.45h10:"),
    ],
)
def test_each_part_has_its_place(memory: Memory, part: str) -> None:
    assert part in encode(memory)
    assert decode(encode(memory)) == memory


@given(memories())
def test_every_memory_survives_being_written(memory: Memory) -> None:
    assert decode(encode(memory)) == memory


@pytest.mark.parametrize(
    "body",
    [
        "lr1:h5.-:t-:r5:s1",  # too few parts
        "lr1:h5.-:t-:r5:s1:d.x:y",  # too many
        "lr1:h5:t-:r5:s1:d.x",  # no fingerprint
        "lr1:h0.-:t-:r5:s1:d.x",  # no such version
        "lr1:hx.-:t-:r5:s1:d.x",  # no number
        "lr1:h$.-:t-:r5:s1:d.x",  # `$LATEST` is never head
        "lr1:h5.-:t4.0:r5:s1:d.x",
        "lr1:h5.-:t-:r-:s1:d.x",  # no routing
        "lr1:h5.-:t-:r5.4:s1:d.x",  # no weight
        "lr1:h5.-:t-:r$.4:s1:d.x",  # `$LATEST` beside another
        "lr1:h5.-:t-:r5.4.50.4:s1:d.x",  # a pair by hand that nobody routed
        "lr1:h5.-:t-:r5.4.50.4.3:s1:o.x",  # two that were stable at once
        "lr1:h5.-:t-:r5.4.50.x:s1:o.x",
        "lr1:h5.-:t-:r5.5.1:s1:d.x",  # forbidden by Lambda
        "lr1:h5.-:t-:r5.4.10000:s1:d.x",
        "lr1:h5.-:t-:r5:sx:d.x",
        "lr1:h5.-:t-:r5:s1:q.x",  # no such verb
        "lr1:h5.-:t-:r5:s1:d.ä",
        "lr1:h5.-:t-:r5:s1:d.x.y",
        "lr1:h5.-:t-:r5:s01:d.x",  # not as it is written
        "lr1:h05.-:t-:r5:s1:d.x",
        "lr1:h5.-:t-:r5:hs1:d.x",
        "lr1:h5.-:t-:r5:x1:d.x",
        "lr1:h5.-:t-:r5::d.x",  # no time
        "lr1:h5.-:t-:r5:s1.0.0:d.x",  # two beginnings
        "lr1:h5.-:t-:r5:s1.2:d.x",  # begun before 1970
        "lr1:x5.-:t-:r5:s1:d.x",
        "lr1:h5.-:t5_0:r5:s1:d.x",
    ],
)
def test_what_was_never_written_is_damaged_even_under_a_right_check(body: str) -> None:
    from deployer.core.token import _check

    with pytest.raises(TokenDamaged) as caught:
        decode(f"{body}:{_check(body, '')}")
    assert caught.value.args == (f"{body}:{_check(body, '')}",)


def test_a_token_without_a_routing_is_damaged_for_what_stands_in_its_place() -> None:
    from deployer.core.token import _check

    body = "lr1:h5.-:t-:r-.4.7500:s1:d.x"
    with pytest.raises(TokenDamaged) as caught:
        decode(f"{body}:{_check(body, '')}")
    assert str(caught.value.__cause__) == "-"


@pytest.mark.parametrize("position", range(len(TOKEN)))
@pytest.mark.parametrize("character", ["x", "5", ":", ".", "-", "$", " ", "ä", ""])
def test_damage_of_any_single_character_is_never_believed(position: int, character: str) -> None:
    damaged = TOKEN[:position] + character + TOKEN[position + 1 :]
    if damaged == TOKEN:
        return
    if damaged.startswith("lr5:"):
        with pytest.raises(TokenTooNew):
            parse_description(f"text {damaged} more")
        return
    found = parse_description(f"text {damaged} more")
    assert found.memory is None
    # Broken in two near its beginning it looks like a person's own words, and stays there as such.
    assert found.damaged == (damaged.startswith("lr1:") and (character not in {" ", "ä"} or position > 19))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", Description("", "", None)),
        ("a person's text ", Description("a person's text", "", None)),
        ("lr1:short", Description("lr1:short", "", None)),
        (TOKEN, Description("", "", MEMORY)),
        (f"before {TOKEN}", Description("before", "", MEMORY)),
        (f"{TOKEN} after", Description("", "after", MEMORY)),
        (f"  before  {TOKEN}  after  ", Description("  before", "after", MEMORY)),
        (f"({TOKEN}).", Description("(", ").", MEMORY)),
        (f"see {TOKEN}.", Description("see", ".", MEMORY)),
        (f"{TOKEN} and {TOKEN} again", Description("", "and  again", MEMORY)),
        (f"{TOKEN} and {BARE_TOKEN}", Description("", "and", None, damaged=True)),
        (f"a {TOKEN}x b", Description("a", "b", None, damaged=True)),
        (f"a {TOKEN} b {TOKEN}x", Description("a", "b", None, damaged=True)),
        (f"x{TOKEN}", Description(f"x{TOKEN}", "", None)),
    ],
)
def test_a_memory_is_found_wherever_it_stands(text: str, found: Description) -> None:
    assert parse_description(text) == found


@pytest.mark.parametrize(("token", "format_"), [("lr2:h5.anything-at-all", "2"), ("lr10:h5.anything-at-all", "10")])
def test_a_later_format_is_not_overwritten_unread(token: str, format_: str) -> None:
    with pytest.raises(TokenTooNew) as caught:
        parse_description(f"text {TOKEN} {token}")
    assert caught.value.format == format_
    assert caught.value.args == (format_,)
    assert str(caught.value) == f"the alias's memory is in format lr{format_}; this deployer knows lr1: upgrade it"


@pytest.mark.parametrize(
    ("around", "text"),
    [
        (Description("", "", None), ""),
        (Description("before", "", None), "before"),
        (Description("", "after", None), "after"),
        (Description("before", "after", None), "before after"),
    ],
)
def test_a_persons_text_is_shown_on_one_line(around: Description, text: str) -> None:
    assert around.text == text
    assert compose(around, MEMORY) == Composed(
        " ".join(part for part in (around.before, TOKEN, around.after) if part), cut=False
    )


LONG = remembering(trail=tuple(Published(number) for number in range(1008, 1000, -1)))


@pytest.mark.parametrize(
    ("spare", "kept"),
    [(0, 8), (-1, 7), (-5, 7), (-6, 6), (-35, 1)],
)
def test_the_trail_gives_way_first_down_to_one(spare: int, kept: int) -> None:
    text = "x" * (256 - len(encode(LONG)) - 1 - spare)
    composed = compose(Description(text, "", None), LONG)
    assert composed == Composed(f"{text} {encode(replace(LONG, trail=LONG.trail[:kept]))}", cut=False)
    assert len(composed.text) <= 256


BOTH = replace(LONG, left=tuple(Published(number) for number in range(908, 900, -1)))


@pytest.mark.parametrize("kept", [8, 7, 6, 5, 4, 3])
def test_then_what_was_left_gives_way_one_by_one_beside_a_trail_of_one(kept: int) -> None:
    token = encode(replace(BOTH, trail=BOTH.trail[:1], left=BOTH.left[:kept]))
    for room in (0, 1):
        text = "x" * (256 - len(token) - 1 - room)
        assert compose(Description(text, "", None), BOTH) == Composed(f"{text} {token}", cut=False)


def test_what_was_left_gives_way_to_no_less_than_three() -> None:
    token = encode(replace(BOTH, trail=BOTH.trail[:1], left=BOTH.left[:3]))
    room = 256 - len(token) - 1
    assert compose(Description("x" * (room + 1), "", None), BOTH) == Composed(f"{'x' * (room - 1)} {token}", cut=True)


def test_then_the_text_is_cut_and_said_so() -> None:
    token = encode(replace(LONG, trail=LONG.trail[:1]))
    room = 256 - len(token) - 2
    assert compose(Description("b" * 300, "", None), LONG) == Composed(f"{'b' * room} {token}", cut=True)
    assert compose(Description("b" * 9, "a" * 300, None), LONG) == Composed(
        f"{'b' * 9} {token} {'a' * (room - 9)}", cut=True
    )
    assert compose(Description("", "a" * 300, None), LONG) == Composed(f"{token} {'a' * room}", cut=True)
    assert compose(Description("b" * 300, "a", None), LONG) == Composed(f"{'b' * room} {token}", cut=True)


def test_text_that_fits_exactly_is_not_cut() -> None:
    text = "x" * (256 - len(TOKEN) - 1)
    assert compose(Description(text, "", None), MEMORY) == Composed(f"{text} {TOKEN}", cut=False)
    text = "x" * (256 - len(BARE_TOKEN) - 1)
    assert compose(Description("", text, None), BARE) == Composed(f"{BARE_TOKEN} {text}", cut=False)


def test_room_is_counted_in_utf_16_units_and_characters_are_never_halved() -> None:
    room = 256 - len(BARE_TOKEN) - 2
    assert room % 2 == 0
    assert compose(Description("🚀" * 200, "", None), BARE) == Composed(f"{'🚀' * (room // 2)} {BARE_TOKEN}", cut=True)
    assert compose(Description("x" + "🚀" * 200, "", None), BARE) == Composed(
        f"x{'🚀' * (room // 2 - 1)} {BARE_TOKEN}", cut=True
    )


def test_no_space_is_left_where_text_was_cut() -> None:
    room = 256 - len(BARE_TOKEN) - 2
    text = "x" * (room - 1) + " " + "y" * 99
    assert compose(Description(text, "", None), BARE) == Composed(f"{'x' * (room - 1)} {BARE_TOKEN}", cut=True)


def test_a_memory_that_leaves_no_room_leaves_no_text() -> None:
    wide = Published(10**80)
    memory = Memory(wide, None, (), Record(Transition(wide, Published(10**79), Percent(1)), 0, BARE.record.operation))
    assert compose(Description("b", "a", None), memory) == Composed(encode(memory), cut=True)


@given(ANYTHING | LOOKALIKES, ANYTHING | LOOKALIKES, memories())
@example("lr1:", "", MEMORY)
@example("\ud83d", "\ude80", MEMORY)
def test_a_memory_is_found_again_among_any_text(before: str, after: str, memory: Memory) -> None:
    try:
        around = parse_description(f"{before} {after}")
    except TokenTooNew:
        return
    composed = compose(around, memory)
    assert units(composed.text) <= DESCRIPTION_UNITS
    found = parse_description(composed.text)
    assert found.memory is not None
    assert found.memory == replace(memory, trail=found.memory.trail)
    assert found.memory.trail == memory.trail[: len(found.memory.trail)]
    assert len(found.memory.trail) >= min(1, len(memory.trail))
    assert around.before.startswith(found.before)
    if not composed.cut:
        assert (found.before.rstrip(), found.after) == (around.before.rstrip(), around.after)


@given(descriptions(), memories(), memories())
def test_writing_again_and_again_wears_no_text_away(description: str, first: Memory, second: Memory) -> None:
    once = compose(parse_description(description), first)
    assert compose(parse_description(once.text), first) == Composed(once.text, cut=False)
    twice = compose(parse_description(compose(parse_description(once.text), second).text), first)
    assert twice.text.count("lr1:") == once.text.count("lr1:") == 1


@given(st.text())
def test_reading_never_fails_but_for_a_later_format(text: str) -> None:
    try:
        found = parse_description(text)
    except TokenTooNew:
        return
    assert found.memory is None


def test_what_fails_its_check_is_damaged() -> None:
    with pytest.raises(TokenDamaged) as caught:
        decode(TOKEN[:-1] + "x")
    assert caught.value.args == (TOKEN[:-1] + "x",)


LIVE, PRD = (f"arn:aws:lambda:eu-central-1:123456789012:function:orders:{name}" for name in ("LIVE", "PRD"))


def test_a_token_that_was_copied_from_another_alias_is_no_memory() -> None:
    written = compose(Description("mine", "", None, owner=LIVE), LONG).text
    assert parse_description(written, LIVE) == Description("mine", "", LONG, owner=LIVE)
    for other in (PRD, "", LIVE.replace("orders", "carts"), LIVE.replace("123456789012", "210987654321")):
        assert parse_description(written, other) == Description("mine", "", None, damaged=True, owner=other)


def test_the_memory_stays_its_own_aliass_when_text_is_cut_for_it() -> None:
    composed = compose(Description("b" * 300, "", None, owner=LIVE), LONG)
    assert composed.cut
    assert parse_description(composed.text, LIVE).memory == replace(LONG, trail=LONG.trail[:1])


def test_a_description_knows_whose_it_is_whatever_is_in_it() -> None:
    assert parse_description("mine", LIVE) == Description("mine", "", None, owner=LIVE)
    with pytest.raises(TokenDamaged):
        decode(encode(LONG, LIVE), PRD)
    assert decode(encode(LONG, LIVE), LIVE) == LONG


def test_a_token_tells_what_went_through_a_stack() -> None:
    operation = Operation(Verb.ROLLBACK, "run-1", Through.STACK)
    memory = replace(MEMORY, record=replace(MEMORY.record, operation=operation))
    assert ":B.run-1:" in encode(memory)
    assert decode(encode(memory)) == memory
