"""Each codemod with a source that it changes and one that it leaves alone; from their classes."""

from __future__ import annotations

from collections.abc import Iterator

from docs.generators.markdown import WRITTEN, plain
from shopfast_obs.instrument.interface import Codemod
from shopfast_obs.instrument.registry import PROFILES, all_codemods


def pages() -> Iterator[tuple[str, str]]:
    """Path below docs/ and text of the page."""
    yield "reference/codemod-examples.md", "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield from ("# Examples of each codemod", "", WRITTEN, "")
    yield "What each changes, and when a test can see it, is on [the page of codemods](codemods.md). Each example is a test of the codemod."
    for codemod in all_codemods():
        yield from ("", f"## {codemod.id}", "", *_codemod(codemod))


def _codemod(codemod: Codemod) -> Iterator[str]:
    profiles = [name for name, ids in PROFILES.items() if codemod.id in ids]
    yield f"{plain(codemod.title)}. In the {'profiles' if len(profiles) > 1 else 'profile'} {', '.join(f'`{name}`' for name in profiles)}."
    for title, source in (
        ("Before:", codemod.invalid[0].before),
        ("After:", codemod.invalid[0].after),
        ("Left alone:", next(iter(codemod.valid), "")),
    ):
        if source.strip():
            yield from ("", title, "", "```python", source.strip("\n"), "```")
