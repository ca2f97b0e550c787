"""What went wrong, said to the person at the keyboard."""

from __future__ import annotations


class UserError(Exception):
    """An error without a bug: the message says what happened and what to do, and is all that is shown."""
