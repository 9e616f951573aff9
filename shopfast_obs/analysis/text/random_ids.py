"""Ids that hold no digit, or hardly one: letters in an order that nobody writes."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

LOWEST, HIGHEST = -6, 3  # bits of a pair of letters
SHORTEST = 8  # letters; fewer tell too little
# A row for each letter, a digit for each that follows it: LOWEST + digit are the bits by which the pair is likelier in
# words than among random letters. `python -m bench letters --table` counts them in names and sources.
_PAIRS = (
    "36762462614867261878544453", "75657434752844753775732263", "82548327607643841657632150",
    "75469443823654742675643341", "64785553423668464887354641", "73557742912743842766722250",
    "73449366722657640874743143", "84459324803554842656623053", "65766560212669751677160406",
    "82458524736344853475834342", "74559554813646653575545241", "83459432803743741266641071",
    "86359322813564782364622241", "73777683725445642478552131", "55663552524779660866756331",
    "83548445703734762867623050", "54444424333645435664944233", "83669451805465751576553150",
    "63648446714554663478734251", "73548427812544750776633262", "67656451602778470877221322",
    "84429342812354751444343232", "84558526813637732774224421", "75758645733653582568444653",
    "65667553612677682687455255", "84549334823444732454523245",
)  # fmt: skip
_NEXT_UPPER, _NEXT_CAPITAL, _NEXT_LOWER = -1, -3, 1  # bits of the case: CamelCase changes it seldom
_MIXED, _WITH_DIGITS, _ONE_CASE = -11, -6, -20  # of this many bits and fewer is an id; no known name has so few
_HEX = re.compile(r"[a-f]{8,}|[A-F]{8,}")  # no word of that length has these letters alone


@lru_cache(maxsize=8192)
def is_id(part: str) -> bool:
    """True for letters and digits without a separator that are an id: `abcdefab`, `xKqPzTrWbY`; not for words and
    names in any case: `facade`, `HTTPSConnectionPool`. What is short or could be a word is none."""
    if len(part) < SHORTEST or not part.isascii():
        return False
    if _HEX.fullmatch(part):
        return True
    if not part.isalpha():
        return _bits(part, mixed=True) <= _WITH_DIGITS
    mixed = not (part.islower() or part.isupper() or part[1:].islower())
    return _bits(part, mixed=mixed) <= (_MIXED if mixed else _ONE_CASE)


def _bits(part: str, *, mixed: bool) -> int:
    total = 0
    for one, other in pairwise(part):
        if not (one.isalpha() and other.isalpha()):
            continue
        if mixed and other.isupper():  # where a word begins, and in an abbreviation, any pair may stand
            total += _NEXT_UPPER if one.isupper() else _NEXT_CAPITAL
        else:
            bits = LOWEST + int(_PAIRS[_place(one)][_place(other)])
            total += bits + _NEXT_LOWER if mixed else bits
    return total


def _place(letter: str) -> int:
    return ord(letter.lower()) - ord("a")
