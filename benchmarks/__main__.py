"""`python -m benchmarks NAME ARGS`: run one measurement; without a name, say which there are."""

import ast
import importlib
import os
import pkgutil
import secrets
import signal
import sys
import tempfile
from pathlib import Path

import benchmarks


def main(words: list[str]) -> int:
    """Run one measurement; returns its exit code, 1 when a promise was broken."""
    names = sorted(
        module.name for module in pkgutil.iter_modules(benchmarks.__path__) if not module.name.startswith("_")
    )
    if words:  # the beginning of a name is enough: `import` is a word that Python keeps for itself
        begins = words[0].replace("-", "_")
        words = [next((name for name in names if name.startswith(begins)), words[0]), *words[1:]]
    if not words or words[0] not in names:
        print("Usage: bin/bench NAME …\n")
        for name in names:
            print(f"  {name:<10} {_promise(name)}")
        return 0 if not words else 2
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # whoever is ended tidies up first
    with tempfile.TemporaryDirectory(prefix="samen-bench-data-") as data:
        os.environ |= {
            "SAMEN_SECRET": secrets.token_hex(32),
            "SAMEN_DATA": data,
            "SAMEN_MAIL": "demo",
            "SAMEN_ROLE": "app",
            "SAMEN_DATABASE_URL": "postgresql://samen_app@/nothing-yet",
            "DJANGO_SETTINGS_MODULE": "samen.settings",
        }
        importlib.import_module("django").setup()
        code: int = importlib.import_module(f"benchmarks.{words[0]}").main(words[1:])
    return code


def _promise(name: str) -> str:
    text = ast.get_docstring(ast.parse((Path(benchmarks.__path__[0]) / f"{name}.py").read_text())) or ""
    return text.splitlines()[0] if text else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
