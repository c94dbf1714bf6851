"""`methods` and `models`: what there is, how big it is, and whether it can run here."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any

import typer

from projection.cli.inputs import say
from projection.cli.tables import table

JsonOption = Annotated[bool, typer.Option("--json", help="For programs.")]


def methods(as_json: JsonOption = False) -> None:
    """List the projection methods: what they need, their settings and presets.

    METHOD:PRESET is a method too, for example heuristic:paper.
    """
    rows = [_method(name) for name in _method_names()]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        typer.echo(f"{row['name']}: {row['summary']}")
        typer.echo(f"  needs: {_needs(row)}")
        settings = [(name, _word(one["default"]), one["help"]) for name, one in row["settings"].items()]
        for line in table(("setting", "default", ""), settings).splitlines() if settings else ():
            typer.echo(f"  {line}")
        for name, values in row["presets"].items():
            typer.echo(f"  preset {name}: {', '.join(f'{key}={_word(value)}' for key, value in values.items()) or '-'}")


def _method_names() -> list[str]:
    from projection import registry

    return registry.names("projector")


def _method(name: str) -> dict[str, Any]:
    from projection import registry

    entry = registry.find("projector", name)
    build = registry.load_class(entry)
    described = {option.name: option for option in getattr(build, "options", ())}
    settings = {}
    for key, parameter in registry.options_of("projector", name).items():
        option = described.get(key)
        settings[key] = {
            "default": None if parameter.default is parameter.empty else parameter.default,
            "help": option.help if option else "",
            "choices": list(option.choices) if option else [],
        }
    presets = {preset: dict(values) for preset, values in registry.presets_of("projector", name).items()}
    return {
        "name": name,
        "summary": entry.summary,
        "requires": sorted(build.requires),
        "components": dict(registry.components_of(entry)),
        "reads_source": getattr(build, "reads_source", True),
        "writes_target": hasattr(build, "write"),
        "settings": settings,
        "presets": presets,
    }


_EVIDENCE = {
    "alignment": "word links",
    "similarity": "similarities of words",
    "target_entities": "a target recognizer",
    "target_probabilities": "a target recognizer",
}


def _needs(row: dict[str, Any]) -> str:
    needs = [_EVIDENCE[kind] for kind in row["requires"]] + [_article(role) for role in row["components"].values()]
    needs += ["no target text (it writes its own)"] if row["writes_target"] else []
    return ", ".join(dict.fromkeys(needs)) or "nothing"


def _article(role: str) -> str:
    named = {"chat": "chat model"}.get(role, role)
    return f"{'an' if named[0] in 'aeiou' else 'a'} {named}"


def _word(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


models = typer.Typer(
    invoke_without_command=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@models.callback()
def list_models(context: typer.Context, as_json: JsonOption = False) -> None:
    """List the models: size, licence and whether they can run here. Fetch or clear one.

    \b
    Examples:
      projection models
      projection models --json
      projection models fetch FacebookAI/xlm-roberta-large-finetuned-conll03-english
      projection models clear e5-small
    """
    if context.invoked_subcommand:
        return
    from projection.models.catalogue import listing

    rows = listing()
    if as_json:
        typer.echo(json.dumps([row.to_dict() for row in rows], ensure_ascii=False, indent=2))
        return
    header = ("role", "name", "MB", "licence", "here", "")
    typer.echo(table(header, [
        (row.role, row.name, f"{row.megabytes:.0f}" if row.megabytes else "-", row.licence or "-",
         "yes" if row.availability.ready else "no", row.availability.message)
        for row in rows
    ]))  # fmt: skip


@models.command()
def fetch(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name from the list, or a Hugging Face name.")],
    progress: Annotated[bool | None, typer.Option(help="Progress bar; by default on a terminal only.")] = None,
) -> None:
    """Download a model, or convert the one in the box, so that it is ready when it is needed."""
    from tqdm import tqdm

    from projection.models.catalogue import fetch as fetch_model

    shown = sys.stderr.isatty() if progress is None else progress
    with tqdm(disable=not shown, file=sys.stderr, unit_scale=True, dynamic_ncols=True) as bar:

        def advance(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        folder = fetch_model(name, advance)
    say(f"{name} is ready in {folder}.")


@models.command()
def clear(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name from the list, or a Hugging Face name.")],
) -> None:
    """Delete a downloaded or converted model."""
    from projection.models.catalogue import clear as clear_model

    freed = clear_model(name)
    say(f"{name}: {freed / 1e6:.0f} MB freed." if freed else f"{name} was not here.")
