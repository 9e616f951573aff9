"""Addresses that are open to people who have no keys, and that are open as that alone."""

import http.client
import http.server
import json
import urllib.parse

import pytest

from tests.localcloud import keys
from tests.localcloud.conftest import StandInCloud
from tests.localcloud.gateway.clients import CREATE, CROSS, FORM, STRANGER, topics

pytestmark = pytest.mark.cloud


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
