"""Events for a handler: its project's own, that of its trigger, what its source reads, the usual ones."""

import json
from pathlib import Path

from shopfast_obs.instrument.application_tests.events import EACH, chosen, known

SOURCE = "def handler(event, context):\n    return event['Records'][0]['s3']['bucket']['name'], event['n']\n"


def test_the_nearest_events_of_the_project_come_first_and_six_in_all(tmp_path: Path) -> None:
    """Six events, whatever the repository keeps; those of another project, and what is no event, are none of them."""
    for folder, number in (("orders/tests/events", 1), ("events", 2), ("event-store/events", 3)):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "event.json").write_text(json.dumps({"n": number}))
    (tmp_path / "test.asl.json").write_text('{"StartAt": "x"}')
    events = chosen(tmp_path / "orders" / "app.py", "handler", SOURCE, known(tmp_path))
    assert len(events) == EACH
    assert [event.get("n") for event in list(events.values())[:2]] == [1, 2]
    assert events["what it reads"]["n"] == "1"
    assert events["s3"]["n"] == "1"
    assert events["empty"] == {}


def test_the_event_of_the_trigger_comes_before_what_the_source_speaks_of(tmp_path: Path) -> None:
    """As the template has it."""
    (tmp_path / "serverless.yml").write_text("functions:\n  f: {handler: app.handler, events: [{httpApi: '*'}]}\n")
    events = chosen(tmp_path / "app.py", "handler", SOURCE, known(tmp_path))
    assert next(iter(events)) == "http"
    assert events["http"]["rawPath"] == "/items/1"


def test_a_source_that_cannot_be_parsed_gets_the_usual_ones(tmp_path: Path) -> None:
    """It may be of a newer Python."""
    assert len(chosen(tmp_path / "app.py", "handler", "def s3(", known(tmp_path))) == EACH
