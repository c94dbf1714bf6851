"""Projection of gold English entities onto German, Spanish and Italian (Europarl-NER), beside published figures.

    python -m bench.europarl --data DIR [--methods span-matching,heuristic:paper] [--json]

DIR holds europarl-ner/en.conll02 and those of de, es and it (github.com/ixa-ehu/ner-evaluation-corpus-europarl,
Agerri et al. 2018). Protocol of the paper and the thesis: 799 parallel sentences, gold English entities,
gold target words, all four labels, exact span and label, micro F1. Every gold entity counts; the thesis's
reader loses the first of two adjacent ones (1 of the 702 English entities).

Measured are all methods with their presets and the settings of the published tables; links are made once
for all of them. Published figures come from other aligners (mBERT) and recognizers than those of this run:
the signatures at the end say which ones ran here. What cannot run here is listed with what it needs.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from tqdm import tqdm

from bench.arguments import data_folder, parser, settings
from bench.europarl_tables import Measurement, text, to_dict
from bench.published import europarl
from bench.running import Evidence, Item, Runner, result
from bench.variants import Variant, holds, setup_of, wanted
from projection.errors import ConfigurationError, FormatError, ProjectionError
from projection.text.documents import read
from projection.types import Sentence

LANGUAGES = ("de", "es", "it")
UNUSABLE, NOTHING_RAN, INTERRUPTED = 2, 1, 130


def main(given: Sequence[str] | None = None) -> int:
    options = parser(__doc__, "folder with europarl-ner/", LANGUAGES)
    options.add_argument("--translator", help="for the methods that use one (scores, back-translation, codec)")
    arguments = options.parse_args(given)
    try:
        chosen = {name: getattr(arguments, name) for name in ("aligner", "target_recognizer", "translator")}
        folder = data_folder(arguments) / "europarl-ner"
        variants = wanted(arguments.methods, (row.variant for row in europarl().rows))
        told = settings(arguments, chosen)
        measured = measure(folder, variants, arguments.languages, chosen, told, arguments.limit)
    except ProjectionError as problem:
        print(f"Error: {problem}", file=sys.stderr)
        return UNUSABLE
    except KeyboardInterrupt:
        return INTERRUPTED
    if arguments.json:
        print(json.dumps(to_dict(measured), indent=2, ensure_ascii=False))
    else:
        print(text(measured))
    return 0 if measured.results else NOTHING_RAN


def measure(
    folder: Path,
    variants: Sequence[Variant],
    languages: Sequence[str] = LANGUAGES,
    chosen: Mapping[str, str | None] | None = None,
    options: Mapping[str, Mapping[str, Any]] | None = None,
    limit: int = 0,
) -> Measurement:
    """Measure `variants` on the corpus in `folder`; `chosen` names components, `options` hold their settings.

    Raises ConfigurationError for a language that is not there, FormatError for a file that cannot be read
    or has other sentences than the English one.
    """
    sides = {language: sentences(folder, language) for language in ("en", *languages)}
    _check_parallel(folder, sides)
    entities = {language: sum(len(one.entities) for one in side) for language, side in sides.items()}
    size = min(limit, len(sides["en"])) or len(sides["en"])
    measured = Measurement(size, limit, entities)
    resources = Evidence(len(variants))
    with tqdm(total=len(languages) * size, file=sys.stderr, unit=" sentences", dynamic_ncols=True) as bar:
        for language in languages:
            bar.set_description(language)
            items = [Item(*pair) for pair in zip(sides["en"][:size], sides[language][:size], strict=True)]
            _measure_language(measured, language, items, variants, chosen or {}, options or {}, resources, bar)
    return measured


def _measure_language(measured, language, items, variants, chosen, options, resources, bar) -> None:
    def build(variant: Variant):
        named = {**chosen, "recognizer": "given"}
        if not holds(variant, "translator"):
            named["translator"] = "given"
        return setup_of(variant, ("en", language), "translate-train", named, options)

    begin = perf_counter()
    runner = Runner(variants, build, resources)
    runner.rehearse(items)
    told = {"corpus": "europarl-ner", "sentences": measured.part, "entities": "gold"}
    gold = [item.gold for item in items]
    for variant, tally in runner.run(items, bar.update).items():
        measured.results.append(result(variant, language, tally, gold, told))
    for variant, reason in runner.lacking.items():
        measured.lacking.setdefault(variant, {})[language] = reason
    measured.seconds[language] = {**runner.evidence_seconds, "all": perf_counter() - begin}


def sentences(folder: Path, language: str) -> list[Sentence]:
    """Read one side of the corpus."""
    path = folder / f"{language}.conll02"
    if not path.is_file():
        raise ConfigurationError(
            f"There is no {path}: put the files of github.com/ixa-ehu/ner-evaluation-corpus-europarl there, named "
            "en.conll02, de.conll02, es.conll02 and it.conll02, or name another folder with --data."
        )
    return list(read(path, language=language).iter_sentences())


def _check_parallel(folder: Path, sides: Mapping[str, Sequence[Sentence]]) -> None:
    for language, side in sides.items():
        if len(side) != len(sides["en"]):
            raise FormatError(
                f"there are {len(side)} sentences, and {len(sides['en'])} in en.conll02.",
                path=str(folder / f"{language}.conll02"),
                remedy="The files must be parallel, sentence by sentence.",
            )


if __name__ == "__main__":
    sys.exit(main())
