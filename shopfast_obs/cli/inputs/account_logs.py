"""Which way the log lines of a cloud's window are read: all by FilterLogEvents, which is free, or those that tell of
failures by Logs Insights, which is paid by what it scans. The price is said before, and kept below a budget."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from shopfast_obs.cloud.interface import FAILURE_SCANS
from shopfast_obs.errors import UserError
from shopfast_obs.facts import fact, facts
from shopfast_obs.model.counts import plural
from shopfast_obs.model.records import record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shopfast_obs.cli.app import App
    from shopfast_obs.cloud.interface import LogVolume
    from shopfast_obs.model.telemetry import TimeRange

FEW_BYTES = 20_000_000  # that are read by about as many calls as queries take
FEW_GROUPS = 50  # that one query takes; each takes a call to read
DEARER = 2  # than in us-east-1, where the price of a region is not known
GB = 1e9


@record
class Plan:
    """The groups whose lines are queried, and the names of those that are read."""

    queried: tuple[LogVolume, ...] = ()
    read: tuple[str, ...] = ()


class AccountLogs:
    """What the queries of one command may cost: `budget` in USD, None for no bound; `windows` of the same length are
    read, the one that is asked for and those before it; each query scans its bytes `scans` times at most."""

    def __init__(self, app: App, budget: float | None = None, windows: int = 1, scans: int = FAILURE_SCANS) -> None:
        self._app, self._budget, self._windows, self._scans = app, budget, windows, scans
        self._said = False
        self._many: bool | None = None

    def plan(self, window: TimeRange, volumes: Sequence[LogVolume] | None = None) -> Plan:
        """Which groups are read which way; raises UserError when the queries would cost more than the budget, and
        DeniedError when the groups may not be listed."""
        found = self._app.cloud().log_volumes(window) if volumes is None else volumes
        if self._many is None:  # the window before is read as the one that is asked for
            self._many = self._are_many(found)
        queried = tuple(one for one in found if _can(one, "insights") and (self._many or not _can(one, "reading")))
        if queried:
            self._say_price(queried)
        names = {one.group for one in queried}
        return Plan(queried, tuple(one.group for one in found if one.group not in names))

    def _are_many(self, found: Sequence[LogVolume]) -> bool:
        local = self._app.cloud().target.name == "local"  # which takes any number of calls
        return sum(one.bytes for one in found) > FEW_BYTES or (len(found) > FEW_GROUPS and not local)

    def _say_price(self, queried: Sequence[LogVolume]) -> None:
        if self._said:
            return
        self._said = True
        target = self._app.cloud().target
        size = sum(one.bytes for one in queried) * self._windows * self._scans
        usd = price(size, target.region)
        scanned = f"up to {size / GB:,.2f} GB of {plural(len(queried), 'log group')} for up to {dollars(usd)} USD"
        if self._budget is not None and usd > self._budget:
            raise UserError(
                f"Logs Insights would scan {scanned}, more than the budget of {dollars(self._budget)} USD; nothing was "
                "scanned.",
                f"Allow it: --budget {dollars(usd)}. Or ask for less: a shorter --since"
                f"{', --no-before' if self._windows > 1 else ''}.",
            )
        free = " on AWS, and nothing here" if target.name == "local" else ""
        self._app.terminal.say(f"Logs Insights scans {scanned}{free}.")


def price(size: float, region: str) -> float:
    """What a query costs that scans so many bytes, in USD."""
    known = facts("prices")["facts"].get(f"insights-price-gb-{region}")
    usual = float(fact("insights-price-gb").value)
    each = float(known["value"]) if known else usual if region == "us-east-1" else usual * DEARER
    return size / GB * each


def dollars(usd: float) -> str:
    """Rounded up, with as many digits as tell something."""
    digits = 2 if usd >= 0.1 else 4
    return f"{math.ceil(round(usd * 10**digits, 6)) / 10**digits:.{digits}f}"


def _can(volume: LogVolume, what: str) -> bool:
    """Whether groups of its class can be queried (`insights`) or read; where no document says, it is tried."""
    told = facts("log_classes")["classes"].get(volume.log_class, {}).get(what)
    return bool(told) if what == "insights" else told is not False
