"""Durations, shares and names as people read them; Markdown and JSON of any view."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfast_obs.report.json import document
from shopfast_obs.report.markdown import escaped, markdown
from shopfast_obs.report.text import percent, seconds, several, shortened
from shopfast_obs.report.view import HIDDEN, Report, Section, narrow


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0 ms"), (0.0004, "0.4 ms"), (0.0123, "12 ms"), (0.9994, "999 ms"), (0.9996, "1.00 s"), (12.345, "12.35 s"),
     (99.99, "99.99 s"), (100.4, "1 min 40 s"), (3600, "60 min 0 s")],
)  # fmt: skip
def test_a_duration_has_the_unit_that_fits(value: float, text: str) -> None:
    """Never `1000 ms`, never `0.00 s`."""
    assert seconds(value) == text


@pytest.mark.parametrize(
    ("share", "text"), [(0, "0 %"), (0.0001, "<0.1 %"), (0.054, "5.4 %"), (0.0996, "10 %"), (0.5, "50 %"), (1, "100 %")]
)
def test_a_share_is_never_a_false_zero(share: float, text: str) -> None:
    """Something is not nothing."""
    assert percent(share) == text


def test_several_durations_share_a_unit() -> None:
    """The largest chooses."""
    assert several((0.01, 0.053)) == "10 / 53 ms"
    assert several((0.09, 5.766)) == "0.09 / 5.77 s"
    assert several(()) == " ms"


@given(st.text(max_size=60), st.integers(2, 40))
def test_a_shortened_name_fits_and_keeps_both_ends(text: str, width: int) -> None:
    """The middle goes."""
    found = shortened(text, width)
    assert len(found) <= width
    if len(text) > width:
        assert text.startswith(found.partition("…")[0])
        assert text.endswith(found.rpartition("…")[2])


@given(st.text())
def test_markdown_shows_text_and_obeys_none(text: str) -> None:
    """Whatever telemetry says: one line, no markup characters left bare."""
    found = escaped(text)
    assert "\n" not in found
    bare = found.replace("\\\\", "")
    for position, character in enumerate(bare):
        if character in "`*_[]<>|#&":
            assert bare[position - 1] == "\\"


def test_lines_of_its_own_stay_in_markdown_and_obey_nothing_either() -> None:
    """A traceback is a block of code that nothing in it ends."""
    report = Report("T", (Section("One", ('log: Traceback\n  File "a.py"\n```\n# no heading\x1b[2J',)),))
    assert markdown(report).split("\n\n")[2] == (
        '````text\nlog: Traceback\n  File "a.py"\n```\n# no heading\\x1b[2J\n````\n'
    )


def test_a_report_becomes_headings_and_tables() -> None:
    """GitHub's form."""
    report = Report("Title", (Section("One", ("a line",)), Section("Two", (), ("a", "b"), (("1", "x|y"),))))
    assert markdown(report) == ("# Title\n\n## One\n\na line\n\n## Two\n\n| a | b |\n| --- | --- |\n| 1 | x\\|y |\n")


@dataclass(frozen=True)
class Inner:
    """A dataclass inside a view."""

    values: tuple[float, ...]
    names: frozenset[str]


def test_any_view_becomes_plain_json() -> None:
    """Dataclasses, mappings with other keys, tuples, sets and strangers."""
    assert document({1: Inner((1.0, 2.0), frozenset({"a"})), "x": None, "t": type(None)}) == {
        "1": {"values": [1.0, 2.0], "names": ["a"]},
        "x": None,
        "t": "<class 'NoneType'>",
    }


NAME = "shopfast-product-service: Initialization"


def parts(*names: str) -> Section:
    """A table with two columns of each name, a number, and a column that a narrow one hides."""
    rows = tuple((name, name, "1", "x" * 30) for name in names)
    return Section("Parts", (), ("part", "edge", "n", "more"), rows, (10, 20, 0, HIDDEN), instead=("more",))


