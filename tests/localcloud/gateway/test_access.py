"""Who the door lets in: signatures of every kind, as real clients and real attackers send them."""

from __future__ import annotations

import datetime
import http.client
import http.server
import json
import os
import queue
import re
import stat
import subprocess
import tempfile
import threading
import time
import urllib.parse
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from shopfast_obs.localcloud.gateway import credentials
from tests.localcloud import keys
from tests.localcloud.conftest import StandInCloud, launch

pytestmark = pytest.mark.cloud
SCOPE = "000000000000/20261130/us-east-1/sns/aws4_request"
ADVICE = 'eval "$(shopfast-obs cloud env)"'
CROSS = {"Sec-Fetch-Site": "cross-site"}
CREATE = "/?Action=CreateTopic&Name=attacked&Version=2010-03-31"


def signing(cloud: StandInCloud, service: str, given: credentials.Keys, **config: Any) -> Any:
    """A client with these keys."""
    made = Config(**{"retries": {"total_max_attempts": 1}, **config})
    return boto3.client(service, endpoint_url=cloud.url, region_name="us-east-1", config=made, **keys.arguments(given))


def topics(cloud: StandInCloud) -> str:
    """The names of all topics."""
    return json.dumps(cloud.client("sns").list_topics()["Topics"])


@pytest.mark.parametrize(
    ("service", "call", "unknown", "wrong"),
    [
        ("sns", "list_topics", "InvalidClientTokenId", "SignatureDoesNotMatch"),
        ("dynamodb", "list_tables", "UnrecognizedClientException", "InvalidSignatureException"),
        ("lambda", "list_functions", "UnrecognizedClientException", "InvalidSignatureException"),
        ("s3", "list_buckets", "InvalidAccessKeyId", "SignatureDoesNotMatch"),
        ("ec2", "describe_vpcs", "InvalidClientTokenId", "SignatureDoesNotMatch"),
        ("cloudwatch", "describe_alarms", "UnrecognizedClientException", "InvalidSignatureException"),
    ],
)
def test_each_protocol_says_it_as_aws_does(
    cloud: StandInCloud, service: str, call: str, unknown: str, wrong: str
) -> None:
    """Constants are strangers, a wrong secret is a wrong signature; both name the way in."""
    getattr(cloud.client(service), call)()
    for given, code in ((credentials.Keys("test", "test"), unknown), (credentials.Keys("0" * 12, "local"), wrong)):
        with pytest.raises(ClientError) as refused:
            getattr(signing(cloud, service, given), call)()
        assert refused.value.response["Error"]["Code"] == code
        assert ADVICE in refused.value.response["Error"]["Message"]


@pytest.mark.parametrize(
    ("method", "headers", "body"),
    [
        ("GET", {}, None),
        ("GET", CROSS, None),
        ("POST", {"Content-Type": "application/x-www-form-urlencoded"}, b"Action=CreateTopic&Name=attacked"),
        ("POST", {"Content-Type": "text/plain", **CROSS}, b"Action=CreateTopic&Name=attacked"),
        (
            "GET",
            {"Authorization": f"AWS4-HMAC-SHA256 Credential={SCOPE}"},
            None,
        ),
        ("GET", {"Authorization": "Bearer x"}, None),
        ("GET", {"Authorization": "AWS 000000000000:abc="}, None),
    ],
)
def test_nothing_happens_without_a_signature(
    cloud: StandInCloud, method: str, headers: dict[str, str], body: bytes | None
) -> None:
    """Neither by a link nor by a form, nor with half of one."""
    status, _, said = cloud.request(CREATE, method, headers, body)
    assert 400 <= status < 404 and ADVICE.encode() in said
    assert "attacked" not in topics(cloud)


FORM = {"Content-Type": "application/x-www-form-urlencoded"}
STRANGER = {"Authorization": f"Basic Credential={SCOPE}"}


