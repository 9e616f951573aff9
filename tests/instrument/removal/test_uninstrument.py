"""`uninstrument`: ours goes, theirs stays; with a record exactly, without one by our marks."""

from dataclasses import replace
from pathlib import Path

import pytest

from shopfast_obs.changes import engine
from shopfast_obs.instrument.plan import Instrumentation, for_paths
from shopfast_obs.instrument.registry import all_codemods, selected
from shopfast_obs.instrument.removal.remove import removed
from shopfast_obs.instrument.removal.uninstrument import plan
from shopfast_obs.model.overlay import Tracing
from tests.instrument.helpers import HANDLER, run

HANDLER_SOURCE = """\
import json

import logic


def lambda_handler(event, context):
    print("got", event)
    return json.dumps(logic.work(event))
"""
LOGIC = """\
def work(event):
    print("working")
    return 1
"""


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """An instrumented service, recorded."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "handler.py").write_text(HANDLER_SOURCE)
    (tmp_path / "src" / "logic.py").write_text(LOGIC)
    engine.apply(for_paths([tmp_path / "src"], tmp_path, selected()).plan, tmp_path, tmp_path / ".state")
    return tmp_path


def planned(app: Path) -> Instrumentation:
    """The plan for the service."""
    recorded = engine.recorded(app / ".state", "instrument", "uninstrument")
    return plan([(app / "src").resolve()], app.resolve(), recorded, None)


def texts(app: Path) -> dict[str, str]:
    """The files of the service."""
    return {path.name: path.read_text() for path in (app / "src").iterdir()}


def test_what_was_written_since_stays(app: Path) -> None:
    """And a second run finds nothing."""
    logic = app / "src" / "logic.py"
    logic.write_text(f"{logic.read_text()}\n\ndef more():\n    return 2\n")
    found = planned(app)
    engine.apply(found.plan, app, app / ".state")
    assert texts(app) == {"handler.py": HANDLER_SOURCE, "logic.py": f"{LOGIC}\n\ndef more():\n    return 2\n"}
    logic.write_text("def work(event):\n    return 5\n")
    assert planned(app).plan.empty


def test_a_line_that_somebody_changed_keeps_its_file_and_what_that_imports(app: Path) -> None:
    """The others come back; the reason is told."""
    logic = app / "src" / "logic.py"
    logic.write_text(logic.read_text().replace('"working"', '"at work"'))
    found = planned(app)
    statuses = {file.path.name: file.status for file in found.files}
    assert statuses == {"handler.py": "changed", "logic.py": "skipped", "observability.py": "skipped"}
    assert [change.path for change in found.plan.changes] == ["src/handler.py"]


def test_instrumented_again_it_goes_again(app: Path) -> None:
    """Only what is in force counts."""
    engine.apply(planned(app).plan, app, app / ".state")
    engine.apply(for_paths([app / "src"], app, selected()).plan, app, app / ".state")
    engine.apply(planned(app).plan, app, app / ".state")
    assert texts(app) == {"handler.py": HANDLER_SOURCE, "logic.py": LOGIC}


def test_without_a_record_our_marks_go(app: Path) -> None:
    """A fresh clone has no journal; calls that log stay as they are, with the logger that they need."""
    found = plan([app / "src"], app, {}, None)
    (change,) = found.plan.changes
    assert change.after is not None
    text = change.after.decode()
    assert text == HANDLER_SOURCE.replace(
        'print("got", event)', 'logger.info("got", event=event)'
    ).replace("import logic\n", "import logic\nfrom observability import logger\n")  # fmt: skip


def test_without_a_record_what_still_needs_powertools_is_named(app: Path) -> None:
    """Each file that a layer must not be taken from, also those that no decorator of ours was in."""
    found = plan([app / "src"], app, {}, None)
    reasons = {file.path.name: file.reason for file in found.files}
    assert set(reasons) == {"handler.py", "logic.py", "observability.py"}
    assert all("still needs Powertools" in reason for reason in reasons.values())


def test_without_a_record_shared_objects_that_nobody_uses_go(tmp_path: Path) -> None:
    """Nothing stays, so nothing is said to stay."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "handler.py").write_text(
        "import logic\n\n\ndef lambda_handler(event, context):\n    return 1\n"
    )
    (tmp_path / "src" / "logic.py").write_text("def work(event):\n    return 1\n")
    engine.apply(for_paths([tmp_path / "src"], tmp_path, selected()).plan, tmp_path, tmp_path / ".state")
    assert "observability.py" in texts(tmp_path)
    found = plan([tmp_path / "src"], tmp_path, {}, None)
    engine.apply(found.plan, tmp_path, tmp_path / ".state")
    assert not [file.reason for file in found.files if file.reason]
    assert set(texts(tmp_path)) == {"handler.py", "logic.py"}


