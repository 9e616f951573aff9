"""A port is taken once, and by whoever opens it."""

import pytest

from shopfast_obs.localcloud.gateway.listener import listening


def test_any_free_port_is_another_one_each_time() -> None:
    """They are held at the same time."""
    with listening(0) as one, listening(0) as two:
        assert one.getsockname()[0] == two.getsockname()[0] == "127.0.0.1"
        assert one.getsockname()[1] != two.getsockname()[1]


def test_a_port_that_another_has_is_refused_until_it_is_let_go() -> None:
    """Two may be bound to one number before either listens: opening does both."""
    with listening(0) as first:
        port = first.getsockname()[1]
        with pytest.raises(OSError, match="in use"):
            listening(port)
    listening(port).close()