@pytest.mark.parametrize("more", [{"X-Api-Key": "k"}, STRANGER, {**STRANGER, "X-Api-Key": "k"}])
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/v1/apis/none/graphql"), ("POST", "/login"), ("GET", "/nobody/.well-known/jwks.json"), ("OPTIONS", "/")],
)
def test_no_open_path_leads_to_another_api(cloud: StandInCloud, method: str, path: str, more: dict[str, str]) -> None:
    """What is open to everybody is open as that alone: no form and no credential makes another API of it."""
    hosts = ("localhost", "none.appsync-api.us-east-1.localhost", "none.cloudfront.localhost", "none.alb.localhost")
    for host in hosts:
        given = {**FORM, **more, "Host": host, "Access-Control-Request-Method": "POST"}
        keys.ask(cloud.url + path, method, given, CREATE[2:].encode())
    assert "attacked" not in topics(cloud)


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


def test_the_target_is_signed(cloud: StandInCloud) -> None:
    """One that is put beside a signed request makes no other operation of it."""
    given = keys.signature(keys.keys(cloud.state), "GET", f"{cloud.url}/", "s3")
    assert keys.ask(f"{cloud.url}/", "GET", given)[0] == 200
    target = {"X-Amz-Target": "DynamoDB_20120810.ListTables"}
    assert keys.ask(f"{cloud.url}/", "GET", {**given, **target})[0] == 400


def test_the_back_of_a_websocket_api_is_not_open(cloud: StandInCloud) -> None:
    """Who posts to somebody else's connection signs, whatever the API's routes ask for."""
    api = cloud.client("apigatewayv2").create_api(Name="chat", ProtocolType="WEBSOCKET")["ApiId"]
    cloud.client("apigatewayv2").create_stage(ApiId=api, StageName="prod")
    for path in (f"/_aws/execute-api/{api}/prod/@connections/a", f"/restapis/{api}/prod/_user_request_/@connections/a"):
        assert cloud.request(path, "POST", body=b"x")[0] == 403
        signed = keys.signature(keys.keys(cloud.state), "POST", cloud.url + path, "execute-api", data=b"x")
        assert keys.ask(cloud.url + path, "POST", signed, b"x")[0] == 410


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_foreign_page_is_refused_even_with_a_signature(cloud: StandInCloud, site: str) -> None:
    """What a browser says of the request is believed before what the page says."""
    given = keys.signature(keys.keys(cloud.state), "GET", cloud.url + CREATE, "sns", headers={"Sec-Fetch-Site": site})
    assert cloud.request(CREATE, headers=given)[0] == 403
    for path in ("/_shopfast/health", "/_shopfast/faults"):
        assert cloud.request(path, headers={"Sec-Fetch-Site": site})[0] == 403
    assert "attacked" not in topics(cloud)


@pytest.mark.parametrize("path", ["/_shopfast/health", "/_ministack/reset", "/_ministack/config", "/latest/meta-data/"])
@pytest.mark.parametrize("host", ["localhost", "x1.lambda-url.us-east-1.localhost", "d1.cloudfront.localhost"])
def test_control_routes_need_a_proof_under_any_name(cloud: StandInCloud, path: str, host: str) -> None:
    """A page's name does not make a control route a page."""
    for method in ("GET", "POST"):
        assert keys.ask(cloud.url + path, method, {"Host": host}, b"{}" if method == "POST" else None)[0] in (403, 404)
    assert keys.ask(cloud.url + path, "POST", {"Host": "localhost"}, b"{}")[0] == 403


def test_a_body_is_signed_too(cloud: StandInCloud) -> None:
    """One that was changed on its way is refused, whether its digest is sent or computed."""
    address = cloud.url + "/"
    mine = keys.keys(cloud.state)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    body = b"Action=CreateTopic&Name=attacked&Version=2010-03-31"
    given = keys.signature(mine, "POST", address, "sns", headers=form, data=body.replace(b"attacked", b"harmless"))
    assert keys.ask(address, "POST", given, body)[0] == 403
    bucket = cloud.client("s3")
    bucket.create_bucket(Bucket="signed-bodies")
    link = f"{cloud.url}/signed-bodies/key"
    digest = "0" * 64
    given = keys.signature(mine, "PUT", link, "s3", headers={"X-Amz-Content-SHA256": digest}, data=b"x")
    assert keys.ask(link, "PUT", given, b"x")[0] == 403
    assert "Contents" not in bucket.list_objects_v2(Bucket="signed-bodies")
    assert "attacked" not in topics(cloud)


