"""Events for a handler: the repository's nearest ones first, then those that its source speaks of."""

from __future__ import annotations

import json
from pathlib import Path

from shopfast_obs.instrument.proof.events import EACH, chosen, kept


def test_the_nearest_events_come_first_and_six_in_all(tmp_path: Path) -> None:
    """Six events, whatever the repository keeps."""
    for folder, number in (("orders/events", 1), ("events", 2)):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "event.json").write_text(json.dumps({"n": number}))
    (tmp_path / "package.json").write_text('{"name": "x"}')
    events = chosen(tmp_path / "orders" / "app.py", "event['Records'][0]['s3']", kept(tmp_path))
    assert len(events) == EACH
    assert [event["n"] for event in list(events.values())[:2]] == [1, 2]
    assert {"sqs", "s3"} <= set(events)