def width(rows: tuple[tuple[str, ...], ...]) -> int:
    """How wide the terminal's table of these is."""
    columns = [max(len(line) for cell in cells for line in cell.split("\n")) for cells in zip(*rows, strict=True)]
    return sum(columns) + 2 + 3 * (len(columns) - 1)


def test_a_table_takes_the_width_that_is_there() -> None:
    """Nothing is folded and nothing hidden where there is room; at 80 columns a name may take two lines."""
    assert narrow(parts(NAME), 160).rows == parts(NAME).rows
    assert narrow(parts(NAME), 160).lines == ()
    assert narrow(parts(NAME), 80).rows == (("shopfast-product-service:\n  Initialization",) * 2 + ("1",),)
    assert narrow(parts(NAME), 80).lines == ("more",)


def test_names_lose_the_beginning_that_they_have_in_common_and_a_line_says_which() -> None:
    """Only where they would be folded; what is copied from where there is room is whole."""
    names = ("thumbnail-generator-production-upload", "-> thumbnail-generator-production-resize", "images")
    found = narrow(parts(*names), 80)
    assert [row[0] for row in found.rows] == ["…upload", "-> …resize", "images"]
    assert found.lines[0] == "… at the beginning of a name is thumbnail-generator-production-."
    assert [row[0] for row in narrow(parts(*names), 160).rows] == list(names)


WORDS = st.sampled_from(["shop", "prod", "dev", "orders", "resize", "a", "OrdersFunctionXY", "…"])
SIGNS = st.sampled_from(["-", "-", "_", "/", " ", ": "])
MIDDLES = st.lists(
    st.builds(lambda words, sign: sign.join(words), st.lists(WORDS, min_size=1, max_size=12), SIGNS),
    min_size=1,
    max_size=12,
    unique=True,
)
# Names of one application: they begin and end alike, so whoever cuts them there or in the middle makes them equal.
NAMES = st.builds(
    lambda head, middles, tail: [f"{head}{middle}{tail}" for middle in middles],
    st.sampled_from(["", "GET ", "shop-production-" * 3]),
    MIDDLES,
    st.sampled_from(["", " orders", "-of-the-shop-in-frankfurt" * 2]),
)


@given(NAMES, st.sampled_from([60, 80, 120, 160]))
def test_no_two_names_of_a_table_look_alike(names: list[str], room: int) -> None:
    """However they are cut, folded or shown without their beginning."""
    found = narrow(parts(*names), room).rows
    for column in (0, 1):
        assert len({row[column] for row in found}) == len(names)


def test_a_name_is_broken_where_a_word_ends_and_stays_where_it_belongs() -> None:
    """In the middle of a word only where none ends near; what is indented is indented more."""
    found = narrow(parts("FaceDetectionFunctionOfTheRidersPhotoProcessing", f"    {NAME}"), 60).rows
    assert [row[0] for row in found] == [
        "FaceDetectionFunctionOfTh\n  eRidersPhotoProcessing",
        "    shopfast-product-\n      service:\n      Initialization",
    ]


@given(st.lists(st.text("abc -/", min_size=1, max_size=120), min_size=1, max_size=3), st.integers(40, 100))
def test_a_folded_table_fits_and_a_name_of_four_lines_is_whole(names: list[str], room: int) -> None:
    """Only what is longer loses its middle."""
    found = narrow(parts(*names), room).rows
    assert width(found) <= max(room, 40)
    for name, row in zip(names, found, strict=True):
        assert row[0].count("\n") < 4
        if "…" not in row[0] and "\n" in row[0]:
            assert "".join(row[0].split()) == "".join(name.split())
    assert "…" not in narrow(parts("x" * 70), 60).rows[0][0]
    assert "…" in narrow(parts("x" * 170), 60).rows[0][0]


def test_short_columns_keep_their_text_and_long_ones_share_the_rest() -> None:
    """Fairly."""
    section = Section("t", (), ("a", "b", "c"), (("a" * 10, "b" * 60, "c" * 60),), (30, 30, 30))
    assert narrow(section, 80).rows == (("a" * 10, f"{'b' * 31}\n  {'b' * 29}", f"{'c' * 31}\n  {'c' * 29}"),)
