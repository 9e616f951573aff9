"""Where functions can run."""

import pytest

from shopfast_obs.errors import UserError
from shopfast_obs.localcloud.lambdahost import require_linux


def test_other_systems_are_told_what_differs() -> None:
    """The sentence names the system and the way out."""
    require_linux("linux")
    with pytest.raises(UserError, match=r"Linux only.*darwin") as caught:
        require_linux("darwin")
    assert "container" in (caught.value.hint or "")
