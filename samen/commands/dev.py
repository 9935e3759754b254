"""The demo for developers: the pages start again when a file changes, and errors are shown whole."""

import argparse
import os

from samen.commands import demo

ENTRANCE = {"roles": ["OPERATOR"], "of": []}


def arguments(parser: argparse.ArgumentParser) -> None:
    """The same as the demo's."""
    demo.arguments(parser)
    parser.set_defaults(reload=True)


def run(options: argparse.Namespace) -> int:
    """The demo, with reload."""
    os.environ["SAMEN_DEBUG"] = "1"
    return demo.run(options)
