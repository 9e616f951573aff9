"""Secrets that must go and look-alikes that must stay. Every value is made up when this runs, from parts: nothing here is
a secret, and nothing here looks like one to whoever scans this repository."""

import base64
import gzip
import json
import random
import re
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

ALNUM = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
UPPER = string.ascii_uppercase + string.digits
BASE64 = ALNUM + "+/"


@dataclass(frozen=True, slots=True)
class Form:
    """A text, and what of it must not be written."""

    name: str
    text: str
    secrets: tuple[str, ...]


class Maker:
    """Made-up values, the same for the same seed."""

    def __init__(self, seed: int = 7) -> None:
        self.random = random.Random(seed)

    def of(self, letters: str, length: int) -> str:
        """So many letters, of which some are digits where there can be some."""
        made = "".join(self.random.choice(letters) for _ in range(length - 2))
        return f"{made[: length // 2]}{'7' if '7' in letters else ''}{made[length // 2 :]}{letters[0]}"

    def password(self) -> str:
        """What a person or a generator chooses: `kestrel41-Bay`."""
        words = self.random.sample(
            ["kestrel", "Lantern", "mossy", "Cobalt", "juniper", "Harbor", "velvet", "thistle"], 2
        )
        return f"{words[0]}{self.random.randint(10, 99)}-{words[1]}"

    def key(self) -> str:
        """The body of a key, in lines of 64."""
        return "\n".join(
            [
                f"MIIEpAIBAAKCAQEA{self.of(BASE64, 48)}",
                *(self.of(BASE64, 64) for _ in range(4)),
                f"{self.of(BASE64, 40)}==",
            ]
        )

    def uuid(self) -> str:
        """A UUID."""
        return "-".join(self.of(HEX, n) for n in (8, 4, 4, 4, 12))


def b64(text: str) -> str:
    """Base64 of a text."""
    return base64.b64encode(text.encode()).decode()


def jwt(make: Maker) -> str:
    """A JSON web token that nobody signed."""
    head, body = ('{"alg":"HS256","typ":"JWT"}', '{"sub":"1234567890","iat":1516239022}')
    return ".".join((b64(head).rstrip("="), b64(body).rstrip("="), make.of(ALNUM, 43)))


def _named(make: Maker) -> Iterator[tuple[str, str, str]]:
    """Name, template with P in the place of the secret."""
    for template in (
        "DB_PASSWORD=P", "dbPassword: P", "SECRET_TOKEN=P", "run.sh --password P --verbose", "--db-password=P", "pwd=P", "passphrase: P",
        "MYSQL_ROOT_PASSWORD=P", 'password = "P"', "{'password': 'P', 'x': 1}", '{"password":"P"}', r'{"body":"{\"password\":\"P\"}"}',
        r'{"a":"{\"body\":\"{\\\"dbPassword\\\":\\\"P\\\"}\"}"}', "Config(host='h', password='P', port=1)", "<Password>P</Password>",
        '<add key="DbPassword" value="P"/>', '<wsse:Password Type="x#PasswordText">P</wsse:Password>', '<property name="password">P</property>',
        "Server=db;Database=shop;User Id=sa;Password=P;Encrypt=true", "host=db port=5432 user=app password=P dbname=x",
        '{"Key":"Password","Value":"P"}', '{"Name": "DB_PASSWORD", "Value": "P"}', '{"ParameterKey": "DbPassword", "ParameterValue": "P"}',
        "ParameterKey=DbPassword,ParameterValue=P", '{"Value": "P", "Name": "MasterUserPassword"}', "- name: DB_PASSWORD\n  value: P",
        "environ({'PATH': '/usr/bin', 'DB_PASSWORD': 'P'})", "PATH=/usr/bin\nDB_PASSWORD=P\nHOME=/root", "db:\n  user: app\n  password: P\n  port: 1",
        '{"password": {"S": "P"}}', '["password", "P"]', "('db_password', 'P')", '["--password", "P"]', "user%3Dbob%26password%3DP", "%7B%22password%22%3A%22P%22%7D",
        "{&quot;password&quot;:&quot;P&quot;}", r"{\u0022password\u0022:\u0022P\u0022}", "spring.datasource.password=P", "user.passwd := P", "password => P",
        "login failed with password P for bob", "the password is P", "curl -u admin:P https://shop.example", "export DB_PASS='P'", "INFO user=bob password=P status=401",
        "password: |\n  P", "adminPassword123=P", "SMTP_PASS=P", "client_secret=P&grant_type=client_credentials", '{"masterPassword" : "P"}', "Passwort: P", "RABBITMQ_DEFAULT_PASS=P",
        "db_password\tP", "<key>DB_PASSWORD</key><string>P</string>", "User(name='x', hashed_password='P')", "password=SecretStr('P')",
        "mysql -h db -u app -pP shop", "PGPASSWORD=P psql -h db", "sshpass -p 'P' ssh host", "redis-cli -a P ping", "identified by 'P'",
    ):  # fmt: skip
        yield template, template, make.password()
    for scheme in ("mysql+pymysql://app:P@db/shop", "redis://:P@cache:6379/0", "amqps://app:P@mq:5671/%2f", "mongodb+srv://app:P@c0.mongodb.net/x",
                   "postgres://app:P@db.example:5432/shop?sslmode=require", "https://bob:P@shop.example/x", "jdbc:postgresql://app:P@db/x",
                   "smtp://a%40b.example:P@mail:587", '{"url":"postgresql:\\/\\/app:P@db\\/x"}'):  # fmt: skip
        yield scheme, scheme, make.password()
    yield "URL with / in it", "postgres://app:P@db/shop", f"{make.password()}/x9#{make.of(ALNUM, 6)}"
    yield "URL with @ in it", "postgres://app:P@db/shop", f"{make.password()}@{make.of(ALNUM, 6)}"


