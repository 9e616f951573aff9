"""CBOR as Smithy's RPC protocol uses it, by the reader and the writer that botocore has for its clients."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from functools import cache
from typing import Any

Json = Any  # what a document may hold


def decode(body: bytes) -> Json:
    """The value of a document, timestamps as epoch seconds; raises ValueError."""
    from botocore.parsers import ResponseParserError, RpcV2CBORParser

    parser = RpcV2CBORParser(timestamp_parser=float)
    try:
        return parser.parse_data_item(parser.get_peekable_stream_from_bytes(body))
    except (
        ResponseParserError,
        struct.error,
        TypeError,
        ValueError,
        MemoryError,
        OverflowError,
        RecursionError,
    ) as problem:
        raise ValueError(f"not CBOR: {problem}") from None


def encode(value: Mapping[str, Any], shape: Json) -> bytes:
    """A structure of a service model as a document; timestamps are epoch seconds."""
    document = bytearray()
    if shape is None:
        return b"\xa0"
    _writer()._serialize_data_item(document, value, shape)
    return bytes(document)


def encode_texts(texts: Mapping[str, str]) -> bytes:
    """A map of texts as a document."""
    from botocore.model import DenormalizedStructureBuilder

    members = {name: {"type": "string"} for name in texts}
    return encode(texts, DenormalizedStructureBuilder().with_members(members).build_model())


@cache
def _writer() -> Json:
    from botocore.serialize import CBORSerializer

    class Writer(CBORSerializer):  # type: ignore[misc]
        """botocore's writer takes dates; ours are seconds, and keep their fractions."""

        def _serialize_type_timestamp(self, serialized: bytearray, value: float, shape: Json, key: Json) -> None:
            serialized.extend(b"\xc1")
            self._serialize_type_double(serialized, float(value), shape, key)

    return Writer()
