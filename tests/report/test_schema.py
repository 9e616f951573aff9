"""What `--format json` writes is what `report schema` says."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from shopfast_obs.cli import compare, logs, report, trace
from shopfast_obs.report.findings.document import document
from shopfast_obs.report.schema import DOCUMENTS, schema
from tests.cli.command_line import FakeApp
from tests.report.findings.builders import NASTY, reviewed
from tests.report.html.hostile import HOSTILE
from tests.report.html.pages import hostile, shop

NOW = time.time()


def run(command: Any, cloud: Any, *arguments: str) -> Any:
    """The document that a command writes."""
    result = CliRunner().invoke(command, [*arguments, "--format", "json"], obj=FakeApp(cloud), catch_exceptions=False)
    return json.loads(result.stdout)


def promised(cloud: Any) -> Any:
    """What became of a prediction in the window that it is from."""
    with TemporaryDirectory() as folder:
        file = Path(folder, "promise.json")
        file.write_text(json.dumps(COMMANDS["what-if"](cloud)))
        return run(compare.command, cloud, "--promise", str(file), "60m..")


COMMANDS: dict[str, Callable[[Any], Any]] = {
    "traces": lambda cloud: run(report.command, cloud, "traces", "--since", "1h"),
    "errors": lambda cloud: run(report.command, cloud, "errors", "--since", "1h"),
    "trace": lambda cloud: run(trace.command, cloud, cloud.recorded_traces[0].id),
    "compare": lambda cloud: run(compare.command, cloud, "60m..5m", "5m.."),
    "logs": lambda cloud: run(logs.command, cloud, "", "--since", "1h"),
    "what-if": lambda cloud: run(report.command, cloud, "what-if", "--since", "1h", "--change", "instant=*"),
    "promise": promised,
    "diagnosis": lambda _: document(reviewed(NASTY), {"lambda:ListFunctions": 2}),
}


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("kind", ["shop", "hostile"])
def test_a_document_is_what_its_schema_says(name: str, kind: str) -> None:
    """Exactly the promised fields with the promised types, also of hostile data."""
    cloud = shop(NOW) if kind == "shop" else hostile(NOW, HOSTILE)
    Draft202012Validator(schema(name)).validate(COMMANDS[name](cloud))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_schema_is_one_and_is_printed(name: str) -> None:
    """Valid itself, every record described, and the command prints it."""
    found = schema(name)
    Draft202012Validator.check_schema(found)
    assert all(record["description"] for record in found["$defs"].values())
    result = CliRunner().invoke(report.command, ["schema", name])
    assert json.loads(result.stdout) == found


def test_a_wrong_document_is_refused() -> None:
    """A field that is missing, one too many, one of another type."""
    good = COMMANDS["traces"](shop(NOW, 20))
    validator = Draft202012Validator(schema("traces"))
    assert validator.is_valid(good)
    assert not validator.is_valid({key: value for key, value in good.items() if key != "traces"})
    assert not validator.is_valid(good | {"surprise": 1})
    assert not validator.is_valid(good | {"quality": {"cycle": "many"}})


def test_a_saved_report_is_read_again(tmp_path: Path) -> None:
    """The document of today is one side of a comparison tomorrow."""
    file = tmp_path / "saved.json"
    file.write_text(json.dumps(COMMANDS["traces"](shop(NOW))))
    found = run(compare.command, shop(NOW), str(file), str(file))
    assert found["worse"] == []
