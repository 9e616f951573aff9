"""Every page and diagram that comes from the code."""

from __future__ import annotations

from pathlib import Path

from docs.generators import alarms, codemods, commands, exercises, exits, migration, rule_examples, schemas, settings
from docs.generators.diagrams import DIAGRAMS
from shopfast_obs.diagnose.engine import catalogue
from shopfast_obs.diagnose.reference import reference

DOCS = Path(__file__).parents[1]
EXITS = "reference/exit-codes.md"


def pages() -> dict[str, str]:
    """The text of each by its path below docs/."""
    whole = (commands, alarms, exercises, settings, schemas, codemods, migration, rule_examples)
    found = {name: text for module in whole for name, text in module.pages()}
    by_hand = (DOCS / EXITS).read_text(encoding="utf-8").partition("## By command\n")[0].rstrip()
    names = [name for name, command in commands.commands().items() if not hasattr(command, "commands")]
    return {
        **found,
        EXITS: f"{by_hand}\n\n{exits.page(names)}",
        "reference/rules.md": reference(catalogue()),
        **{f"_static/{name}.svg": draw() for name, draw in DIAGRAMS.items()},
    }