def _random(make: Maker) -> Iterator[tuple[str, str]]:
    """Template with P in the place of a random value of 40 characters."""
    for template in (
        "aws_secret_access_key=P", "AWS_SECRET_ACCESS_KEY=P", "aws_session_token = P", "DD_API_KEY=P", "DATADOG_APP_KEY: P", "x-api-key: P", '"x-api-key": "P"',
        "apiKey=P", '{"headers": {"X-Api-Key": ["P"]}}', "Authorization: Bearer P", "Authorization: Custom P", "authorization: P", '"Authorization": "Token P"',
        "Authorization: Digest username=\"bob\", realm=\"x\", nonce=\"1\", response=\"P\"", '[["authorization", "Bearer P"], ["host", "x"]]', "(b'authorization', b'Bearer P')",
        "Authorization: AWS4-HMAC-SHA256 Credential=x/20260101/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=P",
        "Proxy-Authorization: Basic P", "X-Amz-Security-Token: P", "Cookie: theme=dark; session=P", "Set-Cookie: sid=P; Path=/; HttpOnly", '{"cookies": ["lang=en", "sid=P"]}',
        "GET /o?X-Amz-Signature=P&X-Amz-Expires=60", "GET /o?X-Amz-Security-Token=P&x=1", "https://a.blob.core.windows.net/c?sv=2024&sig=P", "GET /cb?code=P&state=1",
        "GET /x?token=P", "GET /x?key=P", "GET /saml?SAMLResponse=P", "https://a.example/cb#access_token=P&token_type=bearer", "AccountName=x;AccountKey=P;EndpointSuffix=core.windows.net",
        "Endpoint=sb://x/;SharedAccessKeyName=root;SharedAccessKey=P", '{"Credentials":{"SecretAccessKey":"P","SessionToken":"x"}}', '{"refresh_token": "P"}', "id_token=P",
        "clientSecret: P", "STRIPE_WEBHOOK_SECRET=P", "API key: P", "using api key P", "signing_key: P", "access token: P", "X-Auth-Token: P", "X-Vault-Token: P",
        '{"name":"Authorization","value":"Bearer P"}', "OPENAI_API_KEY=P", "encryption_key=P", "X-CSRF-Token: P", "bearer P", '"auth": "P"', "JSESSIONID=P", "private_key_id=1 private_key=P",
    ):  # fmt: skip
        yield template, make.of(ALNUM, 40)


