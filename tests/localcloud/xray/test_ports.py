"""The daemon's two sockets on one number."""

import socket

from shopfast_obs.localcloud.xray import ports


def test_a_number_that_is_taken_for_one_of_the_two_is_given_up_for_both() -> None:
    """Another program's connection may have the TCP port of a UDP port that is free."""
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as other:
            other.bind(("127.0.0.1", 0))
            udp, tcp = ports.bound_pair(other.getsockname()[1])
            with udp, tcp:
                assert udp.getsockname() == tcp.getsockname() != other.getsockname()


def test_the_preferred_number_is_taken_where_it_is_free() -> None:
    """It is what SDKs ask when nothing names another."""
    udp, tcp = ports.bound_pair(None)
    number = udp.getsockname()[1]
    udp.close()
    tcp.close()
    udp, tcp = ports.bound_pair(number)
    with udp, tcp:
        assert udp.getsockname()[1] == tcp.getsockname()[1] == number
