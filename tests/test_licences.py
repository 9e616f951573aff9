"""No dependency binds the code of who uses us, and the page names them all."""

import pytest

from bench.licences import BINDING, PAGE, node_rows, page, python_rows


def test_the_page_names_every_locked_package() -> None:
    """A package that is added to a lock file is added to the page: `python -m bench.licences --write`."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_each_has_a_licence_and_none_binds() -> None:
    """A licence that nobody stated would be no answer."""
    rows = [*python_rows(), *node_rows()]
    assert [row for row in rows if BINDING.search(row[1])] == []
    assert [row for row in rows if row[1] in ("", "None", "not stated", "OSI Approved")] == []
    assert {where for _, _, where in rows if "npm" not in where} == {"functions", "product", "development"}


@pytest.mark.parametrize(
    ("said", "binds"),
    [
        ("GPL-3.0-or-later", True),
        ("AGPL-3.0", True),
        ("GNU Lesser General Public License v3 (LGPLv3)", True),
        ("SSPL-1.0", True),
        ("MIT", False),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", False),
        ("Apache-2.0 AND CNRI-Python", False),
    ],
)
def test_what_binds(said: str, binds: bool) -> None:
    """Copyleft that reaches beyond its own files."""
    assert bool(BINDING.search(said)) is binds
