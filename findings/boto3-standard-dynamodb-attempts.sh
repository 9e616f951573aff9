#!/usr/bin/env bash
# boto3 1.43.106 and 1.44.8: attempts of one call of DynamoDB in the retry mode "standard", which the client's own Config names.
# 1.44.0 made "standard" the default. It also gave DynamoDB a count of its own in that mode: who asked for "standard" all along has
# three attempts before the update and four after it, though nothing of the configuration changed. SQS has three with both.
# Seen: "1.43.106: sqs 3, dynamodb 3" and "1.44.8: sqs 3, dynamodb 4".
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=y AWS_DEFAULT_REGION=us-east-1
unset AWS_RETRY_MODE AWS_MAX_ATTEMPTS AWS_CONFIG_FILE
cat > "$work/count.py" <<'PY'
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

asked = []


class Busy(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        asked.append(self.path)
        self.send_response(503)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *ignored):
        pass


def attempts(service, call, url):
    asked.clear()
    client = boto3.client(service, endpoint_url=url, config=Config(retries={"mode": "standard"}))
    try:
        getattr(client, call)()
    except ClientError:
        return len(asked)
    raise AssertionError("a busy server answered")


server = HTTPServer(("127.0.0.1", 0), Busy)
threading.Thread(target=server.serve_forever, daemon=True).start()
time.sleep = lambda seconds: None
url = f"http://127.0.0.1:{server.server_port}"
found = {"sqs": attempts("sqs", "list_queues", url), "dynamodb": attempts("dynamodb", "list_tables", url)}
server.shutdown()
print(f"{boto3.__version__}: " + ", ".join(f"{name} {count}" for name, count in found.items()))
sys.exit(found != {"sqs": 3, "dynamodb": int(sys.argv[1])})
PY
count() {  # a folder, how often DynamoDB is asked, the packages
  python3 -m venv "$work/$1"
  "$work/$1/bin/pip" -q install "${@:3}"
  "$work/$1/bin/python" "$work/count.py" "$2"
}
count before 3 boto3==1.43.106 botocore==1.43.106
count after 4 boto3==1.44.8 botocore==1.44.8
