"""Which lines JSON logs switch on."""

from pathlib import Path

import pytest

from shopfast_obs.instrument.infrastructure.template import for_template
from shopfast_obs.instrument.plan import for_paths
from shopfast_obs.instrument.registry import selected

LOGGER = "import logging\n\nlog = logging.getLogger(__name__)\n"
HANDLER = "\n\ndef main(event, context):\n    return None\n"
TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties: {Handler: app.main, Runtime: python3.12, CodeUri: src}
"""


def _project(folder: Path, source: str) -> Path:
    (folder / "src").mkdir()
    (folder / "src" / "app.py").write_text(source)
    (folder / "template.yaml").write_text(TEMPLATE)
    return folder / "template.yaml"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (f"{LOGGER}{HANDLER.replace('return None', 'log.info(1)')}", True),
        (f"{LOGGER}{HANDLER.replace('return None', 'logging.log(20, 1)')}", True),
        (f"{LOGGER}log.setLevel(logging.INFO)\n{HANDLER.replace('return None', 'log.info(1)')}", False),
        (f"{LOGGER}logging.getLogger().setLevel('INFO')\n{HANDLER.replace('return None', 'log.info(1)')}", False),
        (f"{LOGGER}r = logging.getLogger()\nr.setLevel(x)\n{HANDLER.replace('return None', 'log.info(1)')}", False),
        (f"{LOGGER}logging.config.dictConfig({{}})\n{HANDLER.replace('return None', 'log.info(1)')}", False),
        (f"{LOGGER}{HANDLER.replace('return None', 'log.warning(1)')}", False),
        (HANDLER, False),
    ],
)
def test_lines_of_loggers_without_a_level_are_named(tmp_path: Path, source: str, said: bool) -> None:
    """Where the template's log format changes, and where only sources do, as the format may be JSON already."""
    template = _project(tmp_path, source)
    for found in (for_template(template, tmp_path, selected()), for_paths([tmp_path / "src"], tmp_path, selected())):
        sentences = [effect for effect in found.plan.effects if "without a level" in effect]
        assert len(sentences) == said
        assert all("in app.py." in sentence for sentence in sentences)


def test_what_logs_json_already_stays_as_it_is(tmp_path: Path) -> None:
    """Its lines are written before and after."""
    template = _project(tmp_path, f"{LOGGER}{HANDLER.replace('return None', 'log.info(1)')}")
    template.write_text(TEMPLATE.replace("CodeUri", "LoggingConfig: {LogFormat: JSON}, CodeUri"))
    assert not [e for e in for_template(template, tmp_path, selected()).plan.effects if "without a level" in e]
