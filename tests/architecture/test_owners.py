"""Only the app that owns a row writes it: everybody else asks for it by a verb.

Types are followed from annotations, imports, querysets and relations, as far as a reader would follow them.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from tests.architecture import PACKAGE, dotted, modules, place, tree

MAY_WRITE_ALL = {"demo", "commands"}  # the invented people are planted, and an operator stands above the apps
WRITES = {
    *("create", "bulk_create", "get_or_create", "update_or_create", "update", "bulk_update", "delete", "save"),
    *("acreate", "aupdate", "adelete", "asave", "add", "set", "remove", "clear"),
}
NOT_ROWS = {"count", "exists", "aggregate", "values", "values_list", "dates", "datetimes", "pk", "get_deferred_fields"}
CONTAINERS = {"list", "tuple", "set", "sorted", "iter", "next", "reversed", "min", "max", "replace"}
SQL = re.compile(r"\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE)\s+\"?(\w+)", re.IGNORECASE)


@dataclass
class Models:
    """Every model class: whose it is, what its columns are, and where its relations lead."""

    app: dict[str, str] = field(default_factory=dict)
    columns: dict[str, set[str]] = field(default_factory=dict)
    leads: dict[tuple[str, str], str] = field(default_factory=dict)


@cache
def known() -> Models:
    """What the models.py files say."""
    found = Models()
    for file in sorted(PACKAGE.glob("*/models.py")):
        for node in tree(file).body:
            if isinstance(node, ast.ClassDef) and {dotted(base) for base in node.bases} & {
                *("Owned", "models.Model", "AbstractBaseUser"),
            }:
                assert node.name not in found.app, f"two models are called {node.name}"
                found.app[node.name] = file.parent.name
                _columns(found, node)
    return found


def _columns(found: Models, model: ast.ClassDef) -> None:
    columns = found.columns.setdefault(model.name, {"org", "org_id", "public_id", "created_at"})
    for node in model.body:
        if not (isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)):
            continue
        name = dotted(node.targets[0])
        columns |= {name, f"{name}_id"}
        if dotted(node.value.func).rpartition(".")[2] in ("reference", "ForeignKey", "OneToOneField"):
            to = node.value.args[0]
            other = str(to.value).rpartition(".")[2] if isinstance(to, ast.Constant) else dotted(to)
            found.leads[model.name, name] = other
            for keyword in node.value.keywords:
                if keyword.arg == "related_name" and isinstance(keyword.value, ast.Constant):
                    found.leads[other, str(keyword.value.value)] = model.name


@cache
def returns() -> dict[tuple[str, str], str]:
    """Which model a function of ours hands out: (module, function) -> model."""
    found = {}
    for _app, file in modules():
        for node in tree(file).body:
            if isinstance(node, ast.FunctionDef) and (model := _model_in(node.returns)):
                found[_name(file), node.name] = model
    return found


def _name(file: Path) -> str:
    return ".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts)


def _model_in(annotation: ast.AST | None) -> str | None:
    names = {dotted(node).rpartition(".")[2] for node in ast.walk(annotation)} if annotation else set()
    models = names & known().app.keys()
    return models.pop() if len(models) == 1 else None


class Reader(ast.NodeVisitor):
    """Reads one module of one app and notes what it writes of others'."""

    def __init__(self, app: str, name: str) -> None:
        self.app, self.name = app, name
        self.aliases: dict[str, str] = {}
        self.variables: list[dict[str, str]] = [{}]
        self.found: list[tuple[int, str]] = []

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            self.aliases[alias.asname or alias.name] = f"{node.module}.{alias.name}"

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        arguments = [*node.args.args, *node.args.kwonlyargs, *node.args.posonlyargs]
        self.variables.append({one.arg: model for one in arguments if (model := _model_in(one.annotation))})
        self.generic_visit(node)
        self.variables.pop()

    def visit_Assign(self, node: ast.Assign) -> None:
        self.generic_visit(node)
        for target in node.targets:
            self._assigned(target, node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.generic_visit(node)
        if model := _model_in(node.annotation):
            self._remember(node.target, model)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.generic_visit(node)
        self._remember(node.target, self._model(node.value))

    def visit_For(self, node: ast.For) -> None:
        self._remember(node.target, self._model(node.iter))
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        self._remember(node.target, self._model(node.iter))
        self.generic_visit(node)

    def _visit_comprehending(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> None:
        for part in node.generators:  # what is drawn from comes before what is made of it
            self.visit(part)
        self.generic_visit(node)

    visit_ListComp = visit_SetComp = visit_GeneratorExp = visit_DictComp = _visit_comprehending  # noqa: N815  ast gives the names

    def visit_Call(self, node: ast.Call) -> None:
        self.generic_visit(node)
        if isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            self._note(node, self._model(node.func.value), f".{node.func.attr}()")

    def visit_Constant(self, node: ast.Constant) -> None:
        for table in SQL.findall(node.value) if isinstance(node.value, str) else ():
            owner = table.split("_")[0]
            if owner in set(known().app.values()) - {self.app}:
                self.found.append((node.lineno, f"SQL that writes {table}"))

    def _assigned(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for one, its in zip(target.elts, value.elts, strict=False):
                self._assigned(one, its)
        elif isinstance(target, ast.Tuple):
            for one in target.elts:
                self._assigned(one, value)
        elif isinstance(target, ast.Attribute):
            model = self._model(target.value)
            if model and target.attr in known().columns[model]:
                self._note(target, model, f".{target.attr} = …")
        else:
            self._remember(target, self._model(value))

    def _remember(self, target: ast.expr, model: str | None) -> None:
        for node in ast.walk(target):
            if isinstance(node, ast.Name):
                self.variables[-1].pop(node.id, None)
                if model:
                    self.variables[-1][node.id] = model

    def _note(self, node: ast.AST, model: str | None, how: str) -> None:
        if model and known().app[model] != self.app:
            self.found.append((getattr(node, "lineno", 1), f"{model}{how}"))

    def _model(self, node: ast.expr | None) -> str | None:
        """The model of which this is a row, or rows."""
        if isinstance(node, ast.Name):
            inside = next(
                (known_here[node.id] for known_here in reversed(self.variables) if node.id in known_here), None
            )
            return inside or (node.id if self.aliases.get(node.id, node.id).rpartition(".")[2] in known().app else None)
        if isinstance(node, ast.Attribute):
            model = self._model(node.value)
            return model if node.attr == "objects" else known().leads.get((model or "", node.attr))
        if isinstance(node, ast.Call):
            return self._handed_out(node)
        if isinstance(node, ast.Subscript | ast.Starred | ast.Await):
            return self._model(node.value)
        if isinstance(node, ast.BoolOp):
            return self._model(node.values[0])
        if isinstance(node, ast.IfExp):
            return self._model(node.body) or self._model(node.orelse)
        if isinstance(node, ast.ListComp | ast.GeneratorExp | ast.SetComp):
            return self._model(node.elt)
        return None

    def _handed_out(self, call: ast.Call) -> str | None:
        name = dotted(call.func)
        if name in CONTAINERS and call.args:
            return self._model(call.args[0])
        if isinstance(call.func, ast.Attribute) and call.func.attr not in NOT_ROWS:
            through = self._model(call.func.value) or self._model(call.func)
            if through:
                return through
        first, _, rest = name.partition(".")
        whole = f"{self.aliases.get(first, f'{self.name}.{first}')}{'.' if rest else ''}{rest}"
        return returns().get(tuple(whole.rsplit(".", 1))) or (self._model(call.func) if not rest else None)  # type: ignore[arg-type]


def foreign_writes(app: str, name: str, module: ast.Module) -> Iterator[tuple[int, str]]:
    """Where this module writes rows of another app, and which."""
    reader = Reader(app, name)
    reader.visit(module)
    yield from dict.fromkeys(reader.found)


def test_only_the_owner_writes() -> None:
    faults = [
        f"{place(file, line)} {what}"
        for app, file in modules()
        if app not in MAY_WRITE_ALL
        for line, what in foreign_writes(app, _name(file), tree(file))
    ]

    assert faults == []


IMPORTS = """
from samen.base import links
from samen.people.models import Helper, Household
from samen.visits import access, absences
from samen.visits.models import Absence, Offer, Visit
"""


@pytest.mark.parametrize(
    "line",
    [
        "Visit.objects.create(minutes=60)",
        "Visit.objects.filter(pk=1).update(minutes=60)",
        "Visit(minutes=60).save()",
        "visit = Visit.objects.select_related('team').first(); visit.save()",
        "for visit in Visit.objects.all(): visit.delete()",
        "[visit.delete() for visit in Visit.objects.all()]",
        "absence = access.absence_for(visitor, key); absence.withdrawn_at = None",
        "def end(absence: Absence | None): absence.ended_at, x = at, 1",
        "def end(offers: list[Offer]): offers[0].save()",
        "def end(offer: Offer): offer.helper.save()",
        "def end(offer: Offer): offer.round.replacements.filter(closed_at=None).update(closed_at=at)",
        "def end(helper: Helper): helper.absences.create()",
        "cursor.execute('DELETE FROM visits_visit')",
    ],
)
def test_a_write_of_anothers_row_is_seen(line: str) -> None:
    module = ast.parse(f"{IMPORTS}\n{line}\n")

    assert list(foreign_writes("desk", "samen.desk.trial", module))


@pytest.mark.parametrize(
    "line",
    [
        "Absence.objects.create(helper=helper)",
        "def end(helper: Helper): helper.absences.create()",
        "def end(absence: Absence): absence.ended_at = at; absence.save()",
        "seen: dict[int, Helper] = {}; other.update(seen)",
        "def look(household: Household): household.shown_as = 'De Vries'",
        "names = {}; names.update(household=Household.objects.first())",
        "turn = Visit.objects.values_list('pk'); turn.save()",
    ],
)
def test_what_is_ones_own_is_no_fault(line: str) -> None:
    module = ast.parse(f"{IMPORTS}\n{line}\n")

    assert list(foreign_writes("visits", "samen.visits.trial", module)) == []
