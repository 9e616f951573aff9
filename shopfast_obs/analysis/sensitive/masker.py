"""What stands in for secrets and personal data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from shopfast_obs.analysis.sensitive import keys
from shopfast_obs.analysis.sensitive.detect import STAND_IN, spans
from shopfast_obs.analysis.sensitive.names import Level, level
from shopfast_obs.patterns import late

_JSON_NUMBER = late(r"\\{0,7}\"\s*:\s*\Z")


class Masker:
    """Masks the texts of one document: the same value becomes the same stand-in, which holds nothing of it."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def text(self, text: str) -> str:
        """The text without secrets and personal data; the same object when there are none."""
        return self._without(text, [span for span in spans(text) if not STAND_IN.match(text, span[0])])

    def named(self, name: str, value: str) -> str:
        """A value that stands under a name."""
        if level(name) is Level.NONE:
            return self.text(value)
        before = f'"{name}": "'
        safe = value.replace("\\", "/").replace('"', "'")
        found = [(max(0, start - len(before)), min(end - len(before), len(value)), kind)
                 for start, end, kind in spans(f'{before}{safe}"') if end > len(before)]  # fmt: skip
        return self._without(value, _merged([*found, *spans(value)])) if found else self.text(value)

    def value(self, value: Any, name: str = "") -> Any:  # noqa: ANN401 - any JSON value
        """Any JSON value, with the names that lead to it."""
        if isinstance(value, str):
            return self.named(name, value)
        if isinstance(value, Mapping):
            return self._mapping(value, name)
        if isinstance(value, (list, tuple)):
            if (
                len(value) == 2
                and isinstance(value[0], str)
                and isinstance(value[1], str)
                and level(value[0]) >= Level.FIRM
            ):
                return [value[0], self.named(value[0], value[1])]
            return [self.value(item, name) for item in value]
        return value

    def _mapping(self, value: Mapping[str, Any], name: str) -> dict[str, Any]:
        label = next(
            (str(item) for key, item in value.items() if str(key).lower() in _LABELS and isinstance(item, str)), ""
        )
        secret = label if level(label) >= Level.FIRM else ""
        return {
            key: self.value(
                item,
                secret if secret and str(key).lower() in _VALUES else str(key) if not _TYPES.match(str(key)) else name,
            )
            for key, item in value.items()
        }

    def lines(self, texts: Iterable[str]) -> Iterator[str]:
        """The lines of one stream in order: a private key may begin in one and end in another."""
        every = list(texts)
        inside = _inside(every)
        for place, text in enumerate(every):
            within = keys.body(text) if place in inside else None
            yield (
                self._without(text, [(*within, "private key")]) if within and within[0] < within[1] else self.text(text)
            )

    def _without(self, text: str, found: list[tuple[int, int, str]]) -> str:
        if not found:
            return text
        parts, at = [], 0
        for start, end, kind in found:
            if STAND_IN.fullmatch(text, start, end):
                continue
            number = self._known.setdefault(text[start:end], len(self._known) + 1)
            stand_in = f"[masked-{kind.lower().replace(' ', '-')}-{number}]"
            bare = (kind == "card number" or text[start:end].isdigit()) and _JSON_NUMBER.search(
                text, max(0, start - 20), start
            )
            parts += [text[at:start], f'"{stand_in}"' if bare else stand_in]
            at = end
        return "".join((*parts, text[at:]))


def _merged(found: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    from shopfast_obs.analysis.sensitive.detect import merged

    return merged(found)


def _inside(lines: list[str]) -> set[int]:
    """The places of the lines that are the middle of a private key."""
    found: set[int] = set()
    opened = False
    for place, text in enumerate(lines):
        if opened and (keys.closes(text) or keys.body(text) is None):
            opened = False
        elif opened:
            found.add(place)
        if keys.closes(text):
            back = place - 1
            while (
                back >= 0
                and back not in found
                and len(lines[back].strip()) >= 16
                and keys.body(lines[back])
                and place - back < 100
            ):
                found.add(back)
                back -= 1
        opened = opened or keys.opens(text) or bool(_FIRST.match(text))
    return found


_FIRST = late(r"(?:MII[A-Za-z0-9+/]{3}IBA|b3BlbnNzaC1rZXktdjE)[A-Za-z0-9+/]{20,80}\s*\Z")
_LABELS = frozenset(("key", "name", "parameterkey", "parametername", "header", "headername", "variable", "field", "id"))
_VALUES = frozenset(("value", "parametervalue", "stringvalue", "content", "text", "plaintextvalue", "val"))
_TYPES = late(r"(?:S|SS|L|M|StringValue|stringValue|value|Value)\Z")


def masked(text: str) -> str:
    """The text without what it should not hold."""
    return Masker().text(text)
