"""The one evaluator of alarms: on a clock, over the metric store, with the rules of analysis/metrics/alarms.py."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson

from shopfast_obs.analysis.metrics.alarms import Evaluation, Point, Rule, State, evaluate, evaluation_range, reason
from shopfast_obs.analysis.metrics.composite_alarms import RuleError, holds
from shopfast_obs.analysis.metrics.statistics import by_period, few_samples, statistic
from shopfast_obs.localcloud.interface import Clock
from shopfast_obs.localcloud.metrics.alarms import suppression
from shopfast_obs.localcloud.metrics.alarms.alarm_store import COMPOSITE, LOG, METRIC, Alarm, AlarmStore, Change
from shopfast_obs.localcloud.metrics.alarms.definitions import Watch, watch_of
from shopfast_obs.localcloud.metrics.alarms.log_alarms import LogQuery, LogResults, LogWatch, log_watch_of
from shopfast_obs.localcloud.metrics.queries import Computation
from shopfast_obs.localcloud.metrics.store import MetricStore
from shopfast_obs.localcloud.protocol.wire import AwsError

TICK, MINUTE = 10.0, 60.0  # seconds between evaluations of alarms with short periods, and of the others
CATCH_UP = 3600.0  # how much of a jump of the clock is evaluated step by step
MAX_NESTING = 10  # composite alarms of composite alarms
logger = logging.getLogger(__name__)


class Evaluator:
    """Evaluates every alarm when its time has come, and a new one at once. `before_minute` runs before the alarms of a
    minute are evaluated, with the minute's end: who samples on the clock writes there."""

    def __init__(
        self,
        store: MetricStore,
        book: AlarmStore,
        clock: Clock,
        before_minute: Callable[[float], None] = lambda _: None,
        log_query: LogQuery = lambda *_: (),
    ) -> None:
        self._store = store
        self._book = book
        self._clock = clock
        self._before_minute = before_minute
        self._results = LogResults(log_query)
        self._watches: dict[str, tuple[Mapping[str, Any], Watch | None]] = {}
        self._last = clock.now() // TICK * TICK
        self._lock = threading.Lock()
        self.act: Callable[[Change], None] = lambda _: None  # runs actions that were suppressed
        book.suppress = self._suppress

    def tick(self) -> None:
        """Evaluate what has become due since the last call, step by step when the clock has jumped."""
        with self._lock:
            now = self._clock.now() // TICK * TICK
            step = max(self._last, now - CATCH_UP) + TICK
            while step <= now:
                self._step(step)
                step += TICK
            self._last = max(self._last, now)

    def _step(self, end: float) -> None:
        on_minute = end % MINUTE == 0
        if on_minute:
            self._before_minute(end)
        for alarm in self._book.all():
            if alarm.kind == METRIC and (on_minute or self._period(alarm) < MINUTE):
                self._evaluate_safely(alarm, end)
            elif alarm.kind == LOG and on_minute:
                self._evaluate_log_safely(alarm, end)
        self._settle(end)

    def evaluate_now(self, name: str) -> None:
        """Evaluate one alarm over the last window that is complete."""
        alarm = self._book.get(name)
        if alarm is None:
            return
        with self._lock:
            if alarm.kind == METRIC:
                grain = TICK if self._period(alarm) < MINUTE else MINUTE
                self._evaluate_safely(alarm, self._clock.now() // grain * grain)
            self._settle(self._clock.now())

    def _period(self, alarm: Alarm) -> int:
        watch = self._watch(alarm)
        return watch.period if watch else int(MINUTE)

    def _watch(self, alarm: Alarm) -> Watch | None:
        known = self._watches.get(alarm.name)
        if known is None or known[0] is not alarm.properties:
            try:
                known = (alarm.properties, watch_of(alarm.properties))
            except AwsError as problem:
                logger.warning("alarm %s cannot be evaluated: %s", alarm.name, problem)
                known = (alarm.properties, None)
            self._watches[alarm.name] = known
        return known[1]

    def _evaluate_safely(self, alarm: Alarm, end: float) -> None:
        try:
            watch = self._watch(alarm)
            if watch is not None:
                self._evaluate(alarm, watch, end)
        except Exception:
            logger.exception("alarm %s could not be evaluated", alarm.name)

    def _evaluate_log_safely(self, alarm: Alarm, end: float) -> None:
        try:
            watch = log_watch_of(alarm.properties)
            if end % watch.every == 0:
                self._evaluate_log(alarm, watch, end)
        except Exception:
            logger.exception("alarm %s could not be evaluated", alarm.name)

    def _evaluate_log(self, alarm: Alarm, watch: LogWatch, end: float) -> None:
        every = self._results.points(alarm, watch, self._book.scope, end)
        if _warms_up(alarm, every, watch.rule, end):
            return
        result = max((evaluate(points, watch.rule) for points in every), key=_urgency)
        if result.state is not None and result.state != alarm.state:
            values = {"recentDatapoints": [p.value for p in reversed(result.points)], "threshold": watch.rule.threshold}
            data = orjson.dumps({"version": "1.0", "queryDate": stamp(end), **values}).decode()
            text = reason(result, watch.rule, result.state, _short)
            self._book.set_state(alarm.name, result.state, text, data, end)

    def _evaluate(self, alarm: Alarm, watch: Watch, end: float) -> None:
        every = [self.points(watch, end)] if not self._contributors(watch) else self._of_contributors(watch, end)
        if _warms_up(alarm, every, watch.rule, end):
            return
        result = max((evaluate(points, watch.rule) for points in every), key=_urgency)
        if result.state is not None and result.state != alarm.state:
            text = reason(result, watch.rule, result.state, _short)
            # A jump of the clock is evaluated step by step: each change carries the time of its step.
            when = end if self._clock.now() - end >= MINUTE else self._clock.now()
            self._book.set_state(alarm.name, result.state, text, _reason_data(watch, result, end), when)

    @staticmethod
    def _contributors(watch: Watch) -> bool:
        """True for an alarm on a query with GROUP BY: each of its series is evaluated for itself."""
        watched = next(query for query in watch.queries if query.id == watch.watched)
        return watched.insights is not None and bool(watched.insights.groups)

    def _of_contributors(self, watch: Watch, end: float) -> list[list[Point | None]]:
        periods = evaluation_range(watch.rule)
        start = end - periods * watch.period
        value = Computation(self._store, watch.queries, start, end, exact=True).value(watch.watched)
        times = [start + n * watch.period for n in range(periods)]
        found = [named.series for named in value] if isinstance(value, list) else []
        return [_points_at(times, series) for series in found or [{}]]

    def points(self, watch: Watch, end: float) -> list[Point | None]:
        """The points of the evaluation range that ends at `end`, oldest first."""
        periods = evaluation_range(watch.rule)
        start = end - periods * watch.period
        points = self._measured(watch, start, end)
        if not watch.band:
            return points
        value = Computation(self._store, watch.queries, start, end, exact=True).value(watch.band)
        lower, upper = (named.series for named in value) if isinstance(value, list) else ({}, {})
        return [
            replace(point, band=(lower[point.timestamp], upper[point.timestamp]))
            if point is not None and point.timestamp in lower
            else None  # without a model nothing is known
            for point in points
        ]

    def _measured(self, watch: Watch, start: float, end: float) -> list[Point | None]:
        periods = evaluation_range(watch.rule)
        watched = next(query for query in watch.queries if query.id == watch.watched)
        if watched.metric is None:
            value = Computation(self._store, watch.queries, start, end, exact=True).value(watched.id)
            found = value if isinstance(value, dict) else {}
            return _points_at([start + n * watch.period for n in range(periods)], found)
        observations = self._store.observations(watched.metric, start, end, watched.unit)
        compute = statistic(watched.statistic)
        points: list[Point | None] = [None] * periods
        for n, some in by_period(observations, start, watch.period, periods).items():
            number, samples = compute(some), sum(o.count for o in some)
            if number is not None:
                points[n] = Point(start + n * watch.period, number, samples, few_samples(watch.percentile, samples))
        return points

    def _states(self) -> dict[str, State]:
        """The state of each alarm, by name and by ARN."""
        alarms = self._book.all()
        return {alarm.name: alarm.state for alarm in alarms} | {alarm.arn: alarm.state for alarm in alarms}

    def _suppress(self, alarm: Alarm) -> Alarm:
        return suppression.suppressed(alarm, suppression.first(alarm, self._states()), alarm.updated)

    def _settle(self, when: float) -> None:
        """Evaluate composite alarms until none changes any more, then look at actions that wait."""
        self._compose_all(when)
        suppression.review(self._book, self._states(), when, self.act)

    def _compose_all(self, when: float) -> None:
        for _ in range(MAX_NESTING):
            states = self._states()
            composites = [alarm for alarm in self._book.all() if alarm.kind == COMPOSITE]
            changed = [self._compose(alarm, states, when) for alarm in composites]
            if not any(changed):
                return

    def _compose(self, alarm: Alarm, states: Mapping[str, State], when: float) -> bool:
        rule = str(alarm.properties["AlarmRule"])
        try:
            state: State = "ALARM" if holds(rule, states) else "OK"
        except RuleError as problem:
            logger.warning("alarm %s cannot be evaluated: %s", alarm.name, problem)
            return False
        verdict = "true" if state == "ALARM" else "false"
        text = f"{alarm.arn} transitioned to {state}: its rule {rule} is {verdict}"
        return self._book.set_state(alarm.name, state, text[:1023], "", when) is not None


def _points_at(times: Sequence[float], series: Mapping[float, float]) -> list[Point | None]:
    return [Point(time, series[time]) if time in series else None for time in times]


def _urgency(evaluation: Evaluation) -> int:
    """An alarm has the state of its worst contributor."""
    order: list[State | None] = ["INSUFFICIENT_DATA", None, "OK", "ALARM"]
    return order.index(evaluation.state)


def _warms_up(alarm: Alarm, every: Sequence[Sequence[Point | None]], rule: Rule, end: float) -> bool:
    """True while a new alarm waits: for the whole of its warm-up period, or until it has data for an evaluation."""
    said = alarm.properties.get("WarmUpConfiguration")
    if not said or alarm.state != "INSUFFICIENT_DATA":
        return False
    if end >= alarm.configured + MINUTE * said["WarmUpPeriodDurationInMinutes"]:
        return False
    filled = min(sum(point is not None for point in points) for points in every)
    return bool(said.get("OnlyStartEvaluatingAfterWarmUpPeriodEnds")) or filled < rule.evaluation_periods


def _short(time: float) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%d/%m/%y %H:%M:%S")


def stamp(time: float) -> str:
    """A time as CloudWatch writes it in JSON."""
    when = datetime.fromtimestamp(time, UTC)
    return f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03d}+0000"


def _reason_data(watch: Watch, result: Evaluation, end: float) -> str:
    query = next(q for q in watch.queries if q.id == watch.watched)
    data: dict[str, Any] = {"version": "1.0", "queryDate": stamp(end)}
    if result.points:
        data["startDate"] = stamp(result.points[-1].timestamp)
    data |= {"statistic": query.statistic} if query.statistic else {}
    data |= {"period": watch.period, "recentDatapoints": [p.value for p in reversed(result.points)]}
    if watch.band:
        data["recentLowerThresholds"] = [p.band[0] for p in reversed(result.points)]
        data["recentUpperThresholds"] = [p.band[1] for p in reversed(result.points)]
    else:
        data["threshold"] = watch.rule.threshold
    data["evaluatedDatapoints"] = [
        {"timestamp": stamp(p.timestamp), "sampleCount": p.samples, "value": p.value} for p in result.points
    ]
    return orjson.dumps(data).decode()
