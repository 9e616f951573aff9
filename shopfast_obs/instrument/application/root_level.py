"""Whether a source sets the level of Lambda's root logger, which is WARNING until somebody does."""

from __future__ import annotations

import re

ROOT = re.compile(
    r"""(?:getLogger\(\s*(?:["']["'])?\s*\)|logging\.root)\.setLevel\(\s*(?:level\s*=\s*)?(?:logging\.)?["']?(?:INFO|DEBUG|NOTSET|20|10)\b"""
)
NAMED_ROOT = re.compile(r"^(\w+)\s*(?::[^=\n]+)?=\s*(?:logging\.)?getLogger\(\s*(?:[\"'][\"'])?\s*\)", re.MULTILINE)


def root_is_verbose(source: str) -> bool:
    """True for a source that sets Lambda's root logger to INFO or below."""
    if "setLevel" not in source:
        return False
    if ROOT.search(source):
        return True
    names = NAMED_ROOT.findall(source)
    return any(
        re.search(
            rf"^{name}\.setLevel\(\s*(?:level\s*=\s*)?(?:logging\.)?[\"']?(?:INFO|DEBUG|20|10)\b", source, re.MULTILINE
        )
        for name in names
    )
