"""CloudFormation's intrinsic functions, resolved as far as a template alone allows. Nothing raises or runs for ever."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from shopfast_obs.model.references import is_open, reference
from shopfast_obs.model.resources import EVENT_RULE, HTTP_API, REST_API
from shopfast_obs.parse.templates.arns import ARN, ARN_ATTRIBUTES, ID_ATTRIBUTES, NAME_ATTRIBUTES, REF, REF_IS_ID
from shopfast_obs.parse.templates.physical_names import NAME_PROPERTY

MOST_LEVELS = 60  # values nested deeper, and longer chains of references, stay as they are
LONGEST_NAME = 1024  # names made of names could double with every step
VARIABLE = re.compile(r"\$\{(!?)([^${}]+)\}")
SCALARS = (str, int, float)
STORED = "AWS::SSM::Parameter::Value<String>"
TITLED = (REST_API, HTTP_API)


class _NoValue:
    """What `AWS::NoValue` leaves: the property is not there."""


NO_VALUE = _NoValue()


class Resolver:
    """Resolves values of one template. `parameters` may also give pseudo parameters (`AWS::Region`)."""

    def __init__(self, template: Mapping[str, Any], stack: str, parameters: Mapping[str, Any]) -> None:
        self._resources = _mapping(template.get("Resources"))
        self._stack = stack
        self._conditions = _mapping(template.get("Conditions"))
        self._mappings = _mapping(template.get("Mappings"))
        self._known = _defaults(_mapping(template.get("Parameters")))
        if stack:
            self._known["AWS::StackName"] = stack
        self._known.update(parameters)
        self._names: dict[str, str | None] = {}
        self._holds: dict[str, bool | None] = {}
        self._asked: set[str] = set()  # names and conditions that are being worked out; asking again is a circle
        self._level = 0

    def resolve(self, value: Any) -> Any:  # noqa: ANN401 - a template value has any JSON type
        """The value with its intrinsics resolved; one that cannot be known stays, with its arguments resolved."""
        if not isinstance(value, list | Mapping) or self._level >= MOST_LEVELS:
            return value
        self._level += 1
        try:
            return self._resolved_list(value) if isinstance(value, list) else self._resolved_mapping(value)
        finally:
            self._level -= 1

    def _resolved_list(self, value: list[Any]) -> list[Any]:
        items = [self.resolve(item) for item in value]
        return [item for item in items if item is not NO_VALUE]

    def _resolved_mapping(self, value: Mapping[str, Any]) -> Any:  # noqa: ANN401
        if len(value) == 1:
            ((function, argument),) = value.items()
            if function in _FUNCTIONS:
                return _FUNCTIONS[function](self, argument)
        entries = {key: self.resolve(item) for key, item in value.items()}
        return {key: item for key, item in entries.items() if item is not NO_VALUE}

    def identifier(self, logical_id: str) -> str:
        """A resource's physical name where the template gives one, else the reference to it."""
        return self.physical_name(logical_id) or reference(logical_id, self._stack)

    def physical_name(self, logical_id: str) -> str | None:
        """The name that the template gives a resource; None where it gives none or one that only the cloud knows."""
        if logical_id not in self._names and logical_id not in self._asked:
            self._asked.add(logical_id)
            entry = _mapping(self._resources.get(logical_id))
            name = self.resolve(_named(str(entry.get("Type")), _mapping(entry.get("Properties"))))
            self._asked.discard(logical_id)
            usable = isinstance(name, str) and 0 < len(name) <= LONGEST_NAME
            self._names[logical_id] = name if usable else None
        return self._names.get(logical_id)

    def arn(self, logical_id: str) -> str:
        """The resource's ARN, pseudo parameters symbolic; empty for a type whose ARN its name does not tell."""
        form = ARN.get(self._type(logical_id), "")
        if self._type(logical_id) == EVENT_RULE and (bus := self._bus(logical_id)):
            form = form.replace("rule/", f"rule/{bus}/")
        return self._formed(form, logical_id) if form else ""

    def _bus(self, rule: str) -> str:
        """The name of the custom bus of a rule; empty for the default one, or where it cannot be known."""
        said = self.resolve(_mapping(_mapping(self._resources.get(rule)).get("Properties")).get("EventBusName"))
        name = _parts(said, "/")[-1] if isinstance(said, str) and said else ""
        return "" if name == "default" else name

    def _formed(self, form: str, logical_id: str) -> str:
        """A form with the resource's name in it; what looks like a variable in a name is none."""
        before, _, after = form.partition("%s")
        return f"{self._text(before)}{self.identifier(logical_id)}{self._text(after)}"

    def condition(self, value: Any) -> bool | None:  # noqa: ANN401
        """Whether a condition (its name or its expression) holds; None when the template does not tell."""
        if isinstance(value, str):
            return self._named_condition(value)
        if not isinstance(value, Mapping) or len(value) != 1 or self._level >= MOST_LEVELS:
            return None
        self._level += 1
        try:
            ((function, argument),) = value.items()
            return self._expression(function, argument)
        finally:
            self._level -= 1

    def _expression(self, function: str, argument: Any) -> bool | None:  # noqa: ANN401
        if function == "Condition":
            return self.condition(argument)
        if not isinstance(argument, list):
            return None
        if function == "Fn::Equals" and len(argument) == 2:
            left, right = self.resolve(argument[0]), self.resolve(argument[1])
            return None if _open(left) or _open(right) else _as_text(left) == _as_text(right)
        return _joined(function, [self.condition(item) for item in argument])

    def _named_condition(self, name: str) -> bool | None:
        key = f"condition {name}"
        if name not in self._holds and key not in self._asked:
            self._asked.add(key)
            self._holds[name] = self.condition(self._conditions.get(name))
            self._asked.discard(key)
        return self._holds.get(name)

    def _type(self, logical_id: str) -> str:
        return str(_mapping(self._resources.get(logical_id)).get("Type", ""))

    def _text(self, text: str, variables: Mapping[str, Any] | None = None) -> str:
        """A `Fn::Sub` text; a variable that cannot be known stays as it stands."""

        def value(match: re.Match[str]) -> str:
            if match[1]:
                return f"${{{match[2]}}}"
            name, _, attribute = match[2].strip().partition(".")
            if variables and match[2].strip() in variables:
                found = variables[match[2].strip()]
            else:
                found = self._attribute(name, attribute) if attribute else self._reference(name)
            if isinstance(found, SCALARS):
                return _as_text(found)
            return match[0] if "::" in name else reference(match[2].strip(), self._stack)

        return VARIABLE.sub(value, text)

    def _reference(self, name: str) -> Any:  # noqa: ANN401
        """What `Ref` gives; None when it cannot be known."""
        if name == "AWS::NoValue":
            return NO_VALUE
        if name in self._known:
            return self._known[name]
        if name.startswith("AWS::"):
            return f"${{{name}}}"
        return self._id(name) if name in self._resources else None

    def _id(self, name: str) -> str:
        """What `Ref` of a resource gives, its physical id."""
        if self._type(name) in REF_IS_ID:
            return reference(name, self._stack)
        if self._type(name) == EVENT_RULE and (bus := self._bus(name)):
            return f"{bus}|{self.identifier(name)}"
        form = REF.get(self._type(name), "")
        return self._formed(form, name) if form else self.identifier(name)

    def _attribute(self, logical_id: str, attribute: str) -> str | None:
        if logical_id not in self._resources:
            return None
        if attribute in ARN_ATTRIBUTES:
            return self.arn(logical_id) or None
        if attribute in ID_ATTRIBUTES.get(self._type(logical_id), ()):
            return reference(logical_id, self._stack)
        return self.identifier(logical_id) if attribute in NAME_ATTRIBUTES else None

    def _ref(self, argument: Any) -> Any:  # noqa: ANN401
        found = self._reference(argument) if isinstance(argument, str) else None
        return {"Ref": argument} if found is None else found

    def _get_att(self, argument: Any) -> Any:  # noqa: ANN401
        parts = argument.split(".", 1) if isinstance(argument, str) else argument
        found = None
        if isinstance(parts, list) and len(parts) == 2 and all(isinstance(part, str) for part in parts):
            found = self._attribute(parts[0], parts[1])
        owner = parts[0] if isinstance(parts, list) and parts else None
        if found is None and isinstance(owner, str) and owner in self._resources:
            return {"Fn::GetAtt": [reference(owner, self._stack), *parts[1:]]}
        return {"Fn::GetAtt": argument} if found is None else found

    def _sub(self, argument: Any) -> Any:  # noqa: ANN401
        text, variables = argument, None
        if isinstance(argument, list) and len(argument) == 2:
            text, variables = argument[0], self.resolve(argument[1])
        if not isinstance(text, str):
            return {"Fn::Sub": argument}
        return self._text(text, variables if isinstance(variables, Mapping) else None)

    def _join(self, argument: Any) -> Any:  # noqa: ANN401
        resolved = self.resolve(argument)
        match resolved:
            case [str(delimiter), list(parts)] if all(isinstance(part, SCALARS) for part in parts):
                return delimiter.join(_as_text(part) for part in parts)
        return _kept("Fn::Join", resolved)

    def _split(self, argument: Any) -> Any:  # noqa: ANN401
        resolved = self.resolve(argument)
        match resolved:
            case [str(delimiter), str(text)] if delimiter and not _open(text):
                return text.split(delimiter)
            case [(":" | "/" | "|") as delimiter, str(text)] if text.startswith("arn:") or "|" in text:
                return _parts(text, delimiter)  # what is open in it is one part of an ARN, or a part of one
        return _kept("Fn::Split", resolved)

    def _select(self, argument: Any) -> Any:  # noqa: ANN401
        resolved = self.resolve(argument)
        match resolved:
            case [int() | str() as index, list(items)] if str(index) in map(str, range(len(items))):
                return items[int(index)]
        return _kept("Fn::Select", resolved)

    def _if(self, argument: Any) -> Any:  # noqa: ANN401
        if isinstance(argument, list) and len(argument) == 3:
            holds = self.condition(argument[0])
            if holds is not None:
                return self.resolve(argument[1] if holds else argument[2])
        return _kept("Fn::If", self.resolve(argument))

    def _find_in_map(self, argument: Any) -> Any:  # noqa: ANN401
        resolved = self.resolve(argument)
        found: Any = self._mappings
        for key in resolved[:3] if isinstance(resolved, list) and len(resolved) >= 3 else [None]:
            found = found.get(key) if isinstance(found, Mapping) and isinstance(key, str) else None
        return _kept("Fn::FindInMap", resolved) if found is None else found


