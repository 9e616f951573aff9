"""Secrets that must not be written: how many forms are masked, how many look-alikes are lost, and at what speed."""

from __future__ import annotations

import time
from collections.abc import Sequence

from shopfast_obs.analysis.sensitive import Masker, masked
from tests.analysis.sensitive.corpus import Maker, look_alikes, secrets

SEEDS = (1, 2, 3)
ROUNDS = 5
MILLION = 1_000_000
UNFRIENDLY = (
    "a",
    "harmless words and key figures 12 ",
    "password ",
    "key=",
    "<a>",
    '{"a":',
    "\\",
    "://",
    "a@",
    "eyJ",
    "%7B",
    "token is ",
    "a.b.",
    'secret="',
    "name: x\n",
    "1 ",
    "+1 ",
    "Cookie: a=b; ",
    "sk-",
    "a_",
    "a-b_",
    ":",
    "a:1:b:c:",
    "-----BEGIN PRIVATE " + "KEY-----\n",
    "INSERT INTO a (password) VALUES ('",
    "''",
    "a,password\n",
    'variable "password" { ',
    "password = <<EOT\n",
    "echo a -stdin | ",
    "AUTH a ",
)
LINE = 250  # characters: a line of a log, not a document


def main() -> None:
    for seed in SEEDS:
        forms, others = secrets(seed), look_alikes(seed)
        through = [form.name for form in forms if any(secret in masked(form.text) for secret in form.secrets)]
        lost = [form.text for form in others if masked(form.text) != form.text]
        print(f"seed {seed}: {len(forms) - len(through)} of {len(forms)} forms masked {through or ''}")
        print(f"        {len(lost)} of {len(others)} look-alikes lost {lost or ''}")
    usual = [line for make in map(Maker, range(2_000)) for line in _lines(make)]
    plain = [form.text for form in look_alikes() if len(form.text) < LINE and "\n" not in form.text] * 20
    found = [f"INFO {form.text}" for form in secrets() if len(form.text) < LINE] * 10
    length = sum(map(len, usual)) // len(usual)
    print(
        f"{_speed(usual):,.0f} usual lines/s (START, text, REPORT, JSON; {length} characters), "
        f"{_speed([f'{line} mail=ann{n}@shop.example' for n, line in enumerate(usual)]):,.0f} with an address each, "
        f"{_speed([f'{line} password={n}-hunter' for n, line in enumerate(usual)]):,.0f} with a password each"
    )
    print(
        f"{_speed(plain):,.0f} look-alike lines/s and {_speed(found):,.0f} lines with a secret/s on one core (CPU time)"
    )
    _growth()


def _growth() -> None:
    """How the time grows with the length of one line: four times the length, four times the time."""
    worst, slowest = ("", 0.0), ("", 0.0)
    for text in UNFRIENDLY:
        line = text * (MILLION // len(text))
        part, whole = (_seconds(line[:length]) for length in (MILLION // 4, MILLION))
        worst = max(worst, (text, whole / part), key=lambda one: one[1])
        slowest = max(slowest, (text, whole), key=lambda one: one[1])
    print(f"a line of 1,000,000 characters: at most {slowest[1]:.1f} s ({slowest[0]!r} repeated), at most ", end="")
    print(f"{worst[1]:.1f} times the time of a quarter of it ({worst[0]!r} repeated)")


def _seconds(line: str) -> float:
    begun = time.process_time()
    Masker().text(line)
    return time.process_time() - begun


def _lines(make: Maker) -> list[str]:
    """What Lambda and its functions write for one request."""
    request = make.uuid()
    trace = f"1-{make.of('0123456789abcdef', 8)}-{make.of('0123456789abcdef', 24)}"
    return [
        f"START RequestId: {request} Version: $LATEST",
        f"[INFO]\t2026-11-30T04:31:15.123Z\t{request}\tGET /products/p-00017 answered 200 in 12 ms",
        f'{{"level":"INFO","location":"handler:42","message":"order placed","timestamp":"2026-11-30 04:31:15,123+0000",'
        f'"service":"orders","function_name":"orders","function_request_id":"{request}","xray_trace_id":"{trace}"}}',
        f"REPORT RequestId: {request}\tDuration: 12.30 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\t"
        f"XRAY TraceId: {trace}",
    ]


def _speed(lines: Sequence[str]) -> float:
    best = 0.0
    for _ in range(ROUNDS):
        masker, begun = Masker(), time.process_time()
        for line in lines:
            masker.text(line)
        best = max(best, len(lines) / (time.process_time() - begun))
    return best


if __name__ == "__main__":
    main()
