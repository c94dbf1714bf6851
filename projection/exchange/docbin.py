"""spaCy's DocBin: one Doc per sentence, words as they are, entities in `doc.ents`.

What else is known stands in `doc.user_data` (id, language, state of each entity, note, ...); open it with
`DocBin().from_bytes(...)` and any vocabulary. A Doc knows only whether a space follows a word, so other
spaces become one U+0020, and those around the sentence are lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from projection.exchange.corrected import Corrected
from projection.exchange.options import Options
from projection.exchange.provenance import about
from projection.exchange.words import bad_word, no_text
from projection.text.jsonl import dump_entities
from projection.text.spacy_library import spacy_library
from projection.types import Sentence

if TYPE_CHECKING:
    from spacy.tokens import Doc
    from spacy.vocab import Vocab


def write(items: Sequence[Corrected], options: Options) -> tuple[bytes, ...]:
    spacy = spacy_library()
    vocabulary = spacy.vocab.Vocab()
    docs = spacy.tokens.DocBin(attrs=["ENT_IOB", "ENT_TYPE"], store_user_data=True)
    for item in items:
        docs.add(_doc(item, item.sentence(options.side), vocabulary))
    return (docs.to_bytes(),)


def _doc(item: Corrected, sentence: Sentence, vocabulary: Vocab) -> Doc:
    tokens = spacy_library().tokens
    spaces = [left.end < right.start for left, right in pairwise(sentence.tokens)]
    doc = tokens.Doc(vocabulary, words=list(sentence.words), spaces=[*spaces, False])
    spans = [tokens.Span(doc, one.span.start, one.span.end, label=one.label) for one in sentence.entities]
    doc.set_ents(spans)
    doc.user_data = {"id": item.id, "language": sentence.language} | about(item)
    doc.user_data["entities"] = dump_entities(sentence.entities)
    return doc


def fault(item: Corrected, options: Options) -> str:
    sentence = item.sentence(options.side)
    found = no_text(sentence, options.side) or bad_word(sentence.words, "")
    if not found and any(not entity.label.strip() for entity in sentence.entities):
        return "there is an empty label"
    return found
