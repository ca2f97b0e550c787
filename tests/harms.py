"""Ways to damage a file: from its content and another's, by chance, to new content."""

from __future__ import annotations

import gzip
import io
import os
import pickle
import random
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from generate.pipeline import files

MARKER = "unpickled"


class Bomb:
    """Whoever unpickles this makes a folder."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (MARKER,)


def cut(content: bytes, _: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content))]


def flipped(content: bytes, _: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice([1, 1, 1, 2, 8])):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def zeroed(content: bytes, _: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(content))
    length = min(chance.randrange(1, 600), len(content) - start)
    return content[:start] + bytes(length) + content[start + length :]


def longer(content: bytes, _: bytes, chance: random.Random) -> bytes:
    return content + chance.randbytes(chance.randrange(1, 100))


def shuffled(content: bytes, _: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(1, len(content))
    return content[place:] + content[:place]


def spliced(content: bytes, other: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(min(len(content), len(other)))
    return content[:place] + other[place:]


def swapped(_: bytes, other: bytes, __: random.Random) -> bytes:
    return other


def random_bytes(_: bytes, __: bytes, chance: random.Random) -> bytes:
    return chance.randbytes(chance.randrange(2_000))


def empty(_: bytes, __: bytes, ___: random.Random) -> bytes:
    return b""


def compressed(content: bytes, _: bytes, __: random.Random) -> bytes:
    return gzip.compress(content)


def pickled(_: bytes, __: bytes, ___: random.Random) -> bytes:
    return pickle.dumps(Bomb())


def pickled_by_torch(_: bytes, __: bytes, ___: random.Random) -> bytes:
    buffer = io.BytesIO()
    torch.save({"weight": Bomb()}, buffer)
    return buffer.getvalue()


def pickled_in_an_archive(_: bytes, __: bytes, ___: random.Random) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, codes=np.array([Bomb()], dtype=object))
    return buffer.getvalue()


@cache
def _bomb() -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, codes=np.zeros(files.LARGEST // 8 + 1))
    return buffer.getvalue()


def zip_bomb(_: bytes, __: bytes, ___: random.Random) -> bytes:
    """A small archive with a large array of zeros."""
    return _bomb()


def json_of_another_kind(_: bytes, __: bytes, chance: random.Random) -> bytes:
    texts = b"[]", b"null", b"7", b'"text"', b"{}", b"[" * 100_000, b'{"a": NaN}', b"\xff\xfe{}"
    return chance.choice(texts)


HARMS = [cut, flipped, zeroed, longer, shuffled, spliced]
SINGLE = [
    *(swapped, random_bytes, empty, compressed, pickled, pickled_by_torch, pickled_in_an_archive, zip_bomb),
    *[json_of_another_kind] * 6,
]


def flip(path: Path) -> None:
    """Change one bit in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
