"""Small deterministic stand-ins for every model, to test with, to teach with, and to read.

Each does by an obvious rule what the real model learns: a dictionary instead of a translator, word
lists instead of a recognizer, the diagonal instead of an aligner. They need no download and no time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

from projection.errors import ConfigurationError, ModelInputError
from projection.models.labels import parse_label_map
from projection.protocols import Option
from projection.text import languages
from projection.text.languages import english_name
from projection.types import Alignment, Entity, Sentence, Span, Translation

_LEXICON = """
en         de            es           fr            pt
a          ein           un           un            um
and        und           y            et            e
at         bei           en           à             em
birthday   Geburtstag    cumpleaños   anniversaire  aniversário
book       Buch          libro        livre         livro
bought     kaufte        compró       acheta        comprou
capital    Hauptstadt    capital      capitale      capital
city       Stadt         ciudad       ville         cidade
company    Unternehmen   empresa      entreprise    empresa
for        für           para         pour          para
from       aus           de           de            de
germany    Deutschland   Alemania     Allemagne     Alemanha
in         in            en           à             em
is         ist           es           est           é
lives      wohnt         vive         habite        mora
london     London        Londres      Londres       Londres
met        traf          encontró     rencontra     encontrou
monday     Montag        lunes        lundi         segunda-feira
new        neu           nuevo        nouveau       novo
of         von           de           de            de
president  Präsident     presidente   président     presidente
said       sagte         dijo         dit           disse
spain      Spanien       España       Espagne       Espanha
the        die           la           la            a
to         nach          a            à             para
visited    besuchte      visitó       visita        visitou
was        war           era          était         era
works      arbeitet      trabaja      travaille     trabalha
writes     schreibt      escribe      écrit         escreve
yesterday  gestern       ayer         hier          ontem
"""
_NAMES = (
    "PER=Angela Merkel;Barack Obama;Ada Lovelace;Alan Turing;Marie Curie;Maria;John,"
    "LOC=Berlin;London;Paris;Lisbon;New York;Germany;France;Spain;Brazil,"
    "ORG=Siemens;Google;United Nations;European Union;European Commission"
)


def _pairs_of_lexicon() -> dict[tuple[str, str], dict[str, str]]:
    header, *rows = (line.split() for line in _LEXICON.strip().splitlines())
    return {
        (source, target): {row[i].lower(): row[j] for row in reversed(rows)}
        for i, source in enumerate(header)
        for j, target in enumerate(header)
        if i != j
    }


@dataclass(frozen=True, kw_only=True, eq=False)
class DictionaryTranslator:
    """Translates word by word with a dictionary; words it does not hold (names) and punctuation stay.

    Built in are 30 English words with German, Spanish, French and Portuguese. `dictionary` adds or
    replaces entries, as a mapping or "dog=Hund,cat=Katze"; with it any pair of languages is accepted.
    A capital letter at the start of a word is carried over.
    """

    name: str = "dictionary"
    dictionary: Mapping[str, str] | str = field(default_factory=dict)

    options: ClassVar[tuple[Option, ...]] = (Option("dictionary", "Words to add: dog=Hund,cat=Katze."),)

    def __post_init__(self):
        object.__setattr__(self, "dictionary", parse_label_map(self.dictionary, "dictionary"))

    @cached_property
    def signature(self) -> str:
        added = ",".join(f"{word}={other}" for word, other in self.dictionary.items())
        return f"{self.name}|dictionary:{added or 'built in'}"

    def translate(self, texts: Sequence[str], source: str, target: str) -> list[Translation]:
        """Translate; a text without any known word carries a warning. Raises ModelInputError."""
        built_in = _pairs_of_lexicon().get((languages.base(source), languages.base(target)))
        if built_in is None and not self.dictionary:
            raise ModelInputError(
                f"The built-in dictionary has no {english_name(source)} to {english_name(target)}: it knows en, de, "
                "es, fr and pt; give words with the option dictionary."
            )
        lexicon = (built_in or {}) | {word.lower(): other for word, other in self.dictionary.items()}
        return [self._translate(text, lexicon) for text in texts]

    @staticmethod
    def _translate(text: str, lexicon: Mapping[str, str]) -> Translation:
        if not text.strip():
            raise ModelInputError("The text is empty: there is nothing to translate.")
        pieces = re.split(r"(\w+)", text)
        known = [index for index in range(1, len(pieces), 2) if pieces[index].lower() in lexicon]
        for index in known:
            other = lexicon[pieces[index].lower()]
            pieces[index] = other[:1].upper() + other[1:] if pieces[index][0].isupper() else other
        return Translation("".join(pieces), () if known else ("The dictionary knows no word of this text.",))


@dataclass(frozen=True, kw_only=True, eq=False)
class RuleRecognizer:
    """Labels the names of a list, longest first, and what matches regular expressions.

    `words` lists names by label: a mapping to sequences, or "PER=Ada Lovelace;Alan Turing,LOC=Berlin";
    they are compared word by word, capitals included. `patterns` gives a regular expression by label
    (a mapping, or "ORG=[A-Z]{3,}"); a match counts only where it begins and ends with a word. Earlier
    and longer entities win; names win over patterns.
    """

    name: str = "rules"
    words: Mapping[str, Sequence[str]] | str = _NAMES
    patterns: Mapping[str, str] | str = field(default_factory=dict)

    options: ClassVar[tuple[Option, ...]] = (
        Option("words", "Names by label: PER=Ada Lovelace;Alan Turing,LOC=Berlin."),
        Option("patterns", "A regular expression by label: ORG=[A-Z]{3,}."),
    )

    def __post_init__(self):
        words = self.words
        if isinstance(words, str):
            words = {label: names.split(";") for label, names in parse_label_map(words, "words").items()}
        patterns = self.patterns
        if isinstance(patterns, str):
            if patterns and "=" not in patterns:
                raise ConfigurationError(f"patterns: {patterns!r} is not LABEL=EXPRESSION, such as ORG=[A-Z]{{3,}}.")
            patterns = dict([patterns.split("=", 1)]) if patterns else {}
        object.__setattr__(self, "words", {label: tuple(names) for label, names in words.items()})
        object.__setattr__(self, "patterns", patterns)
        for label, pattern in self.patterns.items():
            try:
                re.compile(pattern)
            except re.error as problem:
                raise ConfigurationError(f"The pattern for {label} is not a regular expression: {problem}.") from None

    @cached_property
    def signature(self) -> str:
        return f"{self.name}|words:{self.words}|patterns:{self.patterns}"

    def recognize(self, sentences: Sequence[Sentence]) -> list[tuple[Entity, ...]]:
        return [tuple(self._entities(sentence)) for sentence in sentences]

    def _entities(self, sentence: Sentence) -> Iterator[Entity]:
        found = [(0, span, label) for span, label in self._names(sentence.words)]
        found += [(1, span, label) for span, label in self._matches(sentence)]
        taken: list[Span] = []
        for _, span, label in sorted(found, key=lambda item: (item[0], item[1].start, -len(item[1]), item[2])):
            if not any(span.overlaps(other) for other in taken):
                taken.append(span)
                yield Entity(span, label, 1.0, "model")

    def _names(self, words: Sequence[str]) -> Iterator[tuple[Span, str]]:
        for label, names in self.words.items():
            for name in map(str.split, names):
                for start in range(len(words) - len(name) + 1 if name else 0):
                    if list(words[start : start + len(name)]) == name:
                        yield Span(start, start + len(name)), label

    def _matches(self, sentence: Sentence) -> Iterator[tuple[Span, str]]:
        starts = {token.start: index for index, token in enumerate(sentence.tokens)}
        ends = {token.end: index + 1 for index, token in enumerate(sentence.tokens)}
        for label, pattern in self.patterns.items():
            for match in re.finditer(pattern, sentence.text):
                if match.start() in starts and match.end() in ends and match[0]:
                    yield Span(starts[match.start()], ends[match.end()]), label


@dataclass(frozen=True, kw_only=True)
class DiagonalAligner:
    """Links each word of the longer sentence to the word at the same relative position of the other."""

    name: str = "diagonal"
    signature: str = "diagonal"

    def align(self, pairs: Sequence[tuple[Sentence, Sentence]]) -> list[Alignment]:
        return [self._align(len(source), len(target)) for source, target in pairs]

    @staticmethod
    def _align(source: int, target: int) -> Alignment:
        longer = max(source, target) if source and target else 0
        links = {((2 * i + 1) * source // (2 * longer), (2 * i + 1) * target // (2 * longer)) for i in range(longer)}
        return Alignment(frozenset(links), source, target)