_FUNCTIONS: Mapping[str, Callable[[Resolver, Any], Any]] = {
    "Ref": Resolver._ref,
    "Fn::GetAtt": Resolver._get_att,
    "Fn::Sub": Resolver._sub,
    "Fn::Join": Resolver._join,
    "Fn::Split": Resolver._split,
    "Fn::Select": Resolver._select,
    "Fn::If": Resolver._if,
    "Fn::FindInMap": Resolver._find_in_map,
}


def _joined(function: str, parts: list[bool | None]) -> bool | None:
    """`Fn::And`, `Fn::Or` and `Fn::Not` over parts of which some may be unknown."""
    if function == "Fn::Not" and len(parts) == 1:
        return None if parts[0] is None else not parts[0]
    if function == "Fn::And":
        return False if False in parts else None if None in parts else True
    if function == "Fn::Or":
        return True if True in parts else None if None in parts else False
    return None


def _kept(function: str, argument: Any) -> dict[str, Any]:  # noqa: ANN401
    return {function: None if argument is NO_VALUE else argument}


def _parts(text: str, delimiter: str) -> list[str]:
    """The text split where the delimiter stands outside of references."""
    parts, last = [], 0
    for match in re.finditer(rf"\$\{{[^{{}}]*\}}|{re.escape(delimiter)}", text):
        if match[0] == delimiter:
            parts.append(text[last : match.start()])
            last = match.end()
    return [*parts, text[last:]]


def _named(type_: str, properties: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """What the properties say about the name; a REST API without one has the title of its definition."""
    name = properties.get(NAME_PROPERTY.get(type_, ""))
    if name is None and type_ in TITLED:
        return _mapping(_mapping(properties.get("Body")).get("info")).get("title")
    return name


def _open(value: Any) -> bool:  # noqa: ANN401
    """True for a value that only the cloud knows: an intrinsic that stayed, or a reference."""
    return not isinstance(value, SCALARS) or (isinstance(value, str) and is_open(value))


def _as_text(value: Any) -> str:  # noqa: ANN401
    return str(value).lower() if isinstance(value, bool) else str(value)


def _defaults(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The defaults of the parameters; one of Systems Manager's has the name of its value as default, not the value."""
    found = {}
    for name, entry in parameters.items():
        if isinstance(entry, Mapping) and "Default" in entry:
            type_ = str(entry.get("Type"))
            if type_ == STORED:
                found[name] = f"{{{{resolve:ssm:{entry['Default']}}}}}"
            elif not type_.startswith("AWS::SSM::"):
                found[name] = entry["Default"]
    return found


def _mapping(value: Any) -> Mapping[str, Any]:  # noqa: ANN401
    return value if isinstance(value, Mapping) else {}
