"""Secrets that must not be written: how many forms are masked, how many look-alikes are lost, and at what speed."""

from __future__ import annotations

import time
from collections.abc import Sequence

from shopfast_obs.analysis.sensitive import Masker, masked
from tests.analysis.sensitive.corpus import look_alikes, secrets

SEEDS = (1, 2, 3)
ROUNDS = 5
LINE = 250  # characters: a line of a log, not a document


def main() -> None:
    for seed in SEEDS:
        forms, others = secrets(seed), look_alikes(seed)
        through = [form.name for form in forms if any(secret in masked(form.text) for secret in form.secrets)]
        lost = [form.text for form in others if masked(form.text) != form.text]
        print(f"seed {seed}: {len(forms) - len(through)} of {len(forms)} forms masked {through or ''}")
        print(f"        {len(lost)} of {len(others)} look-alikes lost {lost or ''}")
    plain = [form.text for form in look_alikes() if len(form.text) < LINE and "\n" not in form.text] * 20
    found = [f"INFO {form.text}" for form in secrets() if len(form.text) < LINE] * 10
    print(
        f"{_speed(plain):,.0f} look-alike lines/s and {_speed(found):,.0f} lines with a secret/s on one core (CPU time)"
    )


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
