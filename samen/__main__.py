"""`samen VERB`: every verb is a module of `samen.commands` with `arguments`, `run` and `ENTRANCE`."""

import argparse
import ast
import importlib
import os
import pkgutil
import sys
from pathlib import Path

from samen import commands

DJANGO = ("makemigrations", "shell")  # Django's own, for developers


def main(words: list[str]) -> int:
    """Run one verb; returns its exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samen.settings")
    words = ["--help"] if words == ["help"] else words
    if words and words[0] in DJANGO:
        return _django(words)
    names = [module.name for module in pkgutil.iter_modules(commands.__path__)]
    asked = words[:1] if words and words[0] in names else names  # to read all of them takes as long as to start
    verbs = {name: _promise(name) if name in asked else "" for name in names}
    parser = argparse.ArgumentParser(prog="samen", description="Samen, by word.")
    chosen = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb, promise in verbs.items():
        sub = chosen.add_parser(verb, help=promise, description=promise)
        if words and words[0] == verb:
            importlib.import_module(f"samen.commands.{verb}").arguments(sub)
    options = parser.parse_args(words)
    try:
        code: int = importlib.import_module(f"samen.commands.{options.verb}").run(options)
    except KeyboardInterrupt:
        return 130
    return code


def _promise(verb: str) -> str:
    """The first line of the verb's module, read without importing it."""
    source = Path(str(commands.__path__[0])) / f"{verb}.py"
    text = ast.get_docstring(ast.parse(source.read_text())) or ""
    return text.splitlines()[0] if text else ""


def _django(words: list[str]) -> int:
    os.environ["SAMEN_ROLE"] = "migrate"
    from django.core.management import execute_from_command_line

    execute_from_command_line(["samen", *words])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
