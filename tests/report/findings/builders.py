"""A review with one finding of every sort, made by the rules from a bad template and a little telemetry."""

from dataclasses import replace

from shopfast_obs.diagnose.engine import diagnose
from shopfast_obs.diagnose.review import Terms, review
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import FUNCTION, SUPPRESSION, Gap, Inventory, Resource
from shopfast_obs.model.review import Review, fingerprint
from tests.diagnose.builders import finished, function, killed, observed, written

NASTY = "web]]><b>|`x`\x1b[2J\u202e"


def suppression(rule: str, **more: object) -> Resource:
    """A suppression that counts."""
    said = {"Rule": rule, "Resource": "*", "Reason": "we know", "Expired": False, **more}
    return Resource(SUPPRESSION, f"x.toml, suppression {rule}", properties=said)


def reviewed(name: str = "web", terms: Terms | None = None) -> Review:
    """New findings, known ones, suppressed ones, some below the level, undecided checks and a gap."""
    web = replace(function(name), file="infra/my template.yaml", lines={"": 4, "Timeout": 7})
    context = observed(web, function("idle"), logs=written(web, *(killed(n) for n in range(3)), finished(4)))
    inventory = replace(context.inventory, gaps=(Gap("queues", "denied | by <them>"),))
    diagnosis = diagnose(inventory, context.observations)
    known = next(f for f in diagnosis.findings if f.rule == "lambda-not-traced")
    terms = terms or Terms(Severity.LOW, None, {fingerprint(known): 1})
    return review(diagnosis, [suppression("lambda-no-alarm", Until="2999-01-01"), suppression("nothing-*")], terms)


def declared() -> Review:
    """A template's review: no window, nothing hidden."""
    inventory = Inventory("template t.yaml", (Resource(FUNCTION, "web", "Web", file="t.yaml", lines={"": 2}),))
    return review(diagnose(inventory), (), Terms())
