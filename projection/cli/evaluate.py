"""`evaluate`: span scores of a labelled file against gold."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from projection.cli.inputs import UNLABELLED, EncodingOption, Repair, RepairOption, Scheme, open_document, say
from projection.errors import ConfigurationError

if TYPE_CHECKING:
    from projection.cli.label_options import AskedLabels
    from projection.evaluation.comparison import Comparison
    from projection.evaluation.pairing import PairBy
    from projection.text.documents import Document

_GOLD, _FIRST, _SECOND = "gold", "prediction", "against"


class MatchChoice(StrEnum):
    """What counts as found (see `evaluation.counts.MATCHES`)."""

    exact = "exact"
    type = "type"
    span = "span"
    partial = "partial"


class RulesChoice(StrEnum):
    """Label rules with a name (see `evaluation.label_rules.PRESETS`)."""

    all = "all"
    europarl = "europarl"
    masakhaner = "masakhaner"
    uner = "uner"
    conll = "conll"


class PairChoice(StrEnum):
    """How sentences are paired (see `evaluation.pairing.PAIRINGS`)."""

    ids = "ids"
    order = "order"


def evaluate(
    predicted: Annotated[Path, typer.Argument(metavar="PREDICTED", help="The labelled file to score.")],
    gold: Annotated[Path, typer.Argument(metavar="GOLD", help="The same sentences with gold labels.")],
    labels: Annotated[
        str | None, typer.Option(metavar="PER,ORG,LOC", help="Score these labels only; others count as no label.")
    ] = None,
    rules: Annotated[
        RulesChoice,
        typer.Option(
            help="What is done to labels before scoring. all, europarl: nothing; masakhaner: DATE in gold and MISC in "
            "PREDICTED are ignored; uner: PER, ORG and LOC only; conll: PER, ORG, LOC and MISC only, PERSON, "
            "ORGANIZATION, LOCATION, GPE and the like renamed to them."
        ),
    ] = RulesChoice.all,
    renames: Annotated[
        str | None,
        typer.Option("--map", metavar="PERSON=PER,GPE=LOC", help="Rename labels on both sides, before anything else."),
    ] = None,
    ignore: Annotated[
        str | None, typer.Option(metavar="DATE,MISC", help="Ignore these labels on both sides, after renaming.")
    ] = None,
    match: Annotated[
        MatchChoice,
        typer.Option(
            help="What counts as found. exact: same words and label; type: same label, a word in common; span: same "
            "words, any label; partial: a word in common, any label, a half unless the words are the same."
        ),
    ] = MatchChoice.exact,
    by_characters: Annotated[
        bool,
        typer.Option(
            "--by-characters",
            help="Compare labels by the characters they cover, spaces left out, where the words are not those of GOLD.",
        ),
    ] = False,
    pair: Annotated[
        PairChoice | None,
        typer.Option(
            help="Pair sentences of the same id, or in order by their characters. By default ids, if both files "
            "have ids."
        ),
    ] = None,
    by: Annotated[
        str,
        typer.Option(
            metavar="label,length,...",
            help="The tables to show: label, length (words of the sentence), language, kind (of mistakes).",
        ),
    ] = "label",
    against: Annotated[
        Path | None,
        typer.Option(help="Another prediction of the same sentences: is it better or worse, and could that be chance?"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Unrounded figures for programs.")] = False,
    html: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Also write a report: one page with charts, tables and examples that loads nothing."
        ),
    ] = None,
    latex: Annotated[bool, typer.Option("--latex", help="Print the table of a paper instead (booktabs).")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the table in Markdown instead.")] = False,
    scheme: Annotated[
        Scheme | None, typer.Option(help="Label scheme of all files with columns; found out and said when not given.")
    ] = None,
    repair: RepairOption = None,
    encoding: EncodingOption = "utf-8",
) -> None:
    """Score PREDICTED against GOLD: precision, recall and F1 of labelled spans.

    The interval is the 95 % bootstrap interval over sentences. Gold sentences that PREDICTED leaves out
    are counted and their entities missed. With --against, the difference has two p-values: paired bootstrap
    (Koehn 2004) and approximate randomisation (Yeh 2000). For the figures of seqeval, say --scheme iob2 and
    --repair conlleval (its default mode) or --repair discard (its strict mode).

    \b
    Examples:
      projection evaluate out.conll gold.conll
      projection evaluate out.conll gold.conll --labels PER,ORG,LOC --match partial --json
      projection evaluate new.conll gold.conll --against old.conll --by label,length
      projection evaluate out.conll gold.conll --rules masakhaner
      projection evaluate new.conll gold.conll --against old.conll --html report.html
      projection evaluate out.jsonl gold.conll --by-characters --map PERSON=PER --ignore DATE --by label,kind
    """
    from projection.cli import score_report
    from projection.cli.label_options import AskedLabels
    from projection.cli.score_tables import TABLES, figures, said, text

    shown = [name.strip() for name in by.split(",") if name.strip()]
    if strange := [name for name in shown if name not in TABLES]:
        raise ConfigurationError(f"--by {strange[0]}: there are {', '.join(TABLES)}.")
    if as_json + latex + markdown > 1:
        raise ConfigurationError("--json, --latex and --markdown are three forms of one answer: choose one.")
    asked = AskedLabels.read(labels, rules, renames, ignore)
    paths = {_FIRST: predicted, _GOLD: gold} | ({_SECOND: against} if against else {})
    documents = {
        name: open_document(path, repair=repair, scheme=scheme, encoding=encoding) for name, path in paths.items()
    }
    settings = _settings(list(documents.values()), repair)
    comparison = _compared(documents, asked, by_characters, pair.value if pair else None, settings)
    if match is not MatchChoice.exact and "kind" in shown:
        say("Kinds of mistakes are counted against exact spans with labels, whatever --match says.")
    if "language" in shown and len(languages := {item.gold.language for item in comparison.study.items}) == 1:
        say(f"All sentences are in one language ({languages.pop()}).")
    apart = comparison.difference(_FIRST, _SECOND, match.value) if against else None
    if html or latex or markdown:
        study = score_report.named(comparison, {name: path for name, path in paths.items() if name != _GOLD})
        if html:
            score_report.write_html(study, gold, match.value, html, list(paths.values()))
            say(f"The report is in {html}.")
        if latex or markdown:
            typer.echo(score_report.table(study, match.value, "latex" if latex else "markdown"))
            return
    if as_json:
        found = figures(comparison, _FIRST, match.value, shown)
        if apart is not None:
            found |= {"against": figures(comparison, _SECOND, match.value, ()), "difference": apart.to_dict()}
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    typer.echo(text(comparison, _FIRST, match.value, shown))
    if apart is not None:
        typer.echo(f"\nagainst {against}\n{text(comparison, _SECOND, match.value, shown)}\n\n{said(apart)}")


def _settings(documents: Sequence[Document], repair: Repair | None) -> dict[str, object]:
    """Return what the signature says of the files. Raises ConfigurationError for a file without labels."""
    for document in documents:
        if document.format in UNLABELLED:
            raise ConfigurationError(f"{document.name} has no labels to compare: give a CoNLL or JSONL file.")
    schemes = dict.fromkeys(document.scheme or "spans" for document in documents)
    return {"scheme": "/".join(schemes), "repair": repair.value if repair else None}


def _compared(
    documents: Mapping[str, Document],
    asked: AskedLabels,
    by_characters: bool,
    pair_by: PairBy | None,
    settings: Mapping[str, object],
) -> Comparison:
    from projection.evaluation.comparison import lay_beside

    files = {name: list(document.iter_sentences()) for name, document in documents.items()}
    given = {entity.label for sentences in files.values() for one in sentences for entity in one.entities}
    comparison = lay_beside(
        {name: sentences for name, sentences in files.items() if name != _GOLD},
        files[_GOLD],
        labels=asked.labels,
        rules=asked.rules,
        by_characters=by_characters,
        pair_by=pair_by,
        settings=settings,
    )
    asked.say_unmet(given, comparison.study.labels)
    return comparison
