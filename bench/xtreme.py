"""Translate-test on the PAN-X part of XTREME, 39 languages, beside the published figures.

    python -m bench.xtreme --data DIR [--languages sw,yo] [--methods heuristic:paper] [--limit N] [--json]

DIR holds PAN-X.LANGUAGE/test*.parquet for each language, as huggingface.co/datasets/google/xtreme has them,
or the authors' files with a word and its label per line: LANGUAGE/test, LANGUAGE/test.tsv or test-LANGUAGE.tsv.
The files that XTREME's own script download_data.sh leaves behind cannot be used, it takes the labels of the
test sets off. Scored are PER, ORG and LOC.

The models of the paper are the defaults: facebook/nllb-200-3.3B, and xlm-r-conll03 for English and for the
methods that label the target; any others can be named. Translations are kept in a file as they come, so a
run that was stopped goes on where it ended.
"""

import sys
from collections.abc import Sequence

from bench.corpora import XTREME
from bench.translate_test_command import run


def main(given: Sequence[str] | None = None) -> int:
    return run(XTREME, "xtreme", __doc__, given)


if __name__ == "__main__":
    sys.exit(main())