@pytest.mark.parametrize(
    ("made", "traced"),
    [
        ("Logger()", "@tracer.capture_lambda_handler\n"),
        ('Logger(service="orders")', ""),
        ("Logger()  # of this service", ""),
    ],
)
def test_decorators_that_the_application_has_of_its_own_stay(tmp_path: Path, made: str, traced: str) -> None:
    """They are written as the codemods write theirs; what goes is sure to be ours."""
    source = (
        f"from aws_lambda_powertools import Logger, Tracer\n\nlogger = {made}\ntracer = Tracer()\n\n\n"
        f"@logger.inject_lambda_context\n{traced}def lambda_handler(event, context):\n    return tracer.provider\n"
    )
    (tmp_path / "app.py").write_text(source)
    engine.apply(for_paths([tmp_path], tmp_path, selected(profile="decorators")).plan, tmp_path, tmp_path / ".state")
    assert "@observed" in (tmp_path / "app.py").read_text()
    engine.apply(plan([tmp_path], tmp_path, {}, None).plan, tmp_path, tmp_path / ".state")
    text = (tmp_path / "app.py").read_text()
    assert source[source.index("@logger") :] in text
    assert "observed" not in text


def test_folders_that_were_not_read_are_named(app: Path) -> None:
    """Nobody takes a layer away from what was not looked at."""
    (app / "src" / "/".join("d" * 41)).mkdir(parents=True)
    (reason,) = [file.reason for file in plan([app / "src"], app, {}, None).files if file.path == app / "src"]
    assert "40 levels deep were not read" in reason


WRAPPING = [codemod.id for codemod in all_codemods() if codemod.wraps]


@pytest.mark.parametrize(
    "source",
    [
        "def lambda_handler(event, context):\n    return {}\n",
        "import os\n\nimport boto3\n\nT = os.environ['T']\n\n\ndef lambda_handler(event, context):\n    return {}\n",
        '"""A handler."""\n\nimport json\n\n\n@auth\ndef lambda_handler(event, context):\n    return json.dumps(1)\n',
        "import x\n\nlambda_handler = x.make()\n",
        "from aws_lambda_powertools import Logger\n\nlogger = Logger(service='x')\n\n\n"
        "@logger.inject_lambda_context(log_event=True)\ndef lambda_handler(event, context):\n    logger.info('x')\n",
    ],
)
@pytest.mark.parametrize("tracing", ["xray", "otel"])
def test_marks_are_the_whole_of_what_the_wrapping_codemods_add(tracing: Tracing, source: str) -> None:
    """Byte for byte, and what was there already stays."""
    instrumented = run(source, replace(HANDLER, tracing=tracing), *WRAPPING).source
    assert instrumented != source
    assert removed(instrumented) == source
    assert removed(source) == source


def test_layers_stay_while_a_source_that_stays_imports_from_them(app: Path) -> None:
    """Its lines were changed since, so it keeps the import; without layers its function would fail."""
    before, after = b'{"version": 1}', b'{"version": 1, "layers": []}'
    template = app / "src" / "template.json"
    template.write_bytes(after)
    recorded = {**engine.recorded(app / ".state", "instrument", "uninstrument"), template.resolve(): [(before, after)]}
    paths = [(app / "src").resolve()]
    free = plan(paths, app.resolve(), recorded, None)
    assert {file.status for file in free.files if file.path == template.resolve()} == {"changed"}
    handler = app / "src" / "handler.py"
    handler.write_text(handler.read_text().replace("@tracer", "# mine\n@tracer").replace("logger.info", "logger.debug"))
    held = plan(paths, app.resolve(), recorded, None)
    (result,) = [file for file in held.files if file.path == template.resolve()]
    assert (result.status, result.reason.partition(" still")[0]) == ("skipped", "handler.py")
