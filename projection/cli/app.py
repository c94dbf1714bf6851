"""All commands in one place, and what they have in common: errors as sentences, exit codes."""

from __future__ import annotations

import logging
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from projection.cli.aer import aer
from projection.cli.align import align
from projection.cli.backup import backup, restore
from projection.cli.catalogue import methods, models
from projection.cli.convert import convert
from projection.cli.evaluate import evaluate
from projection.cli.export import export
from projection.cli.label import label
from projection.cli.project import project
from projection.cli.train import train_generator
from projection.cli.train_recognizer import train_recognizer
from projection.cli.training import INTERRUPTED
from projection.errors import ProjectionError

BAD_INPUT = 2


class Commands(TyperGroup):
    """Turns the errors a user can meet into one sentence on stderr and exit code 2."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise
        except (ProjectionError, OSError) as problem:
            typer.echo(f"Error: {_sentence(problem)}", err=True)
            raise typer.Exit(BAD_INPUT) from None
        except KeyboardInterrupt:
            typer.echo("Interrupted: no output was written.", err=True)
            raise typer.Exit(INTERRUPTED) from None


def _sentence(problem: Exception) -> str:
    if isinstance(problem, OSError) and problem.strerror:
        return f"{problem.filename or 'the file system'}: {problem.strerror}."
    return str(problem)


HELP = """
Annotation projection: carry entity labels from a sentence onto its translation.

Exit codes: 0 all went well, 1 some sentences failed (the output still has one for each; stderr and
--report say which and why), 2 wrong use or input that cannot be read (no output is written), 130
interrupted.
"""

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)


@app.callback(help=HELP)
def main(
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Log to stderr, with tracebacks of failures.")
    ] = False,
) -> None:
    if verbose:
        logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    else:
        logging.getLogger("projection").addHandler(logging.NullHandler())


for command in (
    project,
    label,
    align,
    convert,
    export,
    evaluate,
    aer,
    methods,
    train_generator,
    train_recognizer,
    backup,
    restore,
):
    app.command()(command)
app.add_typer(models, name="models")
