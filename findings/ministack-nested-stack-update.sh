#!/usr/bin/env bash
# ministack 1.5.33: an update of a nested stack forgets the attributes of the resources in it that do not change.
#
# A parent with a nested stack that has a queue, a topic, and an output with Fn::GetAtt of the queue's ARN. Only the
# topic's display name is changed. CloudFormation leaves the queue as it is and resolves the output; here the update
# fails, because the nested update hands no earlier attributes to `_update_resource`, which returns none for what is
# unchanged. The rollback fails in the same way, so the stack ends in UPDATE_ROLLBACK_FAILED and can only be deleted.
#
# Output seen:
#   after create: CREATE_COMPLETE
#   after update: UPDATE_ROLLBACK_FAILED Requested attribute Arn does not exist in schema for AWS::SQS::Queue
set -euo pipefail
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" -q install ministack==1.5.33 boto3==1.43.106
cd "$work"
export HOME="$work"
GATEWAY_PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export GATEWAY_PORT MINISTACK_HOST=127.0.0.1
"$work/venv/bin/python" -m hypercorn ministack.app:app --bind "127.0.0.1:$GATEWAY_PORT" --log-level error >server.log 2>&1 &
server=$!
"$work/venv/bin/python" - <<'PY'
import json, os, sys, time
import boto3

url = f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}"
arguments = {"endpoint_url": url, "region_name": "us-east-1", "aws_access_key_id": "test", "aws_secret_access_key": "test"}
s3, cloudformation = boto3.client("s3", **arguments), boto3.client("cloudformation", **arguments)
for _ in range(100):
    try:
        s3.create_bucket(Bucket="templates")
        break
    except Exception:
        time.sleep(0.3)


def parent(name):
    child = {
        "Resources": {
            "Queue": {"Type": "AWS::SQS::Queue"},
            "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": name}},
        },
        "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Queue", "Arn"]}}},
    }
    s3.put_object(Bucket="templates", Key=f"{name}.json", Body=json.dumps(child))
    inner = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": f"{url}/templates/{name}.json"}}
    return json.dumps({"Resources": {"Inner": inner}})


def settled():
    while True:
        stack = cloudformation.describe_stacks(StackName="parent")["Stacks"][0]
        if not stack["StackStatus"].endswith("_IN_PROGRESS"):
            return stack["StackStatus"]
        time.sleep(0.2)


cloudformation.create_stack(StackName="parent", TemplateBody=parent("one"))
created = settled()
print("after create:", created)
cloudformation.update_stack(StackName="parent", TemplateBody=parent("two"))
updated = settled()
events = cloudformation.describe_stack_events(StackName="parent")["StackEvents"]
reasons = [e["ResourceStatusReason"] for e in events if "does not exist in schema" in e.get("ResourceStatusReason", "")]
print("after update:", updated, reasons[-1] if reasons else "")
sys.exit(0 if created == "CREATE_COMPLETE" and updated != "UPDATE_COMPLETE" and reasons else 1)
PY
