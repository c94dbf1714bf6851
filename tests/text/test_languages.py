"""Codes against FLORES-200, NLLB's tokenizer and CLDR."""

import pytest

from projection.errors import ConfigurationError
from projection.text.flores import FLORES_200, NOT_IN_NLLB
from projection.text.languages import (
    ENCODER_LANGUAGES,
    base,
    english_name,
    is_right_to_left,
    is_unsegmented,
    normalise,
    script_of,
    to_flores,
    to_nllb,
)


def test_flores_has_its_204_languages():
    assert len(FLORES_200) == len(set(FLORES_200)) == 204


@pytest.mark.parametrize("flores", FLORES_200)
def test_every_flores_code_comes_back(flores):
    assert to_flores(normalise(flores)) == flores
    assert to_flores(flores) == flores
    assert script_of(flores) in (flores.partition("_")[2], "Kore" if flores == "kor_Hang" else None)


def test_tokens_are_those_of_the_nllb_tokenizer():
    from transformers.models.nllb.tokenization_nllb import FAIRSEQ_LANGUAGE_CODES

    assert {to_nllb(flores) for flores in FLORES_200 if flores not in NOT_IN_NLLB} == set(FAIRSEQ_LANGUAGE_CODES)


@pytest.mark.parametrize("flores", sorted(NOT_IN_NLLB))
def test_flores_codes_without_a_token_are_refused(flores):
    with pytest.raises(ConfigurationError, match="no token"):
        to_nllb(flores)


# right-hand column: FLORES-200 README
@pytest.mark.parametrize(
    ("code", "inner", "flores"),
    [
        ("en", "en", "eng_Latn"), ("EN", "en", "eng_Latn"), ("eng", "en", "eng_Latn"), ("pt_br", "pt-BR", "por_Latn"),
        ("ger", "de", "deu_Latn"), ("deu", "de", "deu_Latn"), ("zh", "zh", "zho_Hans"), ("zh-TW", "zh-TW", "zho_Hant"),
        ("zh-Hant-TW", "zh-TW", "zho_Hant"), ("zho_Hant", "zh-Hant", "zho_Hant"), ("cmn", "zh", "zho_Hans"),
        ("yue", "yue", "yue_Hant"), ("ar", "ar", "arb_Arab"), ("sw", "sw", "swh_Latn"), ("lv", "lv", "lvs_Latn"),
        ("fa", "fa", "pes_Arab"), ("fa-AF", "fa-AF", "prs_Arab"), ("ms", "ms", "zsm_Latn"), ("uz", "uz", "uzn_Latn"),
        ("az", "az", "azj_Latn"), ("ps", "ps", "pbt_Arab"), ("ne", "ne", "npi_Deva"), ("or", "or", "ory_Orya"),
        ("et", "et", "est_Latn"), ("mg", "mg", "plt_Latn"), ("sq", "sq", "als_Latn"), ("mn", "mn", "khk_Cyrl"),
        ("yi", "yi", "ydd_Hebr"), ("no", "no", "nob_Latn"), ("nb", "nb", "nob_Latn"), ("nn", "nn", "nno_Latn"),
        ("qu", "qu", "quy_Latn"), ("tl", "tl", "tgl_Latn"), ("fil", "fil", "tgl_Latn"), ("iw", "he", "heb_Hebr"),
        ("ku", "ku", "kmr_Latn"), ("ks-Deva", "ks-Deva", "kas_Deva"), ("ko-KR", "ko-KR", "kor_Hang"),
    ],
)  # fmt: skip
def test_codes(code, inner, flores):
    assert normalise(code) == inner
    assert to_flores(code) == flores


@pytest.mark.parametrize("code", ["", "xx", "x-foo", "klingonese", "e", "und-Latn-", "12"])
def test_unknown_codes_are_refused(code):
    with pytest.raises(ConfigurationError, match="no language"):
        normalise(code)


def test_an_unknown_code_names_what_is_near():
    with pytest.raises(ConfigurationError, match=r"did you mean 'de' \(German\)\?"):
        normalise("german")


@pytest.mark.parametrize("code", ["br", "fy", "la", "sr-Latn", "ku-Arab", "und"])
def test_languages_outside_nllb_are_refused(code):
    with pytest.raises(ConfigurationError):
        to_flores(code)


def test_undetermined_is_allowed():
    assert normalise("und") == base("und") == "und"
    assert english_name("und") == "unknown language"
    assert not is_right_to_left("und")
    assert not is_unsegmented("und")


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("pt-BR", "Portuguese (Brazil)"), ("de", "German"), ("zh-Hant", "Chinese (Traditional)"),
        ("nob_Latn", "Norwegian Bokmål"), ("swh", "Swahili"),
    ],
)  # fmt: skip
def test_names_are_those_of_cldr(code, name):
    assert english_name(code) == name


def test_every_language_has_a_name():
    for code in (*FLORES_200, *ENCODER_LANGUAGES):
        assert "Unknown" not in english_name(code), code


def test_the_encoder_has_94_languages():
    assert len(set(ENCODER_LANGUAGES)) == 94
    assert all(normalise(code) == code for code in ENCODER_LANGUAGES)


def test_direction_and_spaces():
    right_to_left = {code for code in ENCODER_LANGUAGES if is_right_to_left(code)}
    assert right_to_left == {"ar", "fa", "he", "ps", "sd", "ug", "ur", "yi"}
    assert {code for code in ENCODER_LANGUAGES if is_unsegmented(code)} == {
        "zh", "zh-Hant", "ja", "th", "lo", "my", "km",
    }  # fmt: skip
    assert base("pt-BR") == "pt"
