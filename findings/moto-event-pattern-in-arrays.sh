#!/usr/bin/env bash
# moto 5.2.5, ministack 1.5.33: an EventBridge rule whose pattern reaches into a list of objects, as CloudTrail's `resources` and
# ECS's `containers` are. EventBridge matches if one object of the list matches: the matcher that AWS published, event-ruler, documents it
# under "array consistency", and MiniStack follows it. In moto such a rule never fires, without an error, while a rule on a list of
# texts does: a test finds a working rule broken.
# Seen: "moto: list of texts True, list of objects False" and "ministack: list of texts True, list of objects True".
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" -q install ministack==1.5.33 'moto[events,sqs]==5.2.5' boto3==1.43.106
cd "$work"
"$work/venv/bin/python" - <<'PY'
import json
import sys

import boto3
from moto import mock_aws

CASES = {
    "list of texts": ({"status": ["failed"]}, {"status": ["failed", "retried"]}),
    "list of objects": ({"containers": {"status": ["failed"]}}, {"containers": [{"status": "failed"}, {"status": "ok"}]}),
}
KEYS = {"region_name": "us-east-1", "aws_access_key_id": "x", "aws_secret_access_key": "y"}
ENVELOPE = {"id": "1", "source": "shop", "detail-type": "Task", "account": "123456789012", "region": "us-east-1"}


@mock_aws
def with_moto(pattern, detail):
    events, sqs = (boto3.client(service, **KEYS) for service in ("events", "sqs"))
    url = sqs.create_queue(QueueName="fired")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name="failures", EventPattern=json.dumps({"source": ["shop"], "detail": pattern}))
    events.put_targets(Rule="failures", Targets=[{"Id": "queue", "Arn": arn}])
    sent = events.put_events(Entries=[{"Source": "shop", "DetailType": "Task", "Detail": json.dumps(detail)}])
    assert sent["FailedEntryCount"] == 0, sent
    return "Messages" in sqs.receive_message(QueueUrl=url)


def with_ministack(pattern, detail):
    from ministack.services import eventbridge

    event = {**ENVELOPE, "time": "2026-11-30T00:00:00Z", "resources": [], "detail": detail}
    asked = {"EventPattern": json.dumps({"source": ["shop"], "detail": pattern}), "Event": json.dumps(event)}
    return json.loads(eventbridge._test_event_pattern(asked)[2])["Result"]


seen = {}
for emulator, matches in (("moto", with_moto), ("ministack", with_ministack)):
    seen[emulator] = [matches(*case) for case in CASES.values()]
    print(f"{emulator}:", ", ".join(f"{name} {fired}" for name, fired in zip(CASES, seen[emulator], strict=True)))
sys.exit(seen != {"moto": [True, False], "ministack": [True, True]})
PY
