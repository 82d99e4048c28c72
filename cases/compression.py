"""Brotli, for clients that take it."""

import re

import brotli

ACCEPTED = re.compile(r"(?:^|,)\s*br\s*(?!;\s*q=0(?:\.0*)?\s*(?:,|$))(?:;|,|$)")
# It costs what gzip costs, and makes a long page a fifth smaller.
QUALITY = 6


def takes_brotli(request) -> bool:
    """Whether whoever asks can read it."""
    return bool(ACCEPTED.search(request.headers.get("Accept-Encoding", "")))


def compress(content: bytes) -> bytes:
    """The same in fewer bytes."""
    return brotli.compress(content, quality=QUALITY)
