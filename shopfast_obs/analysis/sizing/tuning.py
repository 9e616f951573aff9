"""Which memory suits a function, from invocations measured at several sizes. Seconds, MB, US dollars.

Time and price are compared at the mean of warm invocations without the extremes: a second in which the machine was slow
moves neither, and where it has two speeds the mean does not jump from one to the other as the median does. Sizes that
differ by less than the measurement can tell (`SAME`) count as equal: of equally cheap ones the fastest is chosen, of
equally fast ones the cheapest.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from shopfast_obs.analysis.sizing.recommendation import ONE_CPU_MB, USD_PER_GB_SECOND
from shopfast_obs.analysis.statistics import NOTHING, Distribution, distribution, trimmed_mean
from shopfast_obs.facts import number
from shopfast_obs.model.records import record

SAME = 0.05  # sizes closer than this are equal
USD_PER_REQUEST = number("lambda-price-request")
USD_PER_ARM_GB_SECOND = number("lambda-price-gb-second-arm64")
MILLION = 1_000_000
EXTREMES = 0.2  # of the invocations at either end are left out, as AWS Lambda Power Tuning does
# The power of the CPU share that the time falls with: 1 when all of it is computing, 0 when all of it is waiting.
MOSTLY_COMPUTES, MOSTLY_WAITS = 0.75, 0.25


@record
class Trial:
    """One invocation at one size; `failure` says how it ended when it did not succeed."""

    memory_mb: int
    duration: float
    billed: float
    used_mb: int
    init: float | None = None
    failure: str = ""


@record
class Size:
    """What was measured at one size: warm durations (`typical` is their mean without the extremes), init of the cold
    start, the price of a million warm invocations, and how many failed by how they ended. `warm` is empty when none
    succeeded."""

    memory_mb: int
    warm: Distribution
    typical: float
    init: float | None
    used_mb: int
    usd_per_million: float
    failures: Mapping[str, int]

    @property
    def serves(self) -> bool:
        """True when every invocation succeeded and at least one was warm."""
        return not self.failures and self.warm.count > 0


@record
class Choice:
    """The sizes to choose from, and the power of the CPU share that the time falls with (None: cannot be told)."""

    cheapest: int
    fastest: int
    balanced: int
    scaling: float | None

    @property
    def computes(self) -> bool:
        """True when more CPU makes the function faster, for the most part."""
        return self.scaling is not None and self.scaling > (MOSTLY_COMPUTES + MOSTLY_WAITS) / 2


def sizes(trials: Iterable[Trial], *, arm: bool = False) -> tuple[Size, ...]:
    """What the trials say of each size, the smallest first."""
    by_size: dict[int, list[Trial]] = defaultdict(list)
    for trial in trials:
        by_size[trial.memory_mb].append(trial)
    price = USD_PER_ARM_GB_SECOND if arm else USD_PER_GB_SECOND
    return tuple(_size(memory, by_size[memory], price) for memory in sorted(by_size))


def choose(measured: Sequence[Size]) -> Choice | None:
    """The cheapest, the fastest and the best of both among the sizes that serve; None when none does."""
    serving = [size for size in measured if size.serves]
    if not serving:
        return None
    low = min(size.usd_per_million for size in serving)
    quick = min(size.typical for size in serving)
    cheap = [size for size in serving if size.usd_per_million <= low * (1 + SAME)]
    fast = [size for size in serving if size.typical <= quick * (1 + SAME)]
    return Choice(
        cheapest=min(cheap, key=lambda size: size.typical).memory_mb,
        fastest=min(fast, key=lambda size: size.usd_per_million).memory_mb,
        balanced=min(serving, key=lambda size: size.usd_per_million / low + _ratio(size.typical, quick)).memory_mb,
        scaling=_scaling(serving),
    )


def _size(memory_mb: int, trials: Sequence[Trial], price: float) -> Size:
    good = [trial for trial in trials if not trial.failure]
    warm = [trial for trial in good if trial.init is None]
    inits = [trial.init for trial in good if trial.init is not None]
    typical = usd = 0.0
    if warm:
        typical = trimmed_mean((trial.duration for trial in warm), EXTREMES)
        billed = trimmed_mean((trial.billed for trial in warm), EXTREMES)
        usd = MILLION * (billed * memory_mb / 1024 * price + USD_PER_REQUEST)
    return Size(
        memory_mb,
        distribution(trial.duration for trial in warm) if warm else NOTHING,
        typical,
        min(inits) if inits else None,
        max(trial.used_mb for trial in trials),
        usd,
        Counter(trial.failure for trial in trials if trial.failure),
    )


def _scaling(serving: Sequence[Size]) -> float | None:
    """From the sizes up to one vCPU: more is of no use to one thread."""
    sharing = [size for size in serving if size.memory_mb <= ONE_CPU_MB]
    if len(sharing) < 2 or not sharing[-1].typical:
        return None
    small, large = sharing[0], sharing[-1]
    return math.log(_ratio(small.typical, large.typical)) / math.log(large.memory_mb / small.memory_mb)


def _ratio(value: float, least: float) -> float:
    return value / least if least else 1.0
