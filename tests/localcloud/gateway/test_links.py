"""Addresses that are signed: who has one may do what it is for, for its time, and nothing else."""

import http.client
import http.server
import json
import queue
import re
import threading
import time

import pytest

from tests.localcloud import keys
from tests.localcloud.conftest import StandInCloud
from tests.localcloud.gateway.clients import CREATE, CROSS, FORM, SCOPE, STRANGER, signing, topics

pytestmark = pytest.mark.cloud


@pytest.mark.parametrize("operation", ["get_object", "put_object", "delete_object", "create_multipart_upload"])
@pytest.mark.parametrize("version", ["s3v4", "s3"])
def test_a_link_opens_nothing_but_what_it_is_for(cloud: StandInCloud, operation: str, version: str) -> None:
    """A target, a credential and a form that come with it are not signed, and do not make another API of it."""
    signer = signing(cloud, "s3", keys.keys(cloud.state), signature_version=version)
    link = signer.generate_presigned_url(operation, Params={"Bucket": "links", "Key": "k"})
    method = {"get": "GET", "put": "PUT", "delete": "DELETE", "create": "POST"}[operation.partition("_")[0]]
    for target in ("DynamoDB_20120810.ListTables", "Logs_20140328.DescribeLogGroups", "AWSEvents.ListRules"):
        status, _, said = keys.ask(link, method, {"X-Amz-Target": target, "Content-Type": "application/json"}, b"{}")
        assert status in (400, 403) and b"headers present in the request which were not signed" in said
    for more in ({}, STRANGER, {"Authorization": f"AWS4-HMAC-SHA256 Credential={SCOPE}"}):
        assert keys.ask(link, method, {**FORM, **more}, CREATE[2:].encode())[0] in (400, 403)
    assert "attacked" not in topics(cloud)


@pytest.mark.parametrize("version", ["s3", "s3v4"])
@pytest.mark.parametrize("key", ["plain", "a b/ü+&=?#%41.txt", "dir//x", "~-_.()*'!", "a%2Fb", "./../x"])
def test_any_key_of_s3_can_be_signed(cloud: StandInCloud, key: str, version: str) -> None:
    """Written, read, and read by a link: S3 signs the path as it is sent."""
    bucket = signing(cloud, "s3", keys.keys(cloud.state), s3={"addressing_style": "path"})
    bucket.create_bucket(Bucket="any-key")
    bucket.put_object(Bucket="any-key", Key=key, Body=b"content")
    linking = signing(cloud, "s3", keys.keys(cloud.state), signature_version=version)
    link = linking.generate_presigned_url("get_object", {"Bucket": "any-key", "Key": key})
    assert bucket.get_object(Bucket="any-key", Key=key)["Body"].read() == b"content"
    assert keys.ask(link, headers=CROSS)[2] == b"content"  # a page may show what it was given a link to


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_links_expire_and_cannot_be_changed(cloud: StandInCloud, version: str) -> None:
    """A presigned address is good for its operation, its object and its time."""
    bucket = signing(cloud, "s3", keys.keys(cloud.state), signature_version=version)
    cloud.client("s3").create_bucket(Bucket="links")
    cloud.client("s3").put_object(Bucket="links", Key="a", Body=b"a")
    link = bucket.generate_presigned_url("get_object", {"Bucket": "links", "Key": "a"}, ExpiresIn=600)
    assert keys.ask(link)[2] == b"a"
    assert keys.ask(link.replace("/links/a", "/links/b"))[0] == 403
    assert keys.ask(link, "DELETE")[0] == 403
    assert keys.ask(re.sub(r"Expires=\d+", "Expires=4102444800", link))[0] == 403
    brief = bucket.generate_presigned_url("get_object", {"Bucket": "links", "Key": "a"}, ExpiresIn=1)
    time.sleep(2.1)
    status, _, said = keys.ask(brief)
    assert status == 403 and b"Request has expired" in said
    form = "application/x-www-form-urlencoded"  # what the client of this test says of any body
    put = bucket.generate_presigned_url("put_object", {"Bucket": "links", "Key": "c", "ContentType": form})
    assert keys.ask(put, "PUT", {"Content-Type": form}, body=b"c")[0] == 200


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_a_link_to_write_reads_nothing(cloud: StandInCloud, version: str) -> None:
    """Headers of Amazon's that are not signed make a copy of another object, an open one or a redirection of it."""
    bucket = signing(cloud, "s3", keys.keys(cloud.state), signature_version=version)
    named = f"writable-{version}"
    cloud.client("s3").create_bucket(Bucket=named)
    cloud.client("s3").put_object(Bucket=named, Key="mine", Body=b"mine")
    put = bucket.generate_presigned_url("put_object", {"Bucket": named, "Key": "c", "ContentType": "text/plain"})
    for name, value in (
        ("x-amz-copy-source", f"/{named}/mine"), ("x-amz-acl", "public-read"), ("x-amz-meta-a", "b"),
        ("x-amz-website-redirect-location", "https://example.com"), ("x-amz-tagging", "a=b"),
    ):  # fmt: skip
        assert keys.ask(put, "PUT", {"Content-Type": "text/plain", name: value}, b"c")[0] == 403
    given = keys.signature(keys.keys(cloud.state), "PUT", f"{cloud.url}/{named}/c", "s3", data=b"c")
    assert keys.ask(f"{cloud.url}/{named}/c", "PUT", {**given, "x-amz-copy-source": f"/{named}/mine"}, b"c")[0] == 403
    assert [each["Key"] for each in cloud.client("s3").list_objects_v2(Bucket=named)["Contents"]] == ["mine"]
    assert keys.ask(put, "PUT", {"Content-Type": "text/plain"}, b"c")[0] == 200