def _issued(make: Maker) -> Iterator[tuple[str, str]]:
    of = make.of
    yield "AWS access key", "AK" + "IA" + of(UPPER, 16)
    yield "AWS temporary key", "AS" + "IA" + of(UPPER, 16)
    yield "AWS session token", "IQoJb3Jp" + "Z2lu" + of(BASE64, 200)
    yield "GitHub", "gh" + "p_" + of(ALNUM, 36)
    yield "GitHub fine-grained", "github" + "_pat_" + of(ALNUM, 22) + "_" + of(ALNUM, 59)
    yield "GitLab", "gl" + "pat-" + of(ALNUM, 20)
    yield "Slack bot", "xo" + f"xb-{of('123456789', 11)}-{of('123456789', 12)}-" + of(ALNUM, 24)
    yield "Slack webhook", "T" + of(UPPER, 9) + "/B" + of(UPPER, 9) + "/" + of(ALNUM, 24)
    yield "Stripe", "sk" + "_live_" + of(ALNUM, 24)
    yield "Stripe restricted", "rk" + "_live_" + of(ALNUM, 24)
    yield "Google API", "AI" + "za" + of(ALNUM, 35)
    yield "Google OAuth", "ya" + "29." + of(ALNUM, 60)
    yield "Google client secret", "GOC" + "SPX-" + of(ALNUM, 28)
    yield "npm", "np" + "m_" + of(ALNUM, 36)
    yield "PyPI", "py" + "pi-AgEI" + of(ALNUM, 80)
    yield "OpenAI", "s" + "k-" + of(ALNUM, 48)
    yield "OpenAI project", "s" + "k-proj-" + of(ALNUM, 60)
    yield "Anthropic", "s" + "k-ant-api03-" + of(ALNUM, 80)
    yield "SendGrid", "S" + "G." + of(ALNUM, 22) + "." + of(ALNUM, 43)
    yield "Twilio", "S" + "K" + of(HEX, 32)
    yield "DigitalOcean", "do" + "p_v1_" + of(HEX, 64)
    yield "Hugging Face", "h" + "f_" + of(string.ascii_letters, 34)
    yield "Vault", "hv" + "s." + of(ALNUM, 24)
    yield "New Relic", "NR" + "AK-" + of(UPPER, 27)
    yield "Telegram", of("123456789", 10) + ":A" + "A" + of(ALNUM, 33)
    yield "Mailgun", "ke" + "y-" + of(HEX, 32)
    yield "Shopify", "sh" + "pat_" + of(HEX, 32)
    yield "Atlassian", "AT" + "ATT3xFfGF0" + of(ALNUM, 60)
    yield "Linear", "lin" + "_api_" + of(ALNUM, 40)
    yield "Terraform", of(ALNUM, 14) + ".atlas" + "v1." + of(ALNUM, 60)
    yield "age", "AGE-SECRET" + "-KEY-1" + of(UPPER, 58)
    yield "JSON web token", jwt(make)
    yield "Brevo", "xkey" + "sib-" + of(HEX, 64) + "-" + of(ALNUM, 16)
    yield "bcrypt", "$2" + "b$12$" + of(ALNUM, 53)
    yield "sha512-crypt", "$6$" + of(ALNUM, 16) + "$" + of(ALNUM, 86)
    yield "an issuer that nobody listed", "vendor" + "_live_" + of(ALNUM, 32)


def _keys(make: Maker) -> Iterator[Form]:
    begin, end = "-----BEGIN {}PRIVATE " + "KEY-----", "-----END {}PRIVATE " + "KEY-----"
    for kind in ("RSA ", "EC ", "OPENSSH ", "ENCRYPTED ", ""):
        body = make.key()
        yield Form(
            f"{kind}key", f"key: {begin.format(kind)}\n{body}\n{end.format(kind)} loaded", tuple(body.split("\n"))
        )
    body = make.key()
    text = f"{begin.format('')}\n{body}\n{end.format('')}\n"
    lines = tuple(body.split("\n"))
    yield Form("key in JSON", json.dumps({"private_key": text, "type": "x"}), lines)
    yield Form("key in JSON in JSON", json.dumps({"body": json.dumps({"pem": text})}), lines)
    yield Form("key cut", text[:200], (lines[0], lines[1][:40]))
    yield Form("key in base64", f"loaded {b64(text)}", (b64(text), b64(text)[40:100]))
    yield Form("key without its frame", f"k {lines[0]}", (lines[0],))


