"""No back doors: nobody reaches a model or a module by its name in a string, and nobody listens to signals."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture import PACKAGE, dotted, modules, place, tree

# Where a door stands on purpose, and why.
ALLOWED = {
    ("base/journal.py", "import_string"): "finds reactions.py, the one page of hops that go up",
    ("base/schema.py", "get_model"): "Django hands a constraint the models of the migration's state, not ours",
    ("__main__.py", "import_module"): "loads the one verb that was asked for",
}
DOORS = {"get_model", "get_models", "import_string", "import_module", "__import__", "eval", "exec"}
SIGNALS = ("django.db.models.signals", "django.dispatch", "django.core.signals", "django.contrib.auth.signals")


def doors(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Every door in this module: the line and its name."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and (name := dotted(node.func).rpartition(".")[2]) in DOORS:
            yield node.lineno, name
        if isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from ((node.lineno, name) for name in names if name.startswith(SIGNALS) or name.endswith(".receiver"))
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names if alias.name.startswith(SIGNALS))


def test_no_module_has_a_back_door() -> None:
    faults, used = [], set()
    for _app, file in modules():
        inside = str(file.relative_to(PACKAGE))
        for line, name in doors(tree(file)):
            if (inside, name) in ALLOWED:
                used.add((inside, name))
            else:
                faults.append(f"{place(file, line)}: {name}")

    assert faults == []
    assert used == ALLOWED.keys(), "an exception nobody needs any more"


@pytest.mark.parametrize(
    "text",
    [
        'from django.apps import apps\nVisit = apps.get_model("visits", "Visit")',
        'model._meta.apps.get_model("visits.Visit")',
        'from django.utils.module_loading import import_string\nimport_string("samen.desk.live.refresh")',
        "from django.db.models.signals import post_save",
        "from django.db.models import signals",
        "from django.dispatch import receiver",
        "import django.dispatch",
    ],
)
def test_a_back_door_is_seen(text: str) -> None:
    assert list(doors(ast.parse(text)))
