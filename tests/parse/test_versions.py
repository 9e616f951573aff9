"""Specifiers of versions."""

import pytest

from shopfast_obs.parse.versions import side


@pytest.mark.parametrize(
    ("specifier", "wanted"),
    [
        ("==1.43.106", "before"),
        ("==1.44.0", "since"),
        ("==1.44.8", "since"),
        ("==1.43.*", "before"),
        ("==1.*", "either"),
        ("", "either"),
        (">=1.26", "either"),
        (">=1.44", "since"),
        (">1.44.0", "since"),
        (">=1.26,<1.44", "before"),
        ("<1.44.0", "before"),
        ("<=1.44.0", "either"),
        ("<=1.43.106", "before"),
        ("~=1.34", "either"),
        ("~=1.34.0", "before"),
        ("^1.26", "either"),
        ("^1.44.2", "since"),
        ("~1.34", "before"),
        ("1.34.0", "before"),
        (">=1.26,!=1.30", "either"),
    ],
)
def test_a_specifier_lies_on_a_side(specifier: str, wanted: str) -> None:
    """Or lets in both."""
    assert side(specifier, "1.44.0") == wanted
