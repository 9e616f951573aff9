"""Messages lose what changes from call to call and keep what tells two errors apart."""

import random
import uuid

import pytest

from shopfast_obs.analysis.text.message_normalisation import parameterised, whatever_kind


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("order 8f507cfc-1234-4697-b07a-ac58fc914c95 is gone", "order <uuid> is gone"),
        ("order-8f507cfc-1234-4697-b07a-abcdefabcdef", "order-<uuid>"),
        ("Root=1-5e34a614-10bd1234f1fb44f07bc535a1;Parent=53995c3f42cd8ad8", "Root=<trace>;Parent=<id>"),
        ("RequestId: Q15TAREHDG4DEOPEEIC77PQ3SNVV4KQNSO5AEMVJF66Q9ASUAAJG", "RequestId: <id>"),
        ("at 2026-11-22T14:43:40.799Z and 2026-11-22 14:43:40,799+0000", "at <time> and <time>"),
        ("from 10.0.3.4:443 for bob@shop.example", "from <ip> for <email>"),
        ("took 300ms of 3.50 s for 12 items", "took <n>ms of <n> s for <n> items"),
        ("KeyError: 'sku-00123'", "KeyError: 'sku-<n>'"),
        ("<Lock object at 0x7f8a9c2d>", "<Lock object at <hex>>"),
        ("ord-a1b2c3d4 of user_8f3a9c", "ord-<id> of user_<id>"),
        ("ord-faaedb9e after 17 tries", "ord-<id> after <n> tries"),
        ("ord-abcdefab and 'xKqPzTrWbYvM'", "ord-<id> and '<id>'"),
        ("xKqPzT7rWbYvM", "<id>"),
        ("commit ab12345, ord-12345ab", "commit <id>, ord-<id>"),
        ("the facade of HTTPSConnectionPool", "the facade of HTTPSConnectionPool"),
        ("S3 v2 p99 EC2 sha256 base64", "S3 v2 p99 EC2 sha256 base64"),
        ("uploads/2026/01/img-001.png", "uploads/<n>/<n>/img-<n>.png"),
        ("two  words\nand\ta line", "two words and a line"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_what_changes_is_replaced(message: str, expected: str) -> None:
    """Ids of AWS and of the application, times, addresses, numbers, white space."""
    assert parameterised(message) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("failed with status code 404", "failed with status code 503"),
        ("answered (404)", "answered (503)"),
        ("[Errno 104] reset", "[Errno 111] refused"),
        ("exit status 1", "exit status 2"),
        ("HTTP 429 from upstream", "HTTP 500 from upstream"),
        ("denied on arn:aws:dynamodb:eu-west-1:1:table/orders", "denied on arn:aws:dynamodb:eu-west-1:1:table/users"),
        ("'name' is missing", "'price' is missing"),
    ],
)
def test_what_tells_two_errors_apart_stays(one: str, other: str) -> None:
    """Statuses, error numbers, resources and field names."""
    assert parameterised(one) != parameterised(other)


def test_any_ids_give_the_same_text() -> None:
    """200 random request ids, trace ids, order numbers, amounts and accounts: one text."""
    rng = random.Random(7)

    def message() -> str:
        order = uuid.UUID(int=rng.getrandbits(128), version=4)
        trace = f"1-{rng.getrandbits(32):08x}-{rng.getrandbits(96):024x}"
        account = rng.randrange(10**11, 10**12)
        request = "".join(rng.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=51)) + "7"
        return (
            f"order {order} ({trace}) of arn:aws:states:eu-west-1:{account}:execution:flow:{order}: "
            f"{rng.uniform(1, 999):.2f} EUR, RequestId: {request}, attempt {rng.randrange(1, 99)}"
        )

    assert len({parameterised(message()) for _ in range(200)}) == 1


def test_ids_of_digits_alone_are_like_the_others() -> None:
    """One in forty hexadecimal ids of eight has no letter."""
    assert whatever_kind(parameterised("order 42650644")) == whatever_kind(parameterised("order 5ba91faf"))
