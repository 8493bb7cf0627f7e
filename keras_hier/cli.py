"""The command `keras-hier`. A subcommand is imported only when it is run."""

import argparse
import importlib
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

from keras_hier import __version__, missing_packages
from keras_hier.terminal import escaped, print_line, to_nowhere


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a subcommand.

    Returns:
        The exit status: 0, 2 for what the user can put right, 3 if a gate of
        `compare` fails, or 130 if the user has stopped it.
    """
    args = _parse(sys.argv[1:] if arguments is None else arguments)
    status = 0
    try:
        with _warnings_in_a_line(args.command):
            status = int(args.run(args) or 0)
        if sys.stdout is not None:  # a shell may have closed it: >&-
            sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        print_line(f"keras-hier {args.command}: stopped.", sys.stderr)
        return 130
    except BrokenPipeError:  # a reader such as `head` has stopped reading
        to_nowhere(sys.stdout)
        return status
    except (ValueError, OSError) as error:
        message = " ".join(str(error).split())
        print_line(f"keras-hier {args.command}: {message}", sys.stderr)
        return 2
    except ModuleNotFoundError as error:
        known = missing_packages.named(error)
        if known is error:
            raise
        print_line(f"keras-hier {args.command}: {known}", sys.stderr)
        return 2
    except MemoryError as error:
        print_line(
            f"keras-hier {args.command}: more memory is needed than there is "
            f"({error}).",
            sys.stderr,
        )
        return 2


class _Parser(argparse.ArgumentParser):
    """Escapes the command line in its error messages."""

    def error(self, message: str) -> NoReturn:
        super().error(escaped(message))


class _PrintCompletion(argparse.Action):
    """Prints what completes commands, options and files in a shell."""

    def __call__(
        self, parser: argparse.ArgumentParser, _: Any, shell: Any, *__: Any
    ) -> None:
        try:
            import shtab
        except ModuleNotFoundError as error:
            parser.error(str(missing_packages.named(error)))
        whole = make_parser()
        commands: Any = whole._actions[-1].choices
        for command in commands.values():
            for action in command._actions:
                if action.choices is None and action.nargs != 0:
                    action.complete = shtab.FILE
        for line in shtab.complete(whole, shell=shell).splitlines():
            print_line(line)
        parser.exit()


@contextmanager
def _warnings_in_a_line(command: str) -> Iterator[None]:
    """Prints warnings as one line each, without lines of our source code."""

    def in_a_line(message: Warning | str, *_: Any, **__: Any) -> str:
        text = " ".join(str(message).split())
        return f"keras-hier {command}: {escaped(text)}\n"

    before = warnings.formatwarning
    warnings.formatwarning = in_a_line
    try:
        yield
    finally:
        warnings.formatwarning = before


def make_parser(only: str | None = None) -> argparse.ArgumentParser:
    """Returns the parser; `only` one command, or all of them, get options."""
    parser = _Parser(
        prog="keras-hier",
        description="Hierarchical confusion of classifiers over many classes.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--version", action="version", version=f"keras-hier {__version__}"
    )
    parser.add_argument(
        "--print-completion",
        choices=("bash", "zsh"),
        action=_PrintCompletion,
        help="print a script that completes commands, options and files "
        "(pip install shtab)",
    )
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="COMMAND"
    )
    for name, help_text in (
        ("demo", "train two networks on drawn shapes and show them"),
        ("records", "turn class folders into TFRecords"),
        ("log", "log predictions, from any program, for TensorBoard"),
        ("tree", "print a tree of classes, or a cut of it"),
        ("report", "draw a logged matrix as a picture, without a browser"),
        ("export", "write the tab of a run as one file, to mail"),
        ("compare", "tell what changed between two logged runs, by group"),
        ("quality", "list classes and labels at fault, of a logged run"),
        ("verdicts", "list verdicts on labels, and correct labels by them"),
        ("probe", "tell what each layer of a network knows"),
        ("answer", "answer by a class or a group, at a promised accuracy"),
        ("budget", "tell from a pilot what more labels would buy"),
    ):
        command = commands.add_parser(
            name,
            help=help_text,
            description=f"{help_text[0].upper()}{help_text[1:]}.",
            allow_abbrev=False,
        )
        if only in (None, name):
            _add_command(name, command)
    return parser


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    command = next((a for a in arguments if not a.startswith("-")), "")
    return make_parser(command).parse_args(arguments)


def _add_command(name: str, parser: argparse.ArgumentParser) -> None:
    command = importlib.import_module(f"keras_hier.commands.{name}")
    command.add_arguments(parser)
    parser.set_defaults(run=command.run)


if __name__ == "__main__":
    sys.exit(main())
