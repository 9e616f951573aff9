"""A plan of business metrics: read, placed in the sources, taken out again."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from shopfast_obs.changes import engine
from shopfast_obs.errors import UserError
from shopfast_obs.instrument.metrics_file import read
from shopfast_obs.instrument.plan import Instrumentation, for_paths
from shopfast_obs.instrument.registry import selected
from shopfast_obs.instrument.removal import remove
from shopfast_obs.settings import load

ROOT = Path(__file__).parents[2]
HANDLER = "import logic\n\n\ndef lambda_handler(event, context):\n    return logic.place(event)\n"
LOGIC = '''\
"""Orders."""


class Desk:
    @staticmethod
    def refund(order):
        return order


async def place(order):
    def inner():
        return order

    return inner()
'''
PLAN = """\
metrics:
  - {metric: Placed, function: logic.place, when: {state: NEW}}
  - {metric: Value, function: logic.place, value: total}
  - {metric: Refunds, function: one/logic.Desk.refund, dimensions: {why: [late, "it's \\"odd\\""]}}
  - {metric: Nobody, function: logic.inner}
"""


def project(root: Path, *services: str, text: str = PLAN) -> Path:
    """Services with a handler and a module each; the plan's path."""
    for name in services:
        (root / "src" / name).mkdir(parents=True)
        (root / "src" / name / "app.py").write_text(HANDLER)
        (root / "src" / name / "logic.py").write_text(LOGIC)
    (root / "metrics.yaml").write_text(text)
    return root / "metrics.yaml"


def plan(root: Path) -> Instrumentation:
    """The plan with the metrics alone."""
    return for_paths([root / "src"], root, selected(("business",)), metrics=read(root / "metrics.yaml"))


def test_functions_are_counted_once_and_taken_back_exactly(tmp_path: Path) -> None:
    """Also when a formatter was there in between; what is missing is said."""
    project(tmp_path, "one")
    logic = tmp_path / "src/one/logic.py"
    found = plan(tmp_path)
    assert [f.reason for f in found.files if f.status == "skipped"] == [
        "Nobody: no logic.inner in the sources that handlers reach"
    ]
    engine.apply(found.plan, tmp_path, tmp_path / ".state")
    text = logic.read_text()
    assert '@counted("Placed", when={"state": ("NEW",)})\n@counted("Value", value="total")\nasync def place' in text
    assert '    @staticmethod\n    @counted("Refunds", dimensions={"why": ("late", "it\'s \\"odd\\"")})\n' in text
    compile(text, "logic.py", "exec")
    assert plan(tmp_path).plan.empty
    logic.write_text(text.replace('("Value", value="total")', "(\n    'Value',\n    value='total',\n)"))
    assert plan(tmp_path).plan.empty
    logic.write_text(text)
    assert remove.removed(text) == LOGIC
    engine.undo(tmp_path, tmp_path / ".state")
    assert logic.read_text() == LOGIC


def test_a_function_in_two_modules_needs_its_folder(tmp_path: Path) -> None:
    """Counting both would count twice."""
    project(tmp_path, "one", "two")
    reasons = [f.reason for f in plan(tmp_path).files if f.status == "skipped"]
    assert "Placed: logic.place is in one/logic.py, two/logic.py; write the folder before it" in reasons
    assert not any("Refunds" in reason for reason in reasons)


WRONG = {
    "{}": "no list of `metrics`",
    "metrics: []": "no list of `metrics`",
    "metrics: [{metric: A}]": "needs a `metric` and a `function`",
    "metrics: [{metric: A, function: b.c, colour: red}]": "colour",
    "metrics: [{metric: A, function: b}]": "no `module.function`",
    "metrics: [{metric: ä, function: b.c}]": "no name of a metric",
    "metrics: [{metric: A, function: b.c, outcome: maybe}]": "`outcome`",
    "metrics: [{metric: A, function: b.c, unit: Pieces}]": "no unit",
    "metrics: [{metric: A, function: b.c, value: [1]}]": "`value`",
    "metrics: [{metric: A, function: b.c, when: [1]}]": "mappings",
    "metrics: [{metric: A, function: b.c, when: {x: []}}]": "x needs a list",
    "metrics: [{metric: A, function: b.c}, {metric: A, function: b.c}]": "twice",
    "metrics: [": "not valid YAML",
    f"metrics: [{{metric: A, function: b.c, dimensions: {json.dumps({'x': list(range(100))})}}}]": "101 metrics",
    f"metrics: [{{metric: A, function: b.c, dimensions: {json.dumps(dict.fromkeys('abcdef', 1))}}}]": "6 dimensions",
}


@pytest.mark.parametrize(("text", "said"), WRONG.items())
def test_a_plan_that_makes_no_sense_is_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    """Before anything is changed."""
    with pytest.raises(UserError, match=re.escape(said)) as caught:
        read(project(tmp_path, text=text))
    assert "metrics: [{metric:" in str(caught.value.hint)


def test_the_plan_in_the_documentation_is_one(tmp_path: Path) -> None:
    """As it stands there."""
    (block,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs/guides/metrics.md").read_text(), re.DOTALL)
    assert len(read(project(tmp_path, text=block)).metrics) == block.count("- metric")


def test_the_workshops_plan_fits_its_sources(tmp_path: Path) -> None:
    """Every metric finds its function."""
    settings: Any = load(ROOT, {})
    found = for_paths(
        [ROOT / "starter/services"], ROOT, selected(("business",)), metrics=read(settings.path(settings.metrics))
    )
    assert [f.reason for f in found.files if f.status == "skipped"] == []
    assert sum(f.codemods == ("business",) for f in found.files) == 2
