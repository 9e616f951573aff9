"""One change out of a text that went on: exactly that change, or a refusal."""

from hypothesis import given
from hypothesis import strategies as st

from shopfast_obs.instrument.removal.revert import reverted, without
from shopfast_obs.model.overlay import AlarmDefinition, Overlay, ResourceOverlay

BEFORE = "import os\n\n\ndef f():\n    print(1)\n\n\ndef g():\n    return 2\n"
AFTER = BEFORE.replace("import os\n", "import os\nimport log\n").replace("print(1)", "log.info(1)")
LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "d\n", "\n"]), max_size=8).map("".join)


def test_what_came_later_stays() -> None:
    """Also at the ends of the file."""
    now = f"# mine\n{AFTER.replace('return 2', 'return 3')}END = 1\n"
    assert reverted(BEFORE, AFTER, now) == f"# mine\n{BEFORE.replace('return 2', 'return 3')}END = 1\n"


def test_a_line_of_the_change_that_was_changed_again_is_a_refusal() -> None:
    """Nobody can say what it should be now; nor where a deleted line's neighbours have gone."""
    assert reverted(BEFORE, AFTER, AFTER.replace("log.info(1)", "log.info(2)")) is None
    assert reverted("a\nb\nc\n", "a\nc\n", "a\nnew\nc\n") is None
    assert reverted("a\nb\n", "a\n", "new\n") is None


@given(LINES, LINES)
def test_nothing_later_means_what_was_before(before: str, after: str) -> None:
    """And what comes after the end does not disturb it."""
    assert reverted(before, after, after) == before
    again = reverted(before, after, f"{after}later\n")
    assert again in (None, f"{before}later\n")


def test_an_overlay_keeps_what_others_decided() -> None:
    """The values that are still ours go, with resources that have nothing left."""
    name = "AWS::Lambda::Function"
    before = Overlay((ResourceOverlay(name, "a", {"Timeout": 5}),))
    after = Overlay((ResourceOverlay(name, "a", {"Timeout": 5, "T": 1, "U": 1}, ("runtime",)),
                     ResourceOverlay(name, "b", {"T": 1}, ("runtime",))))  # fmt: skip
    alarm = AlarmDefinition("x", "k", "a", {})
    now = Overlay((ResourceOverlay(name, "a", {"Timeout": 9, "T": 1, "U": 2}, ("runtime",)),
                   ResourceOverlay(name, "b", {"T": 1}, ("runtime",))), (alarm,))  # fmt: skip
    assert without(before, after, now) == Overlay((ResourceOverlay(name, "a", {"Timeout": 9, "U": 2}),), (alarm,))
