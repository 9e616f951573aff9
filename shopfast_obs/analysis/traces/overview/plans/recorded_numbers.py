"""Numbers that remember how they were reckoned and what was asked about them, so that the same can be done with other
numbers without everything that led there."""

from __future__ import annotations

import secrets
from typing import NoReturn


class UnplannableError(Exception):
    """Something was asked of a number that other numbers may answer in more ways than two."""


class Recorder:
    """The lines of Python that reckon what was reckoned, and that return False where an answer would be another one."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.mark = secrets.token_hex(8)  # in texts that stand for what differs
        self.texts: dict[str, str] = {}  # what makes each of these texts
        self._known: dict[str, Recorded] = {}
        self._asked: set[str] = set()

    def number(self, value: float, code: str) -> Recorded:
        """A number that is given."""
        made = Recorded(value)
        made.code, made.recorder = code, self
        return made

    def reckoned(self, value: float, code: str) -> Recorded:
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


class Recorded(float):  # noqa: PLW1641 - its hash refuses
    """A number of the trace that is recorded."""

    __slots__ = ("code", "recorder")
    code: str
    recorder: Recorder

    def _made(self, value: float, form: str, other: object) -> float:
        code = _code(other)
        if code is None:
            return NotImplemented  # type: ignore[no-any-return]
        return self.recorder.reckoned(value, form.format(self.code, code))

    def _asked(self, sign: str, other: object, answer: bool) -> bool:
        code = _code(other)
        if code is None:
            return NotImplemented  # type: ignore[no-any-return]
        return self.recorder.asked(f"{self.code}{sign}{code}", answer)

    def __add__(self, other: object) -> float:
        return self if _is_nothing(other) else self._made(float.__add__(self, _float(other)), "{0}+{1}", other)

    def __radd__(self, other: object) -> float:
        return self if _is_nothing(other) else self._made(float.__radd__(self, _float(other)), "{1}+{0}", other)

    def __sub__(self, other: object) -> float:
        return self._made(float.__sub__(self, _float(other)), "{0}-{1}", other)

    def __rsub__(self, other: object) -> float:
        return self._made(float.__rsub__(self, _float(other)), "{1}-{0}", other)

    def __mul__(self, other: object) -> float:
        return self._made(float.__mul__(self, _float(other)), "{0}*{1}", other)

    def __rmul__(self, other: object) -> float:
        return self._made(float.__rmul__(self, _float(other)), "{1}*{0}", other)

    def __neg__(self) -> float:
        return self.recorder.reckoned(float.__neg__(self), f"-{self.code}")

    def __abs__(self) -> float:
        return self.recorder.reckoned(float.__abs__(self), f"abs({self.code})")

    def __lt__(self, other: object) -> bool:
        return self._asked("<", other, float.__lt__(self, _float(other)))

    def __le__(self, other: object) -> bool:
        return self._asked("<=", other, float.__le__(self, _float(other)))

    def __gt__(self, other: object) -> bool:
        return self._asked(">", other, float.__gt__(self, _float(other)))

    def __ge__(self, other: object) -> bool:
        return self._asked(">=", other, float.__ge__(self, _float(other)))

    def __eq__(self, other: object) -> bool:
        return self._asked("==", other, float.__eq__(self, _float(other)))

    def __ne__(self, other: object) -> bool:
        return self._asked("!=", other, float.__ne__(self, _float(other)))

    def __bool__(self) -> bool:
        return self.recorder.asked(f"{self.code}!=0", float.__ne__(self, 0.0))

    def __format__(self, form: str) -> str:
        return self.recorder.text(f"format({self.code},{form!r})")

    def _refused(self, *_: object) -> NoReturn:
        raise UnplannableError

    __hash__ = __str__ = __repr__ = __float__ = __int__ = __round__ = __truediv__ = _refused
    __rtruediv__ = __floordiv__ = __mod__ = __pow__ = __floor__ = __ceil__ = __trunc__ = _refused
    __rfloordiv__ = __rmod__ = __rpow__ = __divmod__ = __rdivmod__ = __pos__ = _refused


def _code(value: object) -> str | None:
    if isinstance(value, Recorded):
        return value.code
    return repr(value) if value.__class__ in (float, int) else None


def _float(value: object) -> float:
    return value if isinstance(value, float | int) else 0.0  # of anything else nobody looks at the result


def _is_nothing(value: object) -> bool:
    """True for a sum that begins: 0 and a time are the time."""
    return value.__class__ in (float, int) and value == 0
