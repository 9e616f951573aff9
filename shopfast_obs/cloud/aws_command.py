"""An `aws` command line as one call of an API: for runbooks, where nobody has to install the `aws` command."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from shopfast_obs.errors import UserError

READS = ("describe", "get", "list", "filter", "receive", "batch_get", "lookup", "search", "query", "scan")
OURS = ("query", "output")  # options of the command that are none of the operation


def reads(line: str) -> bool:
    """True of a command that only reads, by the name of its operation."""
    words = shlex.split(line)
    return len(words) > 2 and words[2].replace("-", "_").startswith(READS)


def call(line: str, client: Callable[[str], Any]) -> Any:  # noqa: ANN401 - any JSON value
    """What the operation answers, `--query` applied. `client` makes a boto3 client. Raises UserError for a command that
    is none, and what the call raises."""
    service, operation, arguments, query = parsed(line)
    api = client(service)
    if not hasattr(api, operation):
        raise UserError(f"aws {service} has no {operation.replace('_', '-')}.", "See the API reference of the service.")
    model = api.meta.service_model.operation_model(api.meta.method_to_api_mapping[operation])
    given = _parameters(model.input_shape, arguments, line)
    answer = getattr(api, operation)(**given)
    answer.pop("ResponseMetadata", None)
    answer = {key: _plain(value) for key, value in answer.items()}
    if not query:
        return answer
    import jmespath

    try:
        return jmespath.search(query, answer)
    except jmespath.exceptions.JMESPathError as problem:
        raise UserError(f"{query!r} is no query: {problem}.", "See jmespath.org.") from None


def parsed(line: str) -> tuple[str, str, Mapping[str, Sequence[str]], str]:
    """Service, operation as Python has it, the values of each option, and the query."""
    words = shlex.split(line)
    if len(words) < 3 or words[0] != "aws":
        raise UserError(f"{line!r} is not an aws command.", "As in: aws sqs list-queues")
    _, service, operation, *rest = words
    options: dict[str, list[str]] = {}
    name = ""
    for word in rest:
        if word.startswith("--"):
            name = word[2:]
            options[name] = []
        elif name:
            options[name].append(word)
        else:
            raise UserError(f"{word!r} of `{line}` belongs to no option.", "As in: aws sqs list-queues")
    query = " ".join(options.pop("query", []))
    options.pop("output", None)
    return service, operation.replace("-", "_"), options, query


def _parameters(shape: Any, options: Mapping[str, Sequence[str]], line: str) -> dict[str, Any]:  # noqa: ANN401
    from botocore import xform_name

    members = {xform_name(name, "-"): (name, member) for name, member in (shape.members if shape else {}).items()}
    given = {}
    for option, values in options.items():
        off = option.startswith("no-") and option not in members
        known = members.get(option.removeprefix("no-") if off else option)
        if known is None:
            raise UserError(f"`{line}` has an option --{option} that the operation has not.", "See its reference.")
        name, member = known
        given[name] = not off if member.type_name == "boolean" and not values else _value(member, values)
    return given


def _value(shape: Any, values: Sequence[str]) -> Any:  # noqa: ANN401, PLR0911 - one line a type
    text = " ".join(values)
    if text[:1] in "[{" and shape.type_name in ("list", "map", "structure"):
        return json.loads(text)
    if shape.type_name == "list":
        return [_value(shape.member, [value]) for value in values]
    if shape.type_name in ("map", "structure"):
        pairs = (part.partition("=") for value in values for part in value.split(","))
        return {key: value for key, _, value in pairs}
    if shape.type_name in ("integer", "long"):
        return int(text)
    if shape.type_name in ("float", "double"):
        return float(text)
    if shape.type_name == "blob":
        return text.encode()
    return text.lower() == "true" if shape.type_name == "boolean" else text


def _plain(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if hasattr(value, "read"):
        return value.read().decode("utf-8", "replace")
    return value if isinstance(value, str | int | float | bool | None) else str(value)
