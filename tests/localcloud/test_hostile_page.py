"""A page of another origin, in the browser of the person who runs the cloud, tries what pages can try."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote

import pytest

from tests.browser import chromium
from tests.localcloud import keys
from tests.localcloud.conftest import StandInCloud

pytestmark = pytest.mark.cloud
TEMPLATE = json.dumps({"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "hostile-stack"}}}})
PAGE = """<!doctype html><title>another site</title><body><script>
const cloud = %(cloud)s, links = %(links)s, tried = [];
const seen = (element) => new Promise((done) => {
  element.onload = element.onerror = done; setTimeout(done, 2000); document.body.append(element) });
for (const [number, link] of links.entries()) {
  for (const kind of ["img", "script", "iframe"]) {
    const element = document.createElement(kind);
    element.src = link + "&Name=hostile-" + kind + number; tried.push(seen(element));
  }
  const style = document.createElement("link");
  style.rel = "stylesheet"; style.href = link + "&Name=hostile-link" + number; tried.push(seen(style));
  for (const mode of ["no-cors", "cors"]) {
    tried.push(fetch(link + "&Name=hostile-get" + mode + number, {mode, credentials: "include"}).catch(() => 0));
    tried.push(fetch(cloud, {mode, method: "POST", body: new URLSearchParams(link.split("?")[1] + "&Name=hostile-post"
      + mode + number)}).catch(() => 0));
  }
  navigator.sendBeacon(cloud, new URLSearchParams(link.split("?")[1] + "&Name=hostile-beacon" + number));
}
for (const route of ["/_shopfast/clock", "/_shopfast/faults", "/_ministack/reset", "/hostile-bucket"])
  for (const method of ["POST", "PUT"])
    tried.push(fetch(cloud + route, {mode: method == "POST" ? "no-cors" : "cors", method, body: '{"advance": 86400}'})
      .catch(() => 0));
tried.push(fetch(cloud, {method: "POST", mode: "cors", body: '{"name": "hostile-json"}', headers: {
  "X-Amz-Target": "AmazonSQS.CreateQueue", "Content-Type": "application/x-amz-json-1.0"}}).catch(() => 0));
for (const [number, enctype] of ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"].entries()) {
  const frame = document.createElement("iframe"), form = document.createElement("form");
  frame.name = "answer" + number; document.body.append(frame);
  Object.assign(form, {method: "post", action: cloud, enctype, target: frame.name});
  for (const [name, value] of Object.entries({Action: "CreateTopic", Version: "2010-03-31", Name: "hostile-form"}))
    form.append(Object.assign(document.createElement("input"), {name, value}));
  document.body.append(form); tried.push(new Promise((done) => { frame.onload = done; setTimeout(done, 2000) }));
  form.submit();
}
Promise.allSettled(tried).then(() => document.title = "done");
</script>"""


def links(url: str) -> list[str]:
    """Calls that would make, change or delete something, as addresses."""
    stack = f"StackName=hostile-stack&TemplateBody={quote(TEMPLATE)}"
    calls = ("CreateTopic&Version=2010-03-31", f"CreateStack&Version=2010-05-15&{stack}",
             "CreateQueue&QueueName=hostile-queue", "CreateUser&Version=2010-05-08&UserName=hostile-user",
             "DeleteTopic&Version=2010-03-31&TopicArn=arn:aws:sns:us-east-1:000000000000:kept",
             "AssumeRole&Version=2011-06-15&RoleArn=arn:aws:iam::000000000000:role/r&RoleSessionName=me")  # fmt: skip
    return [f"{url}/?Action={call}" for call in calls]


@pytest.fixture
def hostile(cloud: StandInCloud) -> Iterator[str]:
    """The address of that page, on another port and by another name."""
    content = (PAGE % {"cloud": json.dumps(cloud.url), "links": json.dumps(links(cloud.url))}).encode()

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_hostile_page_changes_nothing(cloud: StandInCloud, hostile: str) -> None:
    """By image, script, frame, style, form, beacon and fetch; a signed link and an open Function URL still work."""
    sns = cloud.client("sns")
    sns.create_topic(Name="kept")
    offset = json.loads(cloud.request("/_shopfast/health")[2])["clock"]["offset"]
    cloud.function("page-function")
    path = keys.function_url(cloud.client("lambda"), "page-function")
    with chromium() as browser:
        page = browser.new_page()
        answers: list[tuple[str, str, int]] = []
        page.on("response", lambda got: answers.append((got.request.method, got.url, got.status)))
        page.goto(hostile)
        page.wait_for_function("document.title === 'done'")
        told = [(method, url, status) for method, url, status in answers if url.startswith(cloud.url)]
        assert len(told) > 20  # of others the browser tells nothing
        assert not [one for one in told if one[2] < 400 and one[0] != "OPTIONS"]
        assert page.evaluate(f"fetch({cloud.url + path!r}, {{mode: 'no-cors'}}).then(() => 'reached')") == "reached"
    health = json.loads(cloud.request("/_shopfast/health")[2])
    assert health["refused"]["foreign page"] + health["refused"]["not signed"] > 40
    assert health["clock"]["offset"] == offset
    found = json.dumps([
        sns.list_topics()["Topics"], cloud.client("sqs").list_queues().get("QueueUrls"),
        cloud.client("s3").list_buckets()["Buckets"], cloud.client("iam").list_users()["Users"],
        cloud.client("cloudformation").describe_stacks()["Stacks"]], default=str)  # fmt: skip
    assert "hostile" not in found and "kept" in found
    assert len(cloud.invocations("page-function")) == 1
