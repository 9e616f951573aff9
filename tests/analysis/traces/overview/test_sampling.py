"""The share of traced invocations, over the time in which tracing was on."""

from shopfast_obs.analysis.traces.overview.sampling import sampled
from shopfast_obs.model.telemetry import InvocationReport


def environment(stream: str, begin: float, *traced: bool, group: str = "web") -> list[InvocationReport]:
    """The invocations of one execution environment, a second apart."""
    return [
        InvocationReport(
            f"{stream}{number}", begin + number, 0.1, 0.1, 128, 70,
            trace_id="1-0" if yes else "", group=group, stream=stream,
        )
        for number, yes in enumerate(traced)
    ]  # fmt: skip


def test_environments_from_before_tracing_was_on_do_not_count() -> None:
    """A configuration with tracing makes new ones: the 28 of before are not sampled out."""
    before = [*environment("a", 0, *[False] * 14), *environment("b", 5, *[False] * 14)]
    after = environment("c", 100, *[True] * 60)
    assert sampled([*before, *after]) == (60, 60)


def test_what_was_sampled_out_counts() -> None:
    """In a traced environment, and in one that began after a traced one."""
    assert sampled([*environment("a", 0, True, False, True), *environment("b", 9, False)]) == (2, 4)


def test_a_function_that_is_not_traced_says_nothing_of_those_that_are() -> None:
    """It would look like one that is sampled."""
    assert sampled([*environment("a", 0, True), *environment("b", 0, False, False, group="mail")]) == (1, 1)


def test_where_nothing_is_traced_that_is_said() -> None:
    """And nothing of no reports."""
    assert sampled(environment("a", 0, False, False)) == (0, 2)
    assert sampled([]) is None