def test_an_old_signature_is_refused(cloud: StandInCloud) -> None:
    """After 15 minutes for SNS; the clock is this machine's, whatever a drill did to the cloud's."""
    cloud.request("/_shopfast/clock", "POST", body=b'{"advance": 86400}')
    assert "Topics" in cloud.client("sns").list_topics()
    address = f"{cloud.url}/?Action=ListTopics&Version=2010-03-31"
    given = keys.signature(keys.keys(cloud.state), "GET", address, "sns")
    day = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    given["X-Amz-Date"] = day.strftime("%Y%m%dT%H%M%SZ")
    assert b"Signature expired" in keys.ask(address, headers=given)[2]


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


def shake(cloud: StandInCloud, path: str, headers: dict[str, str]) -> int:
    """The status of a request to open a WebSocket; 101 opens it."""
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(cloud.url).netloc, timeout=20)
    asked = {
        "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }  # fmt: skip
    connection.request("GET", path, headers={**asked, **headers})
    try:
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_websocket_is_opened_by_no_foreign_page(cloud: StandInCloud) -> None:
    """A stage is open to programs and to pages of this machine; an address that is no stage has to be signed."""
    api = cloud.client("apigatewayv2")
    made = api.create_api(Name="ws", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action")["ApiId"]
    api.create_stage(ApiId=made, StageName="live", AutoDeploy=True)
    stage = {"Host": f"{made}.execute-api.localhost"}
    assert shake(cloud, "/live", stage) == 101
    assert shake(cloud, "/live", {**stage, "Origin": "http://localhost:5173"}) == 101
    for origin in ("https://example.com", "http://localhost.example.com", "null"):
        assert shake(cloud, "/live", {**stage, "Origin": origin}) == 403
    assert shake(cloud, "/live", {"Host": "example.com"}) == 403
    assert shake(cloud, "/", {}) == 403


def test_streamed_chunks_are_signed(cloud: StandInCloud) -> None:
    """aws-chunked with a signature for each chunk, and with trailers that are not signed."""
    bucket = cloud.client("s3")
    bucket.create_bucket(Bucket="chunked")
    address, body = f"{cloud.url}/chunked/key", b"3\r\nabc\r\n0\r\nx-amz-checksum-crc32:NSRBwg==\r\n\r\n"
    headers = {
        "X-Amz-Content-SHA256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "Content-Encoding": "aws-chunked",
        "X-Amz-Decoded-Content-Length": "3", "X-Amz-Trailer": "x-amz-checksum-crc32",
    }  # fmt: skip
    given = keys.signature(keys.keys(cloud.state), "PUT", address, "s3", headers=headers, data=body)
    assert keys.ask(address, "PUT", given, body)[0] == 200
    assert bucket.get_object(Bucket="chunked", Key="key")["Body"].read() == b"abc"
    forged = b"3;chunk-signature=" + b"0" * 64 + b"\r\nxyz\r\n0;chunk-signature=" + b"0" * 64 + b"\r\n\r\n"
    for kind in ("HMAC-SHA256", "ECDSA-P256-SHA256"):
        headers["X-Amz-Content-SHA256"] = f"STREAMING-AWS4-{kind}-PAYLOAD"
        given = keys.signature(keys.keys(cloud.state), "PUT", address, "s3", headers=headers, data=forged)
        assert keys.ask(address, "PUT", given, forged)[0] in (400, 403)
    assert bucket.get_object(Bucket="chunked", Key="key")["Body"].read() == b"abc"


def test_keys_that_this_cloud_gives_out_are_known(cloud: StandInCloud) -> None:
    """A role's session in its own account, and a user's access keys as long as they are active."""
    sts = cloud.client("sts")
    given = sts.assume_role(RoleArn="arn:aws:iam::111122223333:role/deploy", RoleSessionName="me")["Credentials"]
    session = credentials.Keys(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    signing(cloud, "sns", session).create_topic(Name="of-the-role")
    other = signing(cloud, "sns", keys.keys(cloud.state, "111122223333"))
    assert "of-the-role" in json.dumps(other.list_topics()) and "of-the-role" not in topics(cloud)
    for bad in (credentials.Keys(session.access_key_id, session.secret_access_key, "wrong"),
                credentials.Keys(session.access_key_id, "wrong", session.token)):  # fmt: skip
        with pytest.raises(ClientError):
            signing(cloud, "sns", bad).list_topics()
    iam = cloud.client("iam")
    iam.create_user(UserName="u")
    made = iam.create_access_key(UserName="u")["AccessKey"]
    user = signing(cloud, "sns", credentials.Keys(made["AccessKeyId"], made["SecretAccessKey"]))
    assert "Topics" in user.list_topics()
    iam.update_access_key(UserName="u", AccessKeyId=made["AccessKeyId"], Status="Inactive")
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        user.list_topics()


def test_an_identity_that_cannot_be_checked_gets_no_keys(cloud: StandInCloud) -> None:
    """AWS asks the identity provider; here anybody's word would open the whole cloud."""
    web = "/?Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleSessionName=me&WebIdentityToken=x"
    status, _, said = cloud.request(web + "&RoleArn=" + urllib.parse.quote("arn:aws:iam::000000000000:role/r"))
    assert status == 403 and b"AccessKeyId" not in said
    target = {"X-Amz-Target": "AWSCognitoIdentityService.GetId", "Content-Type": "application/x-amz-json-1.1"}
    assert cloud.request("/", "POST", target, b'{"IdentityPoolId": "us-east-1:x"}')[0] == 400


def test_a_user_pool_serves_people_who_have_not_signed_in(cloud: StandInCloud) -> None:
    """Its open operations need no signature, the others do, and no path makes another API of them."""
    pool = cloud.client("cognito-idp").create_user_pool(PoolName="shop")["UserPool"]["Id"]
    made = cloud.client("cognito-idp").create_user_pool_client(UserPoolId=pool, ClientName="page")
    content = {"Content-Type": "application/x-amz-json-1.1"}
    body = json.dumps({"ClientId": made["UserPoolClient"]["ClientId"], "Username": "u", "Password": "Passw0rd!"})
    open_one = {**content, "X-Amz-Target": "AWSCognitoIdentityProviderService.SignUp", **CROSS}
    assert b"UserSub" in cloud.request("/", "POST", open_one, body.encode())[2]
    closed = {**content, "X-Amz-Target": "AWSCognitoIdentityProviderService.ListUserPools"}
    assert cloud.request("/", "POST", closed, b'{"MaxResults": 1}')[0] == 400
    assert cloud.request(f"/{pool}/.well-known/jwks.json")[0] == 200
    assert cloud.request("/_ministack/reset", "POST", open_one, body.encode())[0] in (400, 403)
    cloud.client("s3").create_bucket(Bucket="nopool")
    cloud.client("s3").put_object(Bucket="nopool", Key=".well-known/jwks.json", Body=b"private")
    assert cloud.request("/nopool/.well-known/jwks.json")[0] == 403


def test_an_object_is_public_when_its_bucket_says_so(cloud: StandInCloud) -> None:
    """Only what the policy names, and only to read."""
    bucket = cloud.client("s3")
    bucket.create_bucket(Bucket="public")
    for key in ("open/a", "b"):
        bucket.put_object(Bucket="public", Key=key, Body=b"content")
    assert cloud.request("/public/open/a")[0] == 403
    bucket.delete_public_access_block(Bucket="public")
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::public/open/*",
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    bucket.put_bucket_policy(Bucket="public", Policy=json.dumps(policy))
    assert cloud.request("/public/open/a", headers=CROSS)[2] == b"content"
    for closed in (
        "/public/b",
        "/public",
        "/public/open/a?acl=",
        "/public/open/a?tagging",
        "/public/open/a?versionId=1",
    ):
        assert cloud.request(closed)[0] == 403
    assert cloud.request("/public/open/a?v=3")[2] == b"content"
    everything = {**statement, "Resource": "arn:aws:s3:::public/*"}
    bucket.put_bucket_policy(Bucket="public", Policy=json.dumps({**policy, "Statement": [everything]}))
    for host in ("public.s3.localhost", "public.s3-website.localhost"):
        assert cloud.request("/b", headers={"Host": host})[2] == b"content"
        for asked in ("", "?list-type=2", "?versions", "?policy", "?notification", "?analytics"):
            assert cloud.request(f"/{asked}", headers={"Host": host})[0] == 403
    for path in ("/_ministack/sqs/messages", "/iceberg/v1/catalogs/x/namespaces", "/v2/_catalog", "/v2/blobs/x"):
        assert cloud.request(path, headers={"Host": "public.s3.localhost"})[0] == 403
    assert cloud.request("/public/open/a", "DELETE")[0] == 403
    assert cloud.request("/public/open/a?Action=CreateTopic&Name=attacked")[0] == 403


def test_a_function_url_asks_what_awss_asks(cloud: StandInCloud) -> None:
    """Both permissions for everybody, a signature for AWS_IAM; any page may call an open one."""
    api = cloud.client("lambda")
    for name in ("open-url", "half-url", "signed-url"):
        cloud.function(name)
    path = keys.function_url(api, "open-url")
    assert cloud.request(path, headers=CROSS)[0] == 200
    url = api.create_function_url_config(FunctionName="half-url", AuthType="NONE")["FunctionUrl"]
    half = f"/_aws/lambda-url/{url.removeprefix('https://').partition('.')[0]}/"
    one = {"FunctionName": "half-url", "StatementId": "url", "Action": "lambda:InvokeFunctionUrl", "Principal": "*"}
    for _ in range(2):
        status, headers, said = cloud.request(half)
        assert (status, headers["x-amzn-errortype"]) == (403, "AccessDeniedException") and b"urls-auth" in said
        if not cloud.invocations("half-url") and _ == 0:
            api.add_permission(**one, FunctionUrlAuthType="NONE")
    assert cloud.invocations("half-url") == []
    url = api.create_function_url_config(FunctionName="signed-url", AuthType="AWS_IAM")["FunctionUrl"]
    signed = f"{cloud.url}/_aws/lambda-url/{url.removeprefix('https://').partition('.')[0]}/"
    assert keys.ask(signed)[0] == 403
    assert keys.ask(signed, headers={"Authorization": "AWS4-HMAC-SHA256 x"})[0] == 400
    assert keys.ask(signed, headers=keys.signature(keys.keys(cloud.state), "GET", signed, "lambda"))[0] == 200


def test_functions_have_a_session_of_their_own(cloud: StandInCloud) -> None:
    """It opens the APIs, and is neither the secret of the state folder nor good without its token."""
    known = credentials.load(cloud.state)
    assert known is not None
    session = known.session()
    assert "Topics" in signing(cloud, "sns", session).list_topics()
    assert session.secret_access_key != known.keys().secret_access_key
    for token in ("", "other"):
        with pytest.raises(ClientError):
            signing(cloud, "sns", credentials.Keys("0" * 12, session.secret_access_key, token)).list_topics()


def test_who_was_refused_is_counted_and_written(cloud: StandInCloud) -> None:
    """In the health that `cloud status` shows, and a line of each reason in the log."""

    def count() -> int:
        return int(json.loads(cloud.request("/_shopfast/health")[2])["refused"].get("not signed", 0))

    before = count()
    for _ in range(20):
        cloud.request("/?Action=ListTopics")
    assert count() == before + 20
    lines = (cloud.state / "cloud.log").read_text().splitlines()
    assert 1 <= sum("not signed" in line for line in lines) < 10


def test_another_user_of_the_machine_is_refused(tmp_path: Path) -> None:
    """The state folder is 0700, every file in it 0600, and a process of another user reads none of it."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # so that the state folder itself must refuse
        running = launch(Path(folder) / "state")
        try:
            running.client("sns").create_topic(Name="t")
            assert stat.S_IMODE(running.state.stat().st_mode) == 0o700
            modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in running.state.rglob("*") if p.is_file()}
            assert modes and not {name for name, mode in modes.items() if mode & 0o077}
            if os.geteuid() != 0:
                pytest.skip("only root can become another user: the modes are right, the refusal was not tried")
            for command in ("ls", str(running.state)), ("cat", str(running.state / "credentials")):
                done = subprocess.run(command, user=65534, group=65534, extra_groups=[], capture_output=True, text=True,
                                      cwd="/", check=False)  # fmt: skip
                assert done.returncode and "ermission" in done.stderr
        finally:
            from shopfast_obs.localcloud import process

            process.stop(running.state)
