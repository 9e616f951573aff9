"""Frozen, slotted dataclasses that take a quarter of the time to make.

The standard library compiles six methods of each class one by one: 1 ms a class, and a command loads more than a
hundred. Here only `__init__` is compiled; what compares and prints is the same function for all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields, is_dataclass
from operator import attrgetter
from reprlib import recursive_repr
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")
_set = object.__setattr__


@dataclass_transform(frozen_default=True, field_specifiers=(field, Field))
def record(cls: type[T]) -> type[T]:
    """The class as `dataclass(frozen=True, slots=True)` makes it."""
    inherits = any(is_dataclass(base) for base in cls.__bases__)  # the library compares both sides then
    made: Any = dataclass(init=False, repr=False, eq=False, slots=True, frozen=inherits)(cls)
    own = fields(made)
    compared = [one.name for one in own if one.compare]
    values = attrgetter(*compared) if compared else lambda _: ()
    said = [one.name for one in own if one.repr]

    @recursive_repr()
    def shown(self: T) -> str:
        return f"{type(self).__qualname__}({', '.join([f'{name}={getattr(self, name)!r}' for name in said])})"

    def equal(self: T, other: object) -> bool:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    methods: dict[str, Callable[..., Any]] = {
        "__init__": _init(made, own),
        "__repr__": shown,
        "__eq__": equal,
        "__hash__": lambda self: hash(values(self)),
        "__setattr__": _frozen,
        "__delattr__": _frozen,
        "__getstate__": _state,
        "__setstate__": _restore,
    }
    for name, method in methods.items():
        if name not in cls.__dict__:
            setattr(made, name, method)
    made.__dataclass_params__.frozen = True  # so that a frozen dataclass may inherit from it
    return made  # type: ignore[no-any-return]


def _init(made: Any, own: tuple[Field[Any], ...]) -> Callable[..., None]:  # noqa: ANN401 - a class with fields
    """The `__init__` of these fields: their order, their defaults, those by name only."""
    known: dict[str, Any] = {"_set": _set, "_made": MISSING}
    first = [_parameter(one, known) for one in own if one.init and not one.kw_only]
    named = [_parameter(one, known) for one in own if one.init and one.kw_only]
    body = [line for one in own if (line := _assigned(one, known))]
    body += ["self.__post_init__()"] if hasattr(made, "__post_init__") else []
    parameters = ", ".join(["self", *first, *(["*", *named] if named else [])])
    exec(f"def __init__({parameters}):\n " + ("\n ".join(body) or "pass"), known)  # noqa: S102 - of our own names
    init: Callable[..., None] = known["__init__"]
    init.__qualname__ = f"{made.__qualname__}.__init__"
    return init


def _parameter(one: Field[Any], known: dict[str, Any]) -> str:
    if one.default is not MISSING:
        known[f"_d_{one.name}"] = one.default
        return f"{one.name}=_d_{one.name}"
    return f"{one.name}=_made" if one.default_factory is not MISSING else one.name


def _assigned(one: Field[Any], known: dict[str, Any]) -> str:
    value = one.name
    if one.default_factory is not MISSING:
        known[f"_f_{one.name}"] = one.default_factory
        value = f"_f_{one.name}() if {one.name} is _made else {one.name}" if one.init else f"_f_{one.name}()"
    elif not one.init:
        if one.default is MISSING:
            return ""
        known[value := f"_d_{one.name}"] = one.default
    return f"_set(self, {one.name!r}, {value})"


def _frozen(self: object, name: str, *_: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _state(self: Any) -> list[Any]:  # noqa: ANN401 - any record
    return [getattr(self, one.name) for one in fields(self)]


def _restore(self: Any, state: list[Any]) -> None:  # noqa: ANN401 - any record
    for one, value in zip(fields(self), state, strict=True):
        _set(self, one.name, value)
