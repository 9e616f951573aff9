"""Every exercise over evidence: broken before, solved after, wrong fixes rejected, every hint state reached."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from shopfast_obs.workshop import hints
from shopfast_obs.workshop.engine import Engine, Verdict
from shopfast_obs.workshop.exercise import Exercise
from shopfast_obs.workshop.files import read
from shopfast_obs.workshop.interface import NotYet
from tests.workshop.shop_evidence import BY_HAND, FIRED, RECOVERED, SERVICES, Shop
from tests.workshop.worlds import NOW

EXERCISES = {exercise.id: exercise for exercise in read(Path(__file__).parents[2] / "runbooks")[0]}
LEAST = 5  # wrong fixes that each exercise rejects

LATE = ((2.9, ""),) * 12
KILLED = ((3.0, "timeout"),) * 4 + ((0.1, ""),) * 12
ERRORS, SILENCE = "shopfast-product-service-error-rate", "shopfast-no-orders"
EVERY = {"json": SERVICES, "ids": "one"}


@dataclass(frozen=True)
class Course:
    """One exercise: the shop before and after, and wrong fixes: what each makes of the shop, and what rejects it."""

    broken: Shop
    solved: Shop
    wrong: Mapping[str, tuple[Shop, str]]


def changed(shop: Shop, **wrong: tuple[dict[str, Any], str]) -> dict[str, tuple[Shop, str]]:
    """The wrong fixes as changes of the shop that they are tried on."""
    return {name: (shop.but(**changes), check) for name, (changes, check) in wrong.items()}


SEEN = {
    "failing_route": "GET /products", "killed_percent": "25", "killed_after_seconds": "3", "max_memory_mb": "64 MB",
    "scarce": "CPU",
}  # fmt: skip
OPEN = Shop(answers={"functions": "4", "products": "5"})
FAILING = Shop(product=KILLED, answers=SEEN)
VISIBLE = Shop(**EVERY)  # type: ignore[arg-type]
TRACED = VISIBLE.but(traced=True, annotation="order_id", answers={"callee": "shopfast-inventory-service"})
COUNTED = VISIBLE.but(units=({"value": 3, "service": "order"},) * 6)
WATCHED = Shop(history={ERRORS: FIRED}, state="ALARM")
FIXED = Shop(history={ERRORS: RECOVERED})
CALM = Shop(history={SILENCE: RECOVERED})
TOLD = Shop(done={"verified": NOW - 10, "reported": NOW - 5})
BY_ORDER = tuple({"value": 3, "order": str(number)} for number in range(6))
NOBODY: dict[str, Any] = {"orders": 0}

COURSES = {
    "00-open-the-shop": Course(
        OPEN.but(answers={}),
        OPEN,
        changed(
            OPEN,
            guess_the_functions=({"answers": {"functions": "5", "products": "5"}}, "functions"),
            guess_the_products=({"answers": {"functions": "4", "products": "3,000"}}, "products"),
            answer_one_only=({"answers": {"functions": "4"}}, "products"),
            shop_nothing=(NOBODY, "every-function-runs"),
            only_browse=({"orders": 0, "product": ((0.1, ""),) * 5}, "every-function-runs"),
        ),
    ),
    "01-see-it-fail": Course(
        FAILING.but(answers={}),
        FAILING,
        changed(
            FAILING,
            blame_the_single_product=({"answers": {**SEEN, "failing_route": "GET /products/{id}"}}, "route"),
            copy_the_neighbour=({"answers": {**SEEN, "killed_percent": "51"}}, "killed"),
            read_the_setting_of_another=({"answers": {**SEEN, "killed_after_seconds": "30"}}, "after"),
            take_the_memory_that_there_is=({"answers": {**SEEN, "max_memory_mb": "128"}}, "memory"),
            blame_the_memory=({"answers": {**SEEN, "scarce": "memory"}}, "scarce"),
            more_than_a_number=({"answers": {**SEEN, "killed_percent": "25 or so"}}, "killed"),
        ),
    ),
    "02-make-it-visible": Course(
        Shop(),
        VISIBLE,
        changed(
            VISIBLE,
            one_service_only=({"json": ("order-service",)}, "every-service-logs-fields"),
            all_but_one=({"json": SERVICES[:3]}, "every-service-logs-fields"),
            a_new_id_in_each=({"ids": "each"}, "one-id-for-one-order"),
            no_id_at_all=({"ids": "none"}, "one-id-for-one-order"),
            lose_the_messages=({"told": 0}, "orders-reach-customers"),
            return_nothing=(NOBODY, "one-id-for-one-order"),
        ),
    ),
    "03-follow-a-request": Course(
        TRACED.but(annotation="", answers={}),
        TRACED,
        changed(
            TRACED,
            another_annotation=({"annotation": "customer_id"}, "traces-name-their-order"),
            trace_switched_on_only=({"calls": False}, "traces-name-their-order"),
            metadata_and_no_annotation=({"annotation": ""}, "traces-name-their-order"),
            tracing_off=({"traced": False}, "traces-name-their-order"),
            guess_the_callee=({"answers": {"callee": "dynamodb"}}, "who-is-called"),
            lose_the_messages=({"told": 0}, "orders-reach-customers"),
        ),
    ),
    "04-count-what-matters": Course(
        VISIBLE,
        COUNTED,
        changed(
            COUNTED,
            the_order_as_dimension=({"units": BY_ORDER}, "units-are-counted"),
            count_zero=({"units": ({"value": 0, "service": "order"},) * 6}, "units-are-counted"),
            a_log_line_instead=({"units": ()}, "units-are-counted"),
            count_once=({"units": ({"value": 1, "service": "order"},)}, "units-are-counted"),
            lose_the_messages=({"told": 0}, "orders-reach-customers"),
            return_nothing=({"orders": 0, "units": ()}, "units-are-counted"),
        ),
    ),
    "05-hear-the-alarm": Course(
        Shop(alarms=0),
        WATCHED,
        changed(
            WATCHED,
            one_alarm=({"alarms": 1}, "the-shop-is-watched"),
            alarms_that_tell_nobody=({"actions": ()}, "the-shop-is-watched"),
            set_by_hand=({"history": {ERRORS: BY_HAND}}, "it-fires"),
            remove_the_alarm=({"alarms": 0}, "it-fires"),
            never_fired=({"history": {}}, "it-fires"),
            another_one_fired=({"history": {SILENCE: FIRED}}, "it-fires"),
        ),
    ),
    "06-fix-it": Course(
        FIXED.but(product=KILLED, replies=(502, 3.1, 0), timeout=3, memory=128, history={}),
        FIXED,
        changed(
            FIXED,
            a_longer_timeout_only=({"timeout": 30, "replies": (200, 8.0, 5)}, "customers-get-the-catalogue"),
            wait_for_ever=({"timeout": 900}, "healthy-configuration"),
            return_nothing=({"replies": (200, 0.1, 0)}, "customers-get-the-catalogue"),
            return_some=({"replies": (200, 0.1, 3)}, "customers-get-the-catalogue"),
            delete_the_route=({"replies": (404, 0.1, 0)}, "customers-get-the-catalogue"),
            swallow_everything=({"replies": (200, 3.0, 0), "product": LATE}, "customers-get-the-catalogue"),
            sleep=({"replies": (200, 2.6, 5)}, "customers-get-the-catalogue"),
            all_the_memory=({"memory": 10240}, "no-waste"),
            remove_the_alarm=({"alarms": 0}, "alarm-fired-and-recovered"),
            set_the_alarm_by_hand=({"history": {ERRORS: BY_HAND}}, "alarm-fired-and-recovered"),
            still_killed_at_times=({"product": (*KILLED[3:],)}, "nobody-is-killed"),
        ),
    ),
    "07-the-silent-one": Course(
        Shop(told=0),
        Shop(),
        changed(
            Shop(),
            tell_half_of_them=({"told": 6}, "customers-are-told"),
            tell_them_twice=({"told_times": 2}, "customers-are-told"),
            tell_strangers_by_hand=({"told": 0, "strangers": 12}, "customers-are-told"),
            stop_taking_orders=(NOBODY, "customers-are-told"),
            tell_and_do_not_charge=({"paid": 0}, "orders-are-paid"),
            a_neighbours_fix=({"told": 0}, "customers-are-told"),
        ),
    ),
    "08-tell-it": Course(
        Shop(),
        TOLD,
        changed(
            TOLD,
            only_report=({"done": {"reported": NOW - 5}}, "all-still-passes"),
            only_verify=({"done": {"verified": NOW - 5}}, "it-is-written"),
            verified_before=({"done": {"verified": NOW - 5000, "reported": NOW - 5}}, "all-still-passes"),
            the_report_of_yesterday=({"done": {"verified": NOW - 5, "reported": NOW - 90_000}}, "it-is-written"),
            do_nothing=({"done": {}}, "all-still-passes"),
        ),
    ),
    "10-shipped-and-not-told": Course(
        Shop(noticed=0),
        Shop(),
        changed(
            Shop(),
            some_get_one=({"noticed": 7}, "who-waits-is-told"),
            everything_twice=({"told_times": 2}, "who-waits-is-told"),
            notices_instead_of_confirmations=({"told": 0}, "orders-reach-customers"),
            ship_nothing=({"shipped": 0}, "who-waits-is-told"),
            stop_taking_orders=(NOBODY, "who-waits-is-told"),
        ),
    ),
    "11-small-orders": Course(
        Shop(paid=4),
        Shop(),
        changed(
            Shop(),
            a_lower_limit=({"paid": 10}, "every-order-is-paid"),
            match_nothing=({"paid": 0}, "every-order-is-paid"),
            no_small_orders=({"orders": 3}, "every-order-is-paid"),
            stop_taking_orders=(NOBODY, "every-order-is-paid"),
            break_the_messages=({"told": 0}, "orders-reach-customers"),
        ),
    ),
    "12-one-bad-apple": Course(
        Shop(paid=5, told=12),
        Shop(),
        changed(
            Shop(),
            skip_the_bad_one=({"paid": 11}, "no-order-is-lost"),
            swallow_everything=({"paid": 5}, "no-order-is-lost"),
            refuse_large_orders=({"orders": 6}, "no-order-is-lost"),
            stop_taking_orders=(NOBODY, "no-order-is-lost"),
            pay_and_tell_nobody=({"told": 0}, "orders-reach-customers"),
        ),
    ),
    "13-slow-without-a-reason": Course(
        Shop(throttles=40, order_seconds=9.0),
        Shop(),
        changed(
            Shop(),
            more_retries=({"throttles": 90.0, "order_seconds": 14.0}, "nobody-is-refused"),
            no_retries=({"throttles": 12.0}, "nobody-is-refused"),
            more_memory_for_the_caller=({"throttles": 40.0, "order_seconds": 8.0}, "nobody-is-refused"),
            room_and_no_processor=({"order_seconds": 8.0}, "orders-are-quick"),
            fewer_orders=({"orders": 4}, "orders-are-quick"),
            tell_nobody=({"told": 0}, "orders-reach-customers"),
        ),
    ),
    "14-busy-at-night": Course(
        Shop(resting=9, waiting=3),
        Shop(),
        changed(
            Shop(),
            a_longer_delay=({"waiting": 3}, "it-comes-to-rest"),
            twice_as_slow=({"resting": 5}, "it-comes-to-rest"),
            an_hour_later=({"waiting": 12}, "it-comes-to-rest"),
            stop_taking_orders=(NOBODY, "it-comes-to-rest"),
            tell_nobody=({"told": 0}, "orders-reach-customers"),
        ),
    ),
    "15-the-calm-alarm": Course(
        Shop(),
        CALM,
        changed(
            CALM,
            set_by_hand=({"history": {SILENCE: BY_HAND}}, "it-fires-and-recovers"),
            always_on=({"history": {SILENCE: FIRED}, "state": "ALARM"}, "it-fires-and-recovers"),
            remove_the_alarm=({"alarms": 1}, "it-fires-and-recovers"),
            another_alarm=({"history": {ERRORS: RECOVERED}}, "it-fires-and-recovers"),
            stop_taking_orders=(NOBODY, "orders-reach-customers"),
        ),
    ),
}  # fmt: skip
WRONG = [(name, fix) for name, course in COURSES.items() for fix in course.wrong]


def look(exercise: Exercise, shop: Shop) -> Verdict:
    """The verdict on a shop, without traffic and without waiting."""
    return Engine(shop.world()).check(exercise, settle=0)


def test_every_exercise_has_its_course() -> None:
    """With enough wrong fixes."""
    assert set(COURSES) == set(EXERCISES)
    assert {name: len(course.wrong) for name, course in COURSES.items() if len(course.wrong) < LEAST} == {}


@pytest.mark.parametrize("name", EXERCISES)
def test_an_exercise_is_broken_before_and_solved_after(name: str) -> None:
    """What proves it broken fails before; nothing fails after, and no check is broken at any time."""
    exercise, course = EXERCISES[name], COURSES[name]
    before, after = look(exercise, course.broken), look(exercise, course.solved)
    assert set(exercise.proves_broken) <= set(before.open)
    assert not before.broken_check
    assert after.passed, after.results


@pytest.mark.parametrize(("name", "fix"), WRONG, ids=lambda value: value)
def test_a_wrong_fix_is_rejected_by_the_check_that_is_meant(name: str, fix: str) -> None:
    """With what was measured in the sentence."""
    shop, check = COURSES[name].wrong[fix]
    verdict = look(EXERCISES[name], shop)
    result = next(result for result in verdict.results if result.check == check)
    assert isinstance(result, NotYet), verdict.results
    assert "{given" not in result.message
    assert len(result.message) > 40


@pytest.mark.parametrize("name", EXERCISES)
def test_every_hint_state_is_reached(name: str) -> None:
    """By the shop before, or by one of the wrong fixes."""
    exercise, course = EXERCISES[name], COURSES[name]
    shops = [course.broken, *(shop for shop, _ in course.wrong.values())]
    reached = {hints.state(exercise, look(exercise, shop).open) for shop in shops}
    assert reached >= set(exercise.hints)
