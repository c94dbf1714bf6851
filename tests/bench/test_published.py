"""The tables of the literature are whole, and each published setting is one that our methods have."""

from __future__ import annotations

import pytest

from bench.europarl import sentences
from bench.published import europarl, languages_of
from bench.variants import settings_of
from projection.text.languages import to_nllb

XTREME_CODES = (
    "afr_Latn arb_Arab bul_Cyrl ben_Beng deu_Latn ell_Grek spa_Latn est_Latn eus_Latn pes_Arab fin_Latn "
    "fra_Latn heb_Hebr hin_Deva hun_Latn ind_Latn ita_Latn jpn_Jpan jav_Latn kat_Geor kaz_Cyrl kor_Hang "
    "mal_Mlym mar_Deva zsm_Latn mya_Mymr nld_Latn por_Latn rus_Cyrl swh_Latn tam_Taml tel_Telu tha_Thai "
    "tgl_Latn tur_Latn urd_Arab vie_Latn yor_Latn zho_Hans"
)
ROWS = {row.id: row for row in europarl().rows}


def test_ids_are_unique_and_signs_use_them():
    assert len(ROWS) == len(europarl().rows)
    assert all({sign.higher, sign.lower} <= set(ROWS) for sign in europarl().signs)


@pytest.mark.parametrize("sign", europarl().signs, ids=lambda sign: sign.title)
def test_findings_hold_in_the_published_figures(sign):
    for language in sign.languages:
        difference = ROWS[sign.higher].f1[language] - ROWS[sign.lower].f1[language]
        assert abs(difference) <= sign.tolerance if sign.equal else difference > 0


@pytest.mark.parametrize("row", europarl().rows, ids=lambda row: row.id)
def test_published_settings_exist(row):
    method, told = settings_of(row.variant)  # raises where a setting is unknown
    assert method == row.variant.method.partition(":")[0] and told.startswith("[")


@pytest.mark.data
def test_entities_are_those_of_the_corpus(data_folder):
    """All gold entities count, the one included that the thesis's reader loses."""
    for language, count in europarl().entities.items():
        side = sentences(data_folder / "europarl-ner", language)
        assert sum(len(sentence.entities) for sentence in side) == count


def test_paper_rows_are_consistent():
    """F1 is the harmonic mean of the P and R beside it, to the third digit."""
    for row in europarl().rows:
        for language, precision in row.figures.get("precision", {}).items():
            recall = row.figures["recall"][language]
            assert row.f1[language] == pytest.approx(2 * precision * recall / (precision + recall), abs=0.0011)


@pytest.mark.parametrize("corpus", ["masakhaner", "xtreme"])
def test_averages_are_those_of_the_languages(corpus):
    """Printed averages are of unrounded figures: half a thousandth for each is the most they may differ."""
    for column in languages_of(corpus).columns:
        if None not in column.f1.values():
            assert column.average == pytest.approx(sum(column.f1.values()) / len(column.f1), abs=0.00101)
        if column.method:
            settings_of(column.variant)


def test_xtreme_codes_are_those_of_the_paper():
    """Language codes of NLLB-200 as the paper's scripts list them, in the order of the table."""
    for language, code in zip(languages_of("xtreme").languages, XTREME_CODES.split(), strict=True):
        assert to_nllb(language) == code


def test_masakhaner_codes_are_those_of_the_paper():
    for language in languages_of("masakhaner").languages:
        assert to_nllb(language) == ("swh_Latn" if language == "swa" else f"{language}_Latn")
