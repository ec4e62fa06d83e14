"""The door: an identifier becomes a pseudonym before it is written anywhere, and before another process sees it.

The pseudonym is the first 128 bits of SHA-256(door key || identifier). The door key is derived from the workspace's key
by HMAC-SHA-256 and has a fixed length, so no two pairs of key and identifier give the same bytes. HMAC exists because
plain SHA-256 of key and message can be extended by whoever sees the whole digest; half a digest can't, and cut-off
SHA-256 behind a secret key is a pseudo-random function as HMAC is (Coron, Dodis, Malinaud, Puniya: "Merkle-Damgard
revisited", 2005). DuckDB has no HMAC; built of four SHA-256 blocks in SQL it took four times as long.

128 bits: among 70 million people two share a pseudonym with a chance of 1 in 10^23.
"""

import base64
import hashlib
import hmac

import ibis
import ibis.expr.types as ir

from seuil.records.engines.dialect import sha256
from seuil.records.values import as_text

KEY_BYTES = 16


def door_key(key: bytes) -> str:
    """192 bits that only the workspace's key gives, as 32 ASCII characters: with an identifier of up to 23 bytes they
    fill one SHA-256 block.

    Raises ValueError for a key that could be guessed.
    """
    if len(key) < KEY_BYTES:
        raise ValueError(f"a workspace key has at least {KEY_BYTES} bytes")
    derived = hmac.digest(key, b"seuil: identifiers at the door", hashlib.sha256)
    return base64.urlsafe_b64encode(derived[:24]).decode("ascii")


def is_known(identifier: ir.Column) -> ir.BooleanColumn:
    """Whether there is an identifier: neither nothing nor an empty text."""
    return as_text(identifier).nullif("").notnull()


def pseudonym(identifier: ir.Column, door: str) -> ir.Column:
    """128 bits for a known identifier, as hexadecimal digits. identifier: a text without spaces around it."""
    return sha256(ibis.literal(door) + identifier).left(32)
