"""Secrets go, look-alikes stay, and what stands in holds nothing of what it stands for."""

import pytest

from shopfast_obs.analysis.sensitive import Masker, find, masked
from tests.analysis.sensitive.corpus import Form, Maker, look_alikes, secrets

SEEDS = (1, 2, 3)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_form_of_secret_is_masked(seed: int) -> None:
    """Whatever the made-up value."""
    left = [form.text for form in secrets(seed) if any(one in masked(form.text) for one in form.secrets)]
    assert left == []


@pytest.mark.parametrize("seed", SEEDS)
def test_look_alikes_stay(seed: int) -> None:
    """Digests, ids, ARNs, references, code: at most one in sixty is lost."""
    texts = [form.text for form in look_alikes(seed)]
    lost = [text for text in texts if masked(text) != text]
    assert len(lost) <= len(texts) // 60, lost


@pytest.mark.parametrize("form", secrets(), ids=lambda form: form.name)
def test_what_stands_in_is_found_as_what_it_stands_for(form: Form) -> None:
    """The same kinds, and a second masking changes nothing."""
    once = masked(form.text)
    assert masked(once) == once
    kinds = [hit.kind for hit in find(form.text)]
    assert [hit.kind for hit in find(once)] == kinds


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("mail to ann.lee@shop.example.org now", "e-mail address"),
        ("mail to j202@b.com now", "e-mail address"),
        ("card 4539 5787 6362 1486", "card number"),
        ('{"card":"4539578763621486"}', "card number"),
        ("to DE89370400440532013000", "IBAN"),
        ("call +49 151 23456789", "telephone number"),
        ("call (212) 555-0187 now", "telephone number"),
    ],
)
def test_personal_data_leaves_no_letter(text: str, kind: str) -> None:
    """Neither the initial nor the last digits."""
    (hit,) = find(text)
    assert (hit.kind, hit.secret) == (kind, False)
    assert f"[masked-{kind.lower().replace(' ', '-')}-1]" in masked(text)


def test_a_number_in_json_stays_json() -> None:
    """What stands in for a number is a text."""
    assert masked('{"password": 123456, "x": 1}') == '{"password": "[masked-named-secret-1]", "x": 1}'
    assert masked('{"card": 4539578763621486, "x": 1}') == '{"card": "[masked-card-number-1]", "x": 1}'


def test_the_same_value_is_the_same_within_a_document_only() -> None:
    """So that requests of one person can be told from those of others."""
    masker = Masker()
    texts = [masker.text(f"mail {name}@shop.example") for name in ("ann", "bob", "ann")]
    assert texts[0] == texts[2] != texts[1]
    assert Masker().text("mail bob@shop.example") == texts[0]


def test_a_private_key_over_several_lines_of_a_stream() -> None:
    """Each line of its own event, with and without the first."""
    body = Maker().key().split("\n")
    begin, end = "-----BEGIN PRIVATE " + "KEY-----", "-----END PRIVATE " + "KEY-----"
    for lines in ([begin, *body, end], [*body[1:], end], [f"key {begin}", *body]):
        shown = list(Masker().lines(["before", *lines, "order 42 placed"]))
        assert not any(line in "\n".join(shown) for line in body)
        assert shown[0] == "before"
        assert shown[-1] == "order 42 placed"


def test_names_lead_to_values() -> None:
    """In documents, too: maps, pairs, and names beside values."""
    secret = Maker().password()
    document = {
        "DB_PASSWORD": secret,
        "headers": [["x-api-key", secret]],
        "tags": [{"Key": "Password", "Value": secret}],
        "item": {"password": {"S": secret}},
        "Timeout": 3,
        "TABLE": "orders",
        "SECRET_ARN": "arn:aws:x",
    }
    shown = Masker().value(document)
    assert secret not in str(shown)
    assert (shown["Timeout"], shown["TABLE"], shown["SECRET_ARN"]) == (3, "orders", "arn:aws:x")
