"""What a sandbox writes: lines of stdout and stderr, and the framed records of awslambdaric's logger, through one pipe
so that their order is kept. A frame begins with a byte that cannot begin a character of UTF-8."""

from __future__ import annotations

from dataclasses import dataclass

from shopfast_obs.facts import whole

LONGEST = whole("logs-max-event")
MAGIC = b"\xa5\x5a\x00"
HEADER = 16  # type 4, length 4, microseconds since the epoch 8


@dataclass(frozen=True, slots=True)
class Record:
    """One event of the log: `time` (epoch seconds) only where the runtime stamped it."""

    text: str
    time: float | None = None


class Decoder:
    """Cuts the pipe's bytes into records. Holds at most one unfinished record, and of that at most `LONGEST` bytes."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._line = bytearray()
        self._cut = 0
        self._skip = 0  # bytes of an overlong frame that are still to come

    def feed(self, chunk: bytes) -> list[Record]:
        """The records that are complete with this chunk."""
        self._data += chunk
        if self._skip:
            skipped = min(self._skip, len(self._data))
            del self._data[:skipped]
            self._skip -= skipped
        records: list[Record] = []
        while self._data:
            if self._data.startswith(MAGIC):
                record = self._frame()
                if record is None:
                    break
                records.append(record)
                continue
            held = len(self._data)
            records += self._text()
            if len(self._data) == held:
                break
        return records

    def flush(self) -> list[Record]:
        """What is left unfinished: a last line without a newline, or a record that a dying process began."""
        rest, self._data = self._data, bytearray()
        if rest.startswith(MAGIC):
            text = rest[HEADER : HEADER + LONGEST].decode("utf-8", "replace")
            return [*self._finished(), Record(f"{text} [cut short]\n")]
        self._keep(rest)
        return self._finished()

    def _frame(self) -> Record | None:
        if len(self._data) < HEADER:
            return None
        size = int.from_bytes(self._data[4:8], "big")
        time = int.from_bytes(self._data[8:16], "big") / 1e6
        end = HEADER + min(size, LONGEST)
        following = self._data.find(MAGIC, HEADER, end + len(MAGIC) - 1)
        if following >= 0:  # a write that a signal cut short: the next frame begins early
            text = self._take(following)
            return Record(f"{text} [cut short]\n", time)
        if len(self._data) < end:
            return None
        text = self._take(end)
        if size > LONGEST:
            text += f" [cut: {size - LONGEST} bytes]"
            self._skip = max(0, size - LONGEST - len(self._data))
            del self._data[: size - LONGEST]
        return Record(f"{text}\n", time)

    def _take(self, end: int) -> str:
        text = self._data[HEADER:end].decode("utf-8", "replace").rstrip("\n")
        del self._data[:end]
        return text

    def _text(self) -> list[Record]:
        newline = self._data.find(b"\n")
        frame = self._data.find(MAGIC, 0, newline if newline >= 0 else len(self._data))
        if newline >= 0 and frame < 0:
            self._keep(self._data[:newline])
            del self._data[: newline + 1]
            return self._finished(always=True)
        end = frame if frame >= 0 else len(self._data) - _beginning_of_frame(self._data)
        self._keep(self._data[:end])
        del self._data[:end]
        return []

    def _keep(self, piece: bytearray) -> None:
        room = LONGEST - len(self._line)
        self._line += piece[:room]
        self._cut += max(0, len(piece) - room)

    def _finished(self, *, always: bool = False) -> list[Record]:
        line, cut = self._line, self._cut
        self._line, self._cut = bytearray(), 0
        if not line and not always:
            return []
        text = line.decode("utf-8", "replace").rstrip("\r")
        return [Record(f"{text} [cut: {cut} bytes]\n" if cut else f"{text}\n")]


def _beginning_of_frame(data: bytearray) -> int:
    """How many bytes at the end may be the beginning of a frame's mark."""
    return next((n for n in (2, 1) if data.endswith(MAGIC[:n])), 0)
