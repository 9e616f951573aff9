"""Writes labelled.jsonl: errors as AWS, its SDK and common libraries word them, each with several sets of ids.

`python tests/recorded/errors/record.py` from the repository's root. What a library of this environment words itself is
provoked; what only a service words is spelled as the service does, with other ids each time.
"""

from __future__ import annotations

import base64
import json
import random
import re
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import botocore.exceptions as aws
import pydantic

HERE = Path(__file__).parent
SETS = 4
SERVICES = HERE / "services.txt"  # `Type: message`, with {ids}
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Ids:
    """Ids as the services make them, from one seed."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)

    def of(self, kind: str) -> str:
        """One id of a kind that `services.txt` names."""
        dice = self.dice
        makers: dict[str, Callable[[], str]] = {
            "uuid": lambda: str(uuid.UUID(int=dice.getrandbits(128), version=4)),
            "request": lambda: "".join(dice.choices(LETTERS + "0123456789", k=51)) + "7",
            "trace": lambda: f"1-{dice.getrandbits(32):08x}-{dice.getrandbits(96):024x}",
            "traceparent": lambda: f"00-{dice.getrandbits(128):032x}-{dice.getrandbits(64):016x}-01",
            "account": lambda: str(dice.randrange(10**11, 10**12)),
            "number": lambda: str(dice.randrange(1000, 10**6)),
            "small": lambda: str(dice.randrange(2, 100)),
            "float": lambda: f"{dice.uniform(0.1, 999):.3f}",
            "time": lambda: self.time("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
            "amzdate": lambda: self.time("%Y%m%dT%H%M%SZ"),
            "epoch": lambda: str(dice.randrange(1_700_000_000, 1_800_000_000)),
            "ulid": lambda: "01" + "".join(dice.choices("0123456789ABCDEFGHJKMNPQRSTVWXYZ", k=22)) + "4X",
            "hex": lambda: f"{dice.getrandbits(124):031x}7",
            "sha256": lambda: f"{dice.getrandbits(256):064x}",
            "address": lambda: f"0x{dice.randrange(16**11, 16**12):012x}",
            "base64": lambda: base64.b64encode(dice.randbytes(48)).decode(),
            "email": lambda: f"{dice.choice(('ann', 'bob', 'eve.j'))}{dice.randrange(99)}@shop.example",
            "ip": lambda: ".".join(str(dice.randrange(1, 255)) for _ in range(4)),
            "order": lambda: f"ord-{dice.getrandbits(32):08x}",
            "sku": lambda: f"sku-{dice.randrange(100000):05}",
            "eni": lambda: f"eni-0{dice.getrandbits(64):016x}",
            "s3id": lambda: "".join(dice.choices(LETTERS + "0123456789", k=14)) + "7Q",
            "letterhex": lambda: "".join(dice.choices("abcdef", k=dice.randrange(8, 13))),
            "hexupper": lambda: "".join(dice.choices("ABCDEF", k=10)),
            "hex8": lambda: f"{dice.choice((dice.randrange(10**7, 10**8), 'abc1', 'ffe'))}".ljust(8, "3"),
            "shortsha": lambda: dice.choice(("ab12345", "1234567", "12345ab", "a1b2c3d", "f00dcaf", "9e8d7c6")),
            "mixed": lambda: "".join(dice.choices(LETTERS + LETTERS.lower(), k=22)),
            "base62": lambda: "".join(dice.choices(LETTERS + LETTERS.lower() + "0123456789", k=20)),
            "key": lambda: f"uploads/2026/{dice.randrange(1, 13):02}/{self.of('uuid')}.png",
        }  # fmt: skip
        return makers[kind]()

    def time(self, form: str) -> str:
        """A time of 2026."""
        moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.dice.uniform(0, 3e7))
        return moment.strftime(form)


def provoked(ids: Ids) -> Iterator[tuple[str, Exception]]:
    """Errors that Python, botocore and pydantic raise and word themselves."""

    class Order(pydantic.BaseModel):
        """What the errors are about."""

        amount: int
        email: str = pydantic.Field(max_length=5)

    def calls() -> Iterator[tuple[str, Callable[[], Any]]]:
        yield "KeyError of an id", lambda: {}[ids.of("uuid")]
        yield "KeyError of a field", lambda: {}["price"]
        yield "KeyError of another field", lambda: {}["name"]
        yield "int of an id", lambda: int(ids.of("order"))
        yield "float of an id", lambda: float(ids.of("order"))
        yield "JSON that is no JSON", lambda: json.loads("x" * int(ids.of("small")) + "{")
        yield "JSON cut off", lambda: json.loads('{"order": "' + "a" * int(ids.of("small")))
        yield "no such file", lambda: Path(f"/tmp/{ids.of('uuid')}.csv").read_text()
        yield "a directory", lambda: Path("/tmp").read_text()
        yield "list index", lambda: [][int(ids.of("small"))]
        yield "division", lambda: int(ids.of("small")) / 0
        yield "no such attribute of None", lambda: None.get("x")  # type: ignore[attr-defined]
        yield "another attribute of None", lambda: None.items("x")  # type: ignore[attr-defined]
        yield "import", lambda: __import__("not_in_the_package")
        yield "another import", lambda: __import__("also_not_in_it")
        yield "amount is missing", lambda: Order.model_validate({"email": "a"})
        yield "amount is no number", lambda: Order.model_validate({"email": "a", "amount": ids.of("order")})
        yield "email too long", lambda: Order.model_validate({"email": ids.of("email"), "amount": 1})
        yield "bytes", lambda: b"\xff\xfe".decode("utf-8")

    for name, call in calls():
        try:
            call()
        except Exception as problem:
            yield name, problem
    url = f"https://sqs.eu-west-1.amazonaws.com/{ids.of('account')}/orders"
    yield "connect timeout", aws.ConnectTimeoutError(endpoint_url=url)
    yield "read timeout", aws.ReadTimeoutError(endpoint_url=url)
    yield "endpoint", aws.EndpointConnectionError(endpoint_url=f"http://{ids.of('ip')}:8000/")
    yield "no credentials", aws.NoCredentialsError()
    yield "no region", aws.NoRegionError()
    yield (
        "checksum",
        aws.ChecksumError(checksum_type="crc32", expected_checksum=ids.of("number"), actual_checksum=ids.of("number")),
    )
    yield (
        "parameters",
        aws.ParamValidationError(
            report=f"Invalid type for parameter Key.id, value: {ids.of('number')}, "
            "type: <class 'int'>, valid types: <class 'dict'>"
        ),
    )
    yield "waiter", aws.WaiterError("TableExists", "Max attempts exceeded", {})


def worded(ids: Ids) -> Iterator[tuple[str, str, str]]:
    """Errors that services and other runtimes word, a line of services.txt each."""
    for number, line in enumerate(SERVICES.read_text().splitlines()):
        if line and not line.startswith("#"):
            kind, _, message = line.partition(": ")
            said = re.sub(r"\{(\w+)\}", lambda found: ids.of(found[1]), message)
            yield f"services.txt:{number + 1}", kind, said.replace("\\n", "\n")


def main() -> None:
    """Write the file."""
    lines = []
    for number in range(SETS):
        ids = Ids(number)
        lines += [(name, type(problem).__name__, str(problem)) for name, problem in provoked(ids)]
        lines += worded(ids)
    lines.sort(key=lambda line: line[0])
    text = "".join(json.dumps({"error": e, "type": t, "message": m}) + "\n" for e, t, m in lines)
    (HERE / "labelled.jsonl").write_text(text)


if __name__ == "__main__":
    main()
