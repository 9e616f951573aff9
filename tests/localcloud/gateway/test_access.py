"""Who the door lets in: signatures of every kind, as real clients and real attackers send them."""

import datetime
import json
import os
import stat
import subprocess
import tempfile
import urllib.parse
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from shopfast_obs.localcloud.gateway import credentials
from tests.localcloud import keys
from tests.localcloud.conftest import StandInCloud, launch
from tests.localcloud.gateway.clients import CREATE, CROSS, SCOPE, signing, topics

pytestmark = pytest.mark.cloud
ADVICE = 'eval "$(shopfast-obs cloud env)"'


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
        ("GET", {"Authorization": f"AWS4-HMAC-SHA256 Credential={SCOPE}"}, None),
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


def test_the_target_is_signed(cloud: StandInCloud) -> None:
    """One that is put beside a signed request makes no other operation of it."""
    given = keys.signature(keys.keys(cloud.state), "GET", f"{cloud.url}/", "s3")
    assert keys.ask(f"{cloud.url}/", "GET", given)[0] == 200
    target = {"X-Amz-Target": "DynamoDB_20120810.ListTables"}
    assert keys.ask(f"{cloud.url}/", "GET", {**given, **target})[0] == 400


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