def test_a_link_of_version_2_says_how_its_object_is_shown_and_written(cloud: StandInCloud) -> None:
    """boto3's links in us-east-1 have this version; they sign the answer's headers, metadata and content type."""
    bucket = signing(cloud, "s3", keys.keys(cloud.state), signature_version="s3")
    cloud.client("s3").create_bucket(Bucket="old-links")
    sent = {"Bucket": "old-links", "Key": "a", "ContentType": "text/plain", "Metadata": {"who": "me"}}
    put = bucket.generate_presigned_url("put_object", sent)
    given = {"Content-Type": "text/plain", "x-amz-meta-who": "me"}
    assert keys.ask(put, "PUT", {**given, "x-amz-meta-who": "you"}, b"a")[0] == 403
    assert keys.ask(put, "PUT", given, b"a")[0] == 200
    assert cloud.client("s3").head_object(Bucket="old-links", Key="a")["Metadata"] == {"who": "me"}
    shown = 'attachment; filename="a b.txt"'
    asked = {"Bucket": "old-links", "Key": "a", "ResponseContentDisposition": shown}
    link = bucket.generate_presigned_url("get_object", asked)
    assert keys.ask(link)[1]["content-disposition"] == shown
    assert keys.ask(link.replace("attachment", "inline"))[0] == 403


def test_the_address_of_code_is_a_link(cloud: StandInCloud) -> None:
    """GetFunction's and GetLayerVersion's, for what they name alone; nobody gets it without the signature."""
    cloud.function("linked-code")
    cloud.function("other-code")
    api = cloud.client("lambda")
    link = api.get_function(FunctionName="linked-code")["Code"]["Location"]
    assert keys.ask(link)[2].startswith(b"PK")
    assert keys.ask(link.partition("?")[0])[0] == 403
    assert keys.ask(link.replace("linked-code", "other-code"))[0] == 403
    assert keys.ask(re.sub(r"Expires=\d+", "Expires=604800", link))[0] == 403
    made = api.publish_layer_version(LayerName="linked", Content={"ZipFile": keys.ask(link)[2]})
    again = api.get_layer_version(LayerName="linked", VersionNumber=made["Version"])
    for answer in (made, again):
        assert keys.ask(answer["Content"]["Location"])[2].startswith(b"PK")


def test_a_subscription_is_confirmed_by_the_link_that_its_receiver_gets(cloud: StandInCloud) -> None:
    """Without a signature, for the token in it and nothing else, and by no page of another site."""
    got: queue.Queue[dict[str, str]] = queue.Queue()

    class Receiver(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

    with http.server.HTTPServer(("127.0.0.1", 0), Receiver) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sns = cloud.client("sns")
        topic = sns.create_topic(Name="confirmed")["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=f"http://127.0.0.1:{server.server_port}/")
        link = got.get(timeout=20)["SubscribeURL"]
        server.shutdown()

    def pending() -> bool:
        return str(sns.get_topic_attributes(TopicArn=topic)["Attributes"]["SubscriptionsPending"]) == "1"

    token = link.rpartition("=")[2]
    assert keys.ask(link, headers=CROSS)[0] == 403
    assert keys.ask(link.replace(token, "0" * 36))[0] == 400
    for other in ("Unsubscribe", "DeleteTopic", "ListTopics"):
        assert keys.ask(link.replace("ConfirmSubscription", other))[0] == 403
    assert keys.ask(f"{link}&Action=DeleteTopic")[0] == 403
    assert keys.ask(link, "POST")[0] == 403
    for host in ("confirmed.s3.localhost", "dynamodb.us-east-1.amazonaws.com"):
        assert keys.ask(link, headers={"Host": host})[0] == 403
    assert pending()
    assert keys.ask(link)[0] == 200
    assert not pending()
