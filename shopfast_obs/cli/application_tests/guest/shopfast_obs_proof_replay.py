"""Calls handlers with events, each handler in a process of its own, with AWS answered from its service models, and
writes what each did: its answer or exception, and the calls that it made."""

import datetime
import hashlib
import importlib
import importlib.machinery
import io
import json
import os
import random
import re
import signal
import sys
import time
from unittest import mock

SECONDS = 20  # for all events of a handler
ASLEEP = 1800  # seconds that a handler may sleep, none of which pass: Lambda ends a function after 30 minutes
MANY = 10  # handlers
SERVICES = ("dynamodb", "s3", "sqs", "sns", "events", "stepfunctions", "lambda", "ssm")
DEPTH = 5  # of an answer made from a service model
LONG = 2000  # characters of a result that are kept as they are
PAGES = re.compile("^(next|pagination|continuation)|marker$|^lastevaluated|^lastkey", re.IGNORECASE)
PLACE = re.compile("ur[il]$|endpoint$", re.IGNORECASE)
# The states in which nobody waits for more.
DONE = (
    "SUCCEEDED",
    "Succeeded",
    "COMPLETED",
    "Completed",
    "COMPLETE",
    "FINISHED",
    "ACTIVE",
    "AVAILABLE",
    "READY",
    "Success",
)
OURS = re.compile("correlation|traceheader|^aws_?traceheader$", re.IGNORECASE)
CHANGING = (
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?(Z|[+-]\d\d:?\d\d)?"), "TIME"),
    (re.compile(r"\b\d{4}-\d\d-\d\d\b"), "DATE"),
    (re.compile(r"\b1[6-9]\d{8,17}(\.\d+)?\b"), "TIME"),  # seconds since 1970, and what follows without a point
    (re.compile(r"\b[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}\b", re.IGNORECASE), "ID"),
    (re.compile(r" at 0x[0-9a-f]+|id='\d+'"), ""),
    (re.compile(r"\b\d+\.\d{3,}\b"), "NUMBER"),
)


class Environment(type(os.environ)):
    """Every variable that a handler insists on is there; what somebody only asks for is as it is."""

    def __getitem__(self, key):
        try:
            return super().__getitem__(key)
        except KeyError:
            if key.startswith(("AWS_", "POWERTOOLS_", "_")):
                raise
            return "test"

    def __contains__(self, key):
        return self.encodekey(key) in self._data

    def get(self, key, default=None):
        return self[key] if key in self else default  # noqa: SIM401 - this is that method


class Stand:
    """Stands in for a module that the application imports and that is not installed; what libraries try for stays
    missing."""

    def find_spec(self, name, path=None, target=None):
        frame = sys._getframe(1)
        while frame is not None and "importlib" in frame.f_code.co_filename:
            frame = frame.f_back
        inside = frame is not None and frame.f_code.co_filename.startswith(os.environ["SHOPFAST_OBS_PROOF_COPY"])
        return importlib.machinery.ModuleSpec(name, self) if inside else None

    def create_module(self, spec):
        module = mock.MagicMock(name=spec.name)
        module.__path__, module.__spec__, module.__all__ = [], spec, []
        return module

    def exec_module(self, module):
        """Nothing to run."""


class Context:
    """What Lambda gives a handler."""

    function_name, function_version, memory_limit_in_mb = "test", "$LATEST", "128"
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:test"
    aws_request_id = "11111111-2222-3333-4444-555555555555"
    log_group_name, log_stream_name, identity, client_context = "/aws/lambda/test", "2026/01/01/[$LATEST]a", None, None

    def get_remaining_time_in_millis(self):
        return 30000


class Sleep:
    """`time.sleep` without waiting."""

    def __init__(self):
        self.left = ASLEEP

    def __call__(self, seconds):
        self.left -= max(float(seconds), 0.001)
        if self.left < 0:
            raise TimeoutError("Task timed out after %d seconds" % ASLEEP)


def sample(shape, depth=0, name=""):
    """A small answer of a shape of a service model."""
    if shape is None or depth > DEPTH:
        return None
    kind = shape.type_name
    if kind == "structure":
        members = shape.members.items()
        if getattr(shape, "is_tagged_union", False):
            members = list(members)[:1]
        return {name: sample(each, depth + 1, name) for name, each in members if not PAGES.search(name)}
    if kind == "list":
        return [sample(shape.member, depth + 1)]
    if kind == "map":
        return {"key": sample(shape.value, depth + 1)}
    plain = {
        "blob": b'{"n": 1}',
        "boolean": False,
        "timestamp": datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc),
    }
    plain.update(dict.fromkeys(("integer", "long", "float", "double"), 1))
    if kind in plain:
        return plain[kind]
    allowed = getattr(shape, "enum", None) or ["https://test.example" if PLACE.search(name) else "text"]
    return next((value for value in DONE if value in allowed), allowed[0])


