"""Numbers that remember how they were reckoned and what was asked about them, so that the same can be done with other
numbers without everything that led there."""

from __future__ import annotations

import os
from typing import NoReturn, cast

from shopfast_obs.analysis.traces.overview.plans.unknown import Unknown, UnplannableError


class Recorder:
    """The lines of Python that reckon what was reckoned, and that return False where an answer would be another one."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.mark = os.urandom(8).hex()  # in texts that stand for what differs
        self.texts: dict[str, str] = {}  # what makes each of these texts
        self._known: dict[str, float] = {}
        self._asked: set[str] = set()

    def number(self, value: float, code: str) -> float:
        """A number that is given."""
        return cast("float", Recorded(value, code, self))

    def reckoned(self, value: float, code: str) -> float:
        """A number that was made of others; the same one for the same code."""
        known = self._known.get(code)
        if known is None:
            name = f"v{len(self._known)}"
            known = self._known[code] = self.number(value, name)
            self.lines.append(f"{name}={code}")
        return known

    def asked(self, code: str, answer: bool) -> bool:
        """Note a question; its answer."""
        if code not in self._asked:
            self._asked.add(code)
            self.lines.append(f"if {'not ' if answer else ''}({code}): return False")
        return answer

    def text(self, code: str) -> str:
        """A text that stands for one that differs from trace to trace."""
        found = f"<{self.mark}:{len(self.texts)}>"
        self.texts[found] = code
        return found


class Recorded(Unknown):
    """A number of the trace that is recorded. It is no float: what reads the number of one past these methods, as
    functions written in C do, has an error and not a number."""

    __slots__ = ("code", "now", "recorder")

    def __init__(self, now: float, code: str, recorder: Recorder) -> None:
        self.now, self.code, self.recorder = now, code, recorder

    def _made(self, value: float, form: str, other: object) -> float:
        return self.recorder.reckoned(value, form.format(self.code, _code(other)))

    def _asked(self, sign: str, other: object, answer: bool) -> bool:
        return self.recorder.asked(f"{self.code}{sign}{_code(other)}", answer)

    def __add__(self, other: object) -> float:
        return self._made(self.now + _now(other), "{0}+{1}", other)

    def __radd__(self, other: object) -> float:
        if type(other) is int:  # sum() adds floats otherwise than `+` since Python 3.12
            raise UnplannableError
        return self._made(_now(other) + self.now, "{1}+{0}", other)

    def __sub__(self, other: object) -> float:
        return self._made(self.now - _now(other), "{0}-{1}", other)

    def __rsub__(self, other: object) -> float:
        return self._made(_now(other) - self.now, "{1}-{0}", other)

    def __mul__(self, other: object) -> float:
        return self._made(self.now * _now(other), "{0}*{1}", other)

    def __rmul__(self, other: object) -> float:
        return self._made(_now(other) * self.now, "{1}*{0}", other)

    def __neg__(self) -> float:
        return self.recorder.reckoned(-self.now, f"-{self.code}")

    def __abs__(self) -> float:
        return self.recorder.reckoned(abs(self.now), f"abs({self.code})")

    def __lt__(self, other: object) -> bool:
        return self._asked("<", other, self.now < _now(other))

    def __le__(self, other: object) -> bool:
        return self._asked("<=", other, self.now <= _now(other))

    def __gt__(self, other: object) -> bool:
        return self._asked(">", other, self.now > _now(other))

    def __ge__(self, other: object) -> bool:
        return self._asked(">=", other, self.now >= _now(other))

    def __eq__(self, other: object) -> bool:
        return other is not None and self._asked("==", other, self.now == _now(other))

    def __ne__(self, other: object) -> bool:
        return other is None or self._asked("!=", other, self.now != _now(other))

    def __bool__(self) -> bool:
        return self.recorder.asked(f"{self.code}!=0", self.now != 0)

    def __format__(self, form: str) -> str:
        return self.recorder.text(f"format({self.code},{form!r})")

    def __hash__(self) -> NoReturn:
        raise UnplannableError


def _code(value: object) -> str:
    return value.code if isinstance(value, Recorded) else repr(value)


def _now(value: object) -> float:
    if isinstance(value, Recorded):
        return value.now
    if type(value) is float or type(value) is int:
        return value
    raise UnplannableError
