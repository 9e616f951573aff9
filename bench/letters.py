"""Ids without digits: how many are told from words, and the table of letter pairs that tells them.

Words are those of the standard library's sources and of half the names in botocore's models; the other half, and what
the installed packages name, show how often a word is taken for an id. `--table` prints what
analysis/text/random_ids.py has.
"""

from __future__ import annotations

import gzip
import math
import random
import re
import string
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import botocore

from shopfast_obs.analysis.text.message_normalisation import parameterised
from shopfast_obs.analysis.text.random_ids import HIGHEST, LOWEST, is_id

_LETTERS = re.compile(r"[A-Za-z]{3,40}")
_HUMP = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
EACH = 10_000
LENGTHS = (8, 10, 12, 16, 20, 26)


def main() -> None:
    library = Path(sysconfig.get_path("stdlib"))
    names = sorted(words(gzip.decompress(file.read_bytes()) for file in models()))
    if "--table" in sys.argv:
        spoken = words(file.read_bytes() for file in library.glob("*.py")) | set(names[::2])
        print("\n".join(table(hump.lower() for word in spoken for hump in _HUMP.findall(word))))
        return
    packages = words(file.read_bytes() for file in Path(sysconfig.get_path("purelib")).glob("*/*.py"))
    for title, known in (("names of botocore's models", names[1::2]), ("words of installed packages", packages)):
        long = [word for word in known if len(word) >= min(LENGTHS)]
        taken = sorted(word for word in long if is_id(word))
        print(f"{title:28} {len(taken)} of {len(long):,} taken for ids, such as {', '.join(taken[:4])}")
    dice = random.Random(6)
    for title, letters in (
        ("base62", string.ascii_letters + string.digits),
        ("its ids without a digit", string.ascii_letters),
        ("lower case alone", string.ascii_lowercase),
        ("hex without a digit", "abcdef"),
    ):
        found = [share(["".join(dice.choices(letters, k=length)) for _ in range(EACH)]) for length in LENGTHS]
        print(f"{title:28} " + "  ".join(f"{n}: {part:.0%}" for n, part in zip(LENGTHS, found, strict=True)))


def share(ids: list[str]) -> float:
    """The part that is recognised, by its letters or as a word with digits."""
    return sum(parameterised(f"x-{one}") == "x-<id>" for one in ids) / len(ids)


def models() -> Iterator[Path]:
    """The service descriptions that botocore ships."""
    return (Path(botocore.__file__).parent / "data").glob("*/*/service-2.json.gz")


def words(texts: Iterable[bytes]) -> set[str]:
    """The distinct runs of letters."""
    return {word for text in texts for word in _LETTERS.findall(text.decode("utf-8", "replace"))}


def table(spoken: Iterable[str]) -> Iterator[str]:
    """A row for each first letter: for each second one the bits by which it is likelier than among random letters."""
    counts = [[1.0] * 26 for _ in range(26)]
    for word in set(spoken):
        for one, other in pairwise(word):
            counts[ord(one) - ord("a")][ord(other) - ord("a")] += 1
    for row in counts:
        bits = [round(math.log2(count / sum(row) * 26)) for count in row]
        yield "".join(str(max(LOWEST, min(HIGHEST, value)) - LOWEST) for value in bits)


if __name__ == "__main__":
    main()