def fake(calls):
    """AWS, for botocore: every call is written down and answered."""
    try:
        from botocore import client, response
    except ImportError:
        return

    def make_request(self, operation_model, request_dict, request_context):
        body = request_dict.get("body")
        calls.append([self.meta.service_model.service_name, operation_model.name, request_dict.get("url_path"),
                      stripped(request_dict.get("query_string")), stripped(decoded(body))])  # fmt: skip
        parsed = sample(operation_model.output_shape) or {}
        if operation_model.has_streaming_output:
            name = operation_model.output_shape.serialization.get("payload")
            parsed[name] = response.StreamingBody(io.BytesIO(b'{"n": 1}'), 8)
        parsed["ResponseMetadata"] = {"HTTPStatusCode": 200, "HTTPHeaders": {}, "RequestId": "r", "RetryAttempts": 0}
        return mock.Mock(status_code=200, headers={}), parsed

    client.BaseClient._make_request = make_request


def decoded(body):
    """The body as a value."""
    if hasattr(body, "read"):
        body = body.read()
    if isinstance(body, (bytes, bytearray)):
        body = bytes(body).decode("utf-8", "replace")
    if isinstance(body, str) and body[:1] in "{[":
        try:
            return json.loads(body)
        except ValueError:
            return body
    return body


def stripped(value):
    """A value without what carries a correlation id beside the payload."""
    if isinstance(value, dict):
        ours = {key.rpartition(".")[0] for key, name in value.items() if isinstance(key, str) and key.endswith(".Name")
                and OURS.search(str(name))}  # fmt: skip
        kept = {
            key: stripped(each)
            for key, each in value.items()
            if not OURS.search(str(key)) and not any(str(key).startswith(name + ".") for name in ours)
        }
        return {key: each for key, each in kept.items() if key != "MessageAttributes" or each}
    if isinstance(value, list):
        return [stripped(each) for each in value]
    return value


def settled(value):
    """A value as text, without what differs from run to run."""
    text = json.dumps(value, default=repr, sort_keys=True)
    for pattern, name in CHANGING:
        text = pattern.sub(name, text)
    if len(text) > LONG:
        digest = hashlib.sha256(text.encode()).hexdigest()
        text = text[:LONG] + " " + digest
    return text


def imported(path, root):
    """The module of a file, imported as its siblings import it."""
    folder, names = os.path.dirname(path), [os.path.splitext(os.path.basename(path))[0]]
    near = folder
    while os.path.exists(os.path.join(folder, "__init__.py")) and folder != root:
        names.insert(0, os.path.basename(folder))
        folder = os.path.dirname(folder)
    above = []
    while near.startswith(root) and near != root:
        above.append(near)
        near = os.path.dirname(near)
    sys.path[:0] = [folder, *above, root]
    return importlib.import_module(".".join(names))


def outcomes(task, root):
    """What the handler did, by event."""
    calls = []
    fake(calls)
    os.environ.__class__ = Environment
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    os.environ.setdefault("AWS_REGION", os.environ["AWS_DEFAULT_REGION"])
    os.environ.setdefault("POWERTOOLS_TRACE_DISABLED", "1")
    sys.meta_path.append(Stand())
    random.seed(0)
    time.sleep = Sleep()
    try:
        module = imported(os.path.join(root, task["file"]), root)
        handler = module
        for name in task["handler"].split("."):
            handler = getattr(handler, name)
    except BaseException as problem:  # whatever it raises is the result
        for name in task["events"]:
            yield name, settled(["import", type(problem).__name__, str(problem)])
        return
    for name, event in task["events"].items():
        random.seed(0)
        time.sleep = Sleep()
        calls.clear()
        try:
            did = ["answer", handler(json.loads(json.dumps(event)), Context())]
        except BaseException as problem:
            did = ["raised", type(problem).__name__, str(problem)]
        yield name, settled([*did, calls])


def child(task, root, writer):
    """Run one handler, and write its results."""
    signal.alarm(SECONDS)
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    for name, outcome in outcomes(task, root):
        line = json.dumps(["%s:%s [%s]" % (task["file"], task["handler"], name), outcome]) + "\n"
        os.write(writer, line.encode())


def preload(many):
    """What nearly every handler imports, once for all of them; for many also the models of the services that they
    mostly call."""
    for name in ("boto3", "botocore.client", "botocore.response", "botocore.session"):
        try:
            importlib.import_module(name)
        except ImportError:
            return
    from botocore import loaders, session

    read, known = loaders.JSONFileLoader.load_file, {}

    def load_file(self, path):
        if path not in known:
            known[path] = read(self, path)
        return known[path]

    loaders.JSONFileLoader.load_file = load_file
    for name in SERVICES if many else ():
        session.Session().create_client(name, "us-east-1")


def main():
    """Run what the file of tasks says, one handler after the other."""
    root = os.environ["SHOPFAST_OBS_PROOF_COPY"]
    with open(sys.argv[1], encoding="utf-8") as file:
        tasks = json.load(file)
    preload(len(tasks) >= MANY)
    results = os.open(os.environ["SHOPFAST_OBS_PROOF_RESULTS"], os.O_WRONLY | os.O_APPEND)
    for task in tasks:
        pid = os.fork()
        if pid == 0:
            try:
                child(task, root, results)
            finally:
                os._exit(0)
        os.waitpid(pid, 0)


if __name__ == "__main__":
    main()