def _encoded(make: Maker) -> Iterator[Form]:
    password = make.password()
    pair = b64(f"admin:{password}")
    yield Form("Basic", f"Authorization: Basic {pair}", (pair,))
    yield Form("Basic without a name", f"sent Basic {pair} to the proxy", (pair,))
    yield Form("Docker", json.dumps({"auths": {"r.example": {"auth": pair}}}), (pair,))
    blob = b64(json.dumps({"username": "bob", "password": password}))
    yield Form("JSON in base64", f'{{"body": "{blob}", "isBase64Encoded": true}}', (blob, blob[24:44]))
    yield Form("JSON in base64 in prose", f"payload {blob}", (blob,))
    form = b64(f"user=bob&password={password}")
    yield Form("form in base64", f"body={form}", (form,))
    url = quote(f"postgres://app:{password}@db/x", safe="")
    yield Form("URL in a URL", f"GET /go?to={url}", (password,))
    record = json.dumps({"logEvents": [{"message": f"password={password}"}]})
    packed = base64.b64encode(gzip.compress(record.encode(), mtime=0)).decode()
    yield Form("subscription of a log", json.dumps({"awslogs": {"data": packed}}), (packed[30:],))
    pair = b64(f"deploy-bot:{make.of(ALNUM, 24)}")
    yield Form("user and password in base64", f"using {pair}", (pair,))


def secrets(seed: int = 7) -> list[Form]:
    """Texts that hold a secret."""
    make = Maker(seed)
    made = [Form(name, template.replace("P", secret) if "P" in template and template.count("P") == 1 else _put(template, secret), (secret,))
            for name, template, secret in _named(make)]  # fmt: skip
    made += [Form(template, _put(template, secret), (secret,)) for template, secret in _random(make)]
    for name, token in _issued(make):
        text = f"https://hooks.slack.com/services/{token}" if name == "Slack webhook" else f"calling with {token} now"
        made += [Form(name, text, (token,)), Form(f"{name} in JSON", json.dumps({"x": f'{{"y": "{text}"}}'}), (token,))]
    return [*made, *_keys(make), *_encoded(make), *_written(make)]


def _written(make: Maker) -> Iterator[Form]:
    """The forms of `forms.txt`: {P} is a password, {R} a random value."""
    for template in _lines("forms.txt"):
        password, value = make.password(), make.of(ALNUM, 32)
        held = tuple(one for mark, one in (("{P}", password), ("{R}", value)) if mark in template)
        yield Form(template, template.replace("{P}", password).replace("{R}", value), held)


def _lines(name: str) -> list[str]:
    """The lines of a file beside this one, in which a line break is written as one writes it in a string."""
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    return [_ESCAPE.sub(lambda match: "\n" if match[1] == "n" else "\\", line) for line in text.splitlines()]


_ESCAPE = re.compile(r"\\([n\\])")


def _put(template: str, secret: str) -> str:
    """The secret in the place of the P that stands alone."""
    return re.sub(
        r"(?<![A-Za-z_])P(?![A-Za-z_])|(?<=-p)P|(?<=3D)P|(?<=22)P(?=%)|(?<=0022)P", lambda _: secret, template
    )


