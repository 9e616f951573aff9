"""What is written in one turn of the event loop is sent at once."""

import asyncio

from shopfast_obs.localcloud.gateway.single_write import TOGETHER, OneWrite


class Line(asyncio.Transport):
    """A connection that keeps what is sent over it."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[bytes] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Keep it."""
        self.sent.append(bytes(data))

    def close(self) -> None:
        """Keep that it was closed."""
        self.sent.append(b"closed")


def test_head_and_body_go_out_together_and_in_their_order() -> None:
    """At the end of the turn; before that only what is large, or what comes before the end of the connection."""

    async def written() -> list[list[bytes]]:
        line, seen = Line(), []
        transport = OneWrite(line)
        for data in (b"head ", b"body"):
            transport.write(data)
        seen.append(list(line.sent))
        await asyncio.sleep(0)
        seen.append(list(line.sent))
        transport.write(b"large ")
        transport.write(b"x" * TOGETHER)
        seen.append([line.sent[-1][:7]])
        transport.write(b"last")
        transport.close()
        await asyncio.sleep(0)
        seen.append(line.sent[-2:])
        return seen

    assert asyncio.run(written()) == [[], [b"head body"], [b"large x"], [b"last", b"closed"]]
