"""``{{ num NAME:SPEC }}``: a measured number in a sentence, a table, a heading or a caption."""

import re

from site_src.shortcodes.published import ShortcodeError, unknown

# Width and precision have two digits: Python would write a number a gigabyte wide.
SPEC = re.compile(r"[+-]?\d{0,2}[,_]?(?:\.\d{1,2})?[defg%]?")
NUMBER = r"\{\{\s*num\s+([\w./-]+)(?::([^\s{}]*))?\s*\}\}"


def formatted(numbers: dict[str, int | float | str], name: str, spec: str) -> str:
    """Format the number called ``name`` by a Python format specification, with a real minus sign."""
    if name not in numbers:
        raise unknown("number", name, numbers)
    if not SPEC.fullmatch(spec):
        raise ShortcodeError(f"'{spec}' cannot format {name}: it is not a specification such as ,.2f or .0%")
    try:
        text = format(numbers[name], spec)
    except (ValueError, OverflowError) as error:
        raise ShortcodeError(f"'{spec}' cannot format {name}, which is {numbers[name]!r}: {error}") from error
    return re.sub(r"^-(?=\d)", "\N{MINUS SIGN}", text)