def look_alikes(seed: int = 7) -> list[Form]:
    """Texts that hold none, and that are needed to find out what went wrong."""
    make = Maker(seed + 1)
    of: Callable[[str, int], str] = make.of
    arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/db-AbCdEf"
    page = json.dumps({"LastEvaluatedKey": {"id": "order-18273"}})
    pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    texts = [
        f"sha256:{of(HEX, 64)}", f"image 123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop@sha256:{of(HEX, 64)}", f"commit {of(HEX, 40)}", f"md5 {of(HEX, 32)}",
        f"RequestId: {make.uuid()}", f"trace 1-{of(HEX, 8)}-{of(HEX, 24)}", f"Root=1-{of(HEX, 8)}-{of(HEX, 24)};Parent={of(HEX, 16)};Sampled=1", arn, f"SecretArn: {arn}",
        f'{{"SecretArn": "{arn}"}}', "API_KEYS_BUCKET=shop-keys-eu-1a2b3c", "PASSWORD_POLICY=min12-Upper1", "DbSecretName=shop/prod/db2", "DB_SECRET_NAME: shop-db-77",
        "{{resolve:secretsmanager:shop/db:SecretString:password}}", "MasterUserPassword: '{{resolve:secretsmanager:shop/db:SecretString:password}}'", "MasterUserPassword: !Ref DbPassword",
        "password: ${self:custom.password}", "password: ****", "password: [REDACTED]", "password=", 'password: ""', "password: <hidden>", "max_tokens=4096", "token_count: 12873",
        "TokenBucket=bucket-7f3a9c11d2", "primary key: order-18273645", "partition_key=order#123", '{"partitionKey": "customer#8f14e45f"}', f'ETag: "{of(HEX, 32)}"', f"body={pixel}",
        "version 2.14.3-rc.1+build.4471", "s3://shop-data/2026/11/30/part-0001-c000.snappy.parquet", f"key=uploads/2026/11/{make.uuid()}.jpg", f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{of(ALNUM, 43)} bob",
        f"-----BEGIN PUBLIC KEY-----\n{of(BASE64, 64)}\n-----END PUBLIC KEY-----", f"-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIE{of(BASE64, 44)}\n-----END CERTIFICATE-----",
        "colour #a1b2c3 and #FFAA00", "2026/11/30/[$LATEST]58419525dade4d17a495dceeeeb44708", "account 123456789012", "password = get_password()", "token = request.headers['x']",
        "password = os.environ['DB_PASSWORD']", "api_key = settings.api_key", "def login(user: str, password: str) -> None", "Password must be at least 8 characters", "invalid password for user bob",
        "token expired at 2026-11-30T05:00:00Z", "the token is invalid", f"NextToken: {b64(page)}", f"nextToken={of(ALNUM, 40)}",
        f"ClientRequestToken={make.uuid()}", f"idempotency_token={make.uuid()}", "token_type=bearer", "secretsmanager.get_secret_value took 12 ms", "GET /secrets/db took 3 ms",
        "kms key arn:aws:kms:eu-west-1:123456789012:key/" + make.uuid(), f"KeyId={make.uuid()}", "AWS_ACCESS_KEY_ID is not set", "auth: enabled", "authType: AWS_IAM", "Authorization: required",
        "author: Ann Lee", "authenticated user 12345 in 3 ms", "keyboard=qwerty-intl-2", "monkey: george2", "cookie consent given", "Cookie policy updated", "passed=12 failed=0", "bypass=true",
        "compass: 270", "passengers: 14", "tokenizer=cl100k_base", "tokens=1234567", "prompt_tokens: 812, completion_tokens: 93", "secret_version=3", "password_last_changed=2026-11-30",
        "password_length=16", "https://shop.example:8443/path@2x", "git@github.com:org/repo.git", "logo@2x.png", "lodash@4.17.21", "redis://cache:6379/0", "postgres://db.example/shop",
        "postgres://app:${DB_PASSWORD}@db/shop", "arn:aws:iam::123456789012:role/shop-token-reader", "statusCode=200 code=ECONNRESET", "error code: NoSuchKey", "signature: handler(event, context)",
        "INIT_START Runtime Version: python:3.13.v31\tRuntime Version ARN: arn:aws:lambda:eu-west-1::runtime:" + of(HEX, 64), f"REPORT RequestId: {make.uuid()}\tDuration: 12.30 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB",
        f"integrity sha512-{of(BASE64, 86)}==", f"x-amzn-requestid: {make.uuid()}", f"x-amz-id-2: {of(BASE64, 72)}=", "ciphertext alias/shop-key", '{"Ref": "DbPassword"}', "NoEcho: true, Type: String, Description: the password",
        f"MessageId: {make.uuid()} MD5OfBody: {of(HEX, 32)}", f"SequenceNumber: {of('123456789', 56)}", "order 4539578763621480 shipped", "timestamp 1700000000123", '"password": null', '"password": "***"',
        '"token": {"type": "string"}', "--password-stdin registry.example", "SecretString: !Sub '${DbSecret}'", "secret: !GetAtt Db.MasterUserSecret.SecretArn", f"etag=W/\"{of(HEX, 27)}\"", "cors: Access-Control-Allow-Headers: Authorization,X-Api-Key",
        "user pool eu-west-1_AbC123dEf", "sort key: sk, partition key: pk", "GetSecretValue AccessDeniedException: not authorized to perform secretsmanager:GetSecretValue", "hash_key=customer#42 range_key=2026-11-30",
    ]  # fmt: skip
    ids = {"{UUID}": make.uuid(), "{SHA1}": of(HEX, 40), "{SHA256}": of(HEX, 64)}
    for text in _lines("look_alikes.txt"):
        texts.append(re.sub(r"\{(?:UUID|SHA1|SHA256)\}", lambda match: ids[match[0]], text))
    return [Form(text[:40], text, ()) for text in texts]
