"""Translate-test on MasakhaNER 2.0, 18 African languages, beside the published figures.

    python -m bench.masakhaner --data DIR [--languages hau,swa] [--methods heuristic:paper] [--limit N] [--json]

DIR holds LANGUAGE/test.txt for each language, as in the folder MasakhaNER2.0/data of
github.com/masakhane-io/masakhane-ner (Adelani et al. 2022), or the Parquet files of Hugging Face
(LANGUAGE/test*.parquet). Scored are PER, ORG and LOC; gold DATE counts as none. Ghomala (bbj) and Nigerian
Pidgin (pcm) are not part of the published tables, NLLB-200 does not know them.

The models of the paper are the defaults: facebook/nllb-200-3.3B, and xlm-r-conll03 for English and for the
methods that label the target; any others can be named. Translations are kept in a file as they come, so a
run that was stopped goes on where it ended.
"""

import sys
from collections.abc import Sequence

from bench.corpora import MASAKHANER
from bench.translate_test_command import run


def main(given: Sequence[str] | None = None) -> int:
    return run(MASAKHANER, "masakhaner", __doc__, given)


if __name__ == "__main__":
    sys.exit(main())
