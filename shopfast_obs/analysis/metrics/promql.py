"""Which series a PromQL query selects, as far as their names and labels say: `{"Errors", FunctionName="web"}`.

Nothing is evaluated. CloudWatch gives attributes of OpenTelemetry a prefix of their scope (`@resource.faas.name`): it
is taken away here; the name of the scope itself (`@instrumentation.@name`) is the label `scope`.
"""

from __future__ import annotations

from collections.abc import Iterator

from shopfast_obs.model.records import record
from shopfast_obs.patterns import late

LONGEST = 10_000  # characters of a query that are read
NAME = "__name__"
_TEXT = r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'"
_SELECTOR = late(rf"(?P<bare>(?<![\w:])[A-Za-z_:][\w:]*)?\s*\{{(?P<inside>(?:{_TEXT}|[^{{}}\"'])*)\}}")
_MATCHER = late(rf"\s*(?P<label>{_TEXT}|[\w:.@]+)\s*(?:(?P<operator>=~|!~|!=|=)\s*(?P<value>{_TEXT})\s*)?(?:,|$)")
_STRING = late(_TEXT)
_GROUPED = late(r"(?i)\bby\s*\(([^()]*)\)")
_AGGREGATED = late(r"(?i)\b(?:sum|avg|min|max|count|group|stddev|stdvar|quantile|count_values)\b\s*(?:by|without|\()")
_WITHOUT = late(r"(?i)\bwithout\s*\(")
_LISTS = late(r"(?i)\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^()]*\)")
_CALLED = late(r"(?P<name>[A-Za-z_:][\w:]*)(?P<next>\s*[({])?")
_NO_METRIC = frozenset(("offset", "bool", "and", "or", "unless", "atan2", "inf", "nan", "group_left", "group_right"))
SCOPE = "scope"
_OWN = {"@datapoint.@name": NAME, "@instrumentation.@name": SCOPE}
_SCOPES = ("@resource.", "@datapoint.", "@instrumentation.")


@record
class Matcher:
    """`label="value"`, `!=`, `=~` or `!~`."""

    label: str
    operator: str
    value: str


@record
class Selector:
    """The series that one part of a query reads. `name` is empty where a pattern or a label decides it."""

    name: str
    matchers: tuple[Matcher, ...] = ()

    def of(self, *labels: str) -> tuple[Matcher, ...]:
        """The matchers of these labels."""
        return tuple(matcher for matcher in self.matchers if matcher.label in labels)


@record
class PromQuery:
    """What a query reads. `kept` are the labels that its results have; None where it keeps them all."""

    selectors: tuple[Selector, ...]
    kept: frozenset[str] | None = None


def read_promql(text: str) -> PromQuery:
    """The selectors of a query, and the labels that are left of them; none of a text that is no query."""
    if len(text) > LONGEST:
        return PromQuery(())
    found = tuple(_selectors(text))
    return PromQuery(found, _kept(text))


def _selectors(text: str) -> Iterator[Selector]:
    for match in _SELECTOR.finditer(text):
        yield _selector(match["bare"] or "", match["inside"])
    rest = _STRING.sub("", _LISTS.sub("", _SELECTOR.sub(" ", text)))
    for match in _CALLED.finditer(rest):
        if not match["next"] and match["name"].lower() not in _NO_METRIC and not _is_unit(rest, match.start()):
            yield Selector(match["name"])


def _is_unit(text: str, start: int) -> bool:
    """True for the `m` of `[5m]`."""
    return start > 0 and text[start - 1].isdigit()


def _selector(bare: str, inside: str) -> Selector:
    name, matchers = bare, []
    for match in _MATCHER.finditer(inside):
        label = _plain(match["label"])
        if match["operator"] is None:
            name = label
        elif label == NAME and match["operator"] == "=" and not name:
            name = _text(match["value"])
        else:
            matchers.append(Matcher(label, match["operator"], _text(match["value"])))
    return Selector(name, tuple(matchers))


def _kept(text: str) -> frozenset[str] | None:
    bare = _SELECTOR.sub(" ", text)
    if not _AGGREGATED.search(bare) or _WITHOUT.search(bare):
        return None
    lists = [frozenset(_plain(label) for label in found.split(",")) for found in _GROUPED.findall(bare)]
    return frozenset.intersection(*lists) if lists else frozenset()


def _text(quoted: str) -> str:
    return quoted.strip()[1:-1].replace('\\"', '"').replace("\\\\", "\\")


def _plain(label: str) -> str:
    """A label without its quotes and without the scope that CloudWatch puts before it."""
    said = label.strip()
    said = _text(said) if said[:1] in ("'", '"') else said
    scope = next((scope for scope in _SCOPES if said.startswith(scope)), "")
    return _OWN.get(said, said.removeprefix(scope))
