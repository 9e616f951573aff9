"""What the shape of a trace does not tell: whoever asks for it cannot be planned, and never has a wrong answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NoReturn


class UnplannableError(BaseException):
    """Something was asked that traces of one shape may answer in more ways than one. No `except Exception` on the way
    takes it for a problem of the trace."""


class Unknown:
    """It may be handed on, and nothing else."""

    __slots__ = ()
    __class__ = property(lambda _: _refused())  # isinstance asks for it


class Flag(Unknown):
    """Of which is known only that it is not empty."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return True


class Text(Flag):
    """A text that differs from trace to trace, and the code that makes it."""

    __slots__ = ("code",)
    __class__ = property(lambda _: str)

    def __init__(self, code: str) -> None:
        self.code = code


class Id(Flag):
    """The id of a part, which can be looked up and compared."""

    __slots__ = ("place",)

    def __init__(self, place: int) -> None:
        self.place = place

    def __eq__(self, other: object) -> bool:
        return type(other) is Id and self.place == other.place

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.place)


class Known(dict[str, Any]):
    """Values of which these names may be asked for, no others, and not which there are."""

    def __init__(self, values: Mapping[str, Any], names: Collection[str]) -> None:
        super().__init__({name: values[name] for name in names if name in values})
        self._names, self._full = names, bool(values)

    def _asked(self, name: object) -> str:
        if name not in self._names:
            raise UnplannableError
        return str(name)

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401
        """The value, where it may be asked for."""
        return super().get(self._asked(name), default)

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401
        return super().__getitem__(self._asked(name))

    def __contains__(self, name: object) -> bool:
        return super().__contains__(self._asked(name))

    def __bool__(self) -> bool:
        return self._full


def _refused(*_: object) -> NoReturn:
    raise UnplannableError


_OPERATORS = (
    *("bool", "eq", "ne", "hash", "lt", "le", "gt", "ge", "str", "repr", "format", "len", "iter", "contains"),
    *("getitem", "float", "int", "index", "complex", "round", "trunc", "floor", "ceil", "pos", "reduce_ex"),
    *("truediv", "rtruediv", "floordiv", "rfloordiv", "mod", "rmod", "pow", "rpow", "divmod", "rdivmod", "getattr"),
)
for _name in _OPERATORS:
    setattr(Unknown, f"__{_name}__", _refused)
for _name in ("__iter__", "__len__", "__eq__", "__ne__", "__repr__", "__or__", "__ror__", "__reversed__"):
    setattr(Known, _name, _refused)
for _name in ("keys", "values", "items", "copy", "pop", "popitem", "setdefault"):
    setattr(Known, _name, _refused)
