"""``{{ table api }}``: the functions of the package as their docstrings have them; read, never imported."""

import ast
from inspect import cleandoc
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

from site_src.shortcodes.elements import append_text

PACKAGE = Path(__file__).parents[2] / "generate" / "__init__.py"


def functions() -> list[ast.FunctionDef]:
    """The public functions, in their order."""
    found = ast.parse(PACKAGE.read_text(encoding="utf-8")).body
    return [node for node in found if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]


def append_api(parent: Element) -> None:
    """Append each function's signature and what is said of it."""
    listed = SubElement(parent, "dl")
    for function in functions():
        returned = f" -> {ast.unparse(function.returns)}" if function.returns else ""
        term = SubElement(listed, "dt", {"id": f"api-{function.name}"})
        append_text(term, "code", f"generate.{function.name}({ast.unparse(function.args)}){returned}")
        for paragraph in cleandoc(ast.get_docstring(function) or "").split("\n\n"):
            append_text(listed, "dd", " ".join(paragraph.replace("``", "").split()))
