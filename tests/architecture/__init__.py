"""What the house promises about its own shape, where a linter cannot see it."""

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
PACKAGE = REPOSITORY / "samen"


def modules() -> Iterator[tuple[str, Path]]:
    """Every module of ours and the app it is in; what stands beside the apps is its own."""
    for file in sorted(PACKAGE.rglob("*.py")):
        inside = file.relative_to(PACKAGE)
        if "migrations" not in inside.parts:
            yield inside.parts[0].removesuffix(".py"), file


@cache
def tree(file: Path) -> ast.Module:
    """The module, read but not run."""
    source = file.read_text()
    try:
        return ast.parse(source, str(file))
    except SystemError:  # CPython 3.11 keeps one depth for all that is parsed; parsing in between makes it stumble
        return ast.parse(source, str(file))


def place(file: Path, node: ast.AST | int) -> str:
    """Where it is, for who has to mend it."""
    line = node if isinstance(node, int) else getattr(node, "lineno", 1)
    return f"{file.relative_to(REPOSITORY)}:{line}"


def dotted(node: ast.AST) -> str:
    """`a.b.c` as it is written; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (before := dotted(node.value)):
        return f"{before}.{node.attr}"
    return ""


@cache
def floors() -> dict[str, int]:
    """On which floor each app lives, as the import contract says; higher may know lower."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    contracts = project["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return {app: -depth for depth, layer in enumerate(layers) for app in layer.split(" | ")}
