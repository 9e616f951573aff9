"""What logs say, without its ids."""

from shopfast_obs.analysis.logs.templates import counted

NOW = [
    ("/aws/lambda/web", "INFO", "order 17 of 8f507cfc-1234-4697-b07a-ac58fc914c95 paid"),
    ("/aws/lambda/web", "INFO", "order 18 of 0f507cfc-1234-4697-b07a-ac58fc914c95 paid"),
    ("/aws/lambda/web", "ERROR", "no stock left"),
    ("/aws/lambda/mail", "INFO", "order 3 of 0f507cfc-1234-4697-b07a-ac58fc914c95 paid"),
]
BEFORE = [("/aws/lambda/web", "INFO", "order 1 of 8f507cfc-1234-4697-b07a-ac58fc914c95 paid"), ("g", "", "bye 1")]


def test_lines_with_other_ids_are_one_template() -> None:
    """Counted by group, level and what they say; the first one is kept as it was written."""
    found = counted(NOW).result()
    assert [(one.template, one.level, one.group, one.count) for one in found] == [
        ("order <n> of <uuid> paid", "INFO", "/aws/lambda/web", 2),
        ("no stock left", "ERROR", "/aws/lambda/web", 1),
        ("order <n> of <uuid> paid", "INFO", "/aws/lambda/mail", 1),
    ]
    assert found[0].example.startswith("order 17 of 8f")
    assert found[0].before is None
    assert not found[0].new


def test_new_and_gone_are_told_against_the_window_before() -> None:
    """New ones first; those that are known say how many there were."""
    now, before = counted(NOW), counted(BEFORE)
    found = now.result(before)
    assert [one.new for one in found] == [True, True, False]
    assert found[2].before == 1
    assert [one.template for one in now.gone(before)] == ["bye <n>"]


def test_an_id_of_digits_alone_makes_no_template_of_its_own() -> None:
    """Neither within a window nor against the one before."""
    one, other = (
        counted([("g", "", "order 42650644"), ("g", "", "order 5ba91faf")]),
        counted([("g", "", "order 17a1b2c3")]),
    )
    assert [(line.template, line.count) for line in one.result()] == [("order <n>", 2)]
    assert one.gone(other) == ()
