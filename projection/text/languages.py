"""Language codes: ISO 639, BCP-47 and FLORES-200/NLLB in, BCP-47 inside, names and writing direction out.

The inner form is the shortest BCP-47 tag: two letters where there are two ("de"), the macro language
for the member that FLORES names ("arb_Arab" is "ar", "swh" is "sw"), a script only where it is not
the usual one ("zh-Hant", "ks-Deva").
"""

from __future__ import annotations

import difflib
from functools import cache
from typing import TYPE_CHECKING

from projection.errors import ConfigurationError
from projection.text.flores import FLORES_200, NLLB_TOKENS, NOT_IN_NLLB

if TYPE_CHECKING:
    from langcodes import Language

_XLM_R = """
af am ar as az be bg bn br bs ca cs cy da de el en eo es et eu fa fi fr fy ga gd gl gu ha he hi hr hu hy id is it
ja jv ka kk km kn ko ku ky la lo lt lv mg mk ml mn mr ms my ne nl no om or pa pl ps pt ro ru sa sd si sk sl so sq
sr su sv sw ta te th tl tr ug uk ur uz vi xh yi zh zh-Hant
"""
ENCODER_LANGUAGES: tuple[str, ...] = tuple(_XLM_R.split())
"""The 94 of multilingual-e5-small: XLM-R's 100 (Conneau et al. 2020, table 6) less its six romanised ones."""

# ISO 639-3 codes of FLORES and others whose everyday name is another code; langcodes does the rest
_EVERYDAY = {
    "arb": "ar", "ayr": "ay", "azj": "az", "als": "sq", "cmn": "zh", "dik": "din", "ekk": "et", "fuv": "ff",
    "gaz": "om", "khk": "mn", "kmr": "ku", "lvs": "lv", "npi": "ne", "ory": "or", "pbt": "ps", "pes": "fa",
    "plt": "mg", "prs": "prs", "quy": "qu", "swh": "sw", "tgl": "tl", "tl": "tl", "twi": "tw", "tw": "tw", "uzn": "uz",
    "ydd": "yi", "zsm": "ms",
}  # fmt: skip
_ONE_SCRIPT = {"Hang": "Kore"}
_FLORES_OF = {"no": "nob_Latn", "fil": "tgl_Latn", "fa-AF": "prs_Arab"}
_RIGHT_TO_LEFT = frozenset({"Arab", "Aran", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm", "Rohg", "Mand", "Samr"})
_UNSEGMENTED = frozenset({"Hans", "Hant", "Hani", "Jpan", "Thai", "Laoo", "Mymr", "Khmr", "Tibt"})


@cache
def normalise(code: str) -> str:
    """Return the BCP-47 form of an ISO 639-1/2/3, BCP-47 (any case, `-` or `_`) or FLORES code.

    "und" (unknown) is allowed; variants and extensions are dropped. Raises ConfigurationError with
    the nearest known codes.

    >>> [normalise(code) for code in ("eng_Latn", "deu", "PT_br", "zho_Hant", "arb_Arab", "nob")]
    ['en', 'de', 'pt-BR', 'zh-Hant', 'ar', 'nb']
    """
    import langcodes

    tag = code.strip().replace("_", "-")
    if tag.lower() == "und":
        return "und"
    try:
        parsed = langcodes.Language.get(tag, normalize=False)
        if parsed.language not in _EVERYDAY:
            parsed = langcodes.Language.get(tag)
    except langcodes.LanguageTagError:
        raise _unknown(code) from None
    if not parsed.language or len(parsed.language) > 3 or not langcodes.tag_is_valid(parsed.to_tag()):
        raise _unknown(code)
    language = _EVERYDAY.get(parsed.language, parsed.language)
    script = _ONE_SCRIPT.get(parsed.script, parsed.script)
    if script == _usual_script(language, parsed.territory):
        script = None
    return "-".join(part for part in (language, script, parsed.territory) if part)


def by_name(name: str) -> str | None:
    """Return the code of a language named in English, in any case; None where the encoder and NLLB know none so named.

    >>> [by_name(name) for name in ("German", "greek", "Klingon")]
    ['de', 'el', None]
    """
    return _codes_by_name().get(name.strip().lower())


def _unknown(code: str) -> ConfigurationError:
    names = _codes_by_name()
    wanted = code.strip().lower()
    close = [wanted] if wanted in names else difflib.get_close_matches(wanted, names, n=3, cutoff=0.6)
    nearest = ", ".join(f"{names[name]!r} ({english_name(names[name])})" for name in close)
    hint = f"did you mean {nearest}?" if nearest else "use a code such as 'de', 'pt-BR' or 'deu_Latn'."
    return ConfigurationError(f"There is no language {code!r}; {hint}")


@cache
def _codes_by_name() -> dict[str, str]:
    codes = dict.fromkeys((*ENCODER_LANGUAGES, *map(normalise, FLORES_200)))
    return {key: code for code in codes for key in (code.lower(), english_name(code).lower())}


@cache
def _flores_scripts() -> dict[str, tuple[str, ...]]:
    scripts: dict[str, tuple[str, ...]] = {}
    for flores in FLORES_200:
        member, _, script = flores.partition("_")
        for language in {member, _EVERYDAY.get(member, member)}:
            scripts[language] = (*scripts.get(language, ()), script)
    return scripts


def _usual_script(language: str, territory: str | None = None) -> str | None:
    """The script a language is written in when nobody says: CLDR's, or FLORES' where CLDR knows none."""
    tag = "-".join(part for part in (language, territory) if part)
    known = _language(tag).maximize()
    # langcodes falls back to English as spoken in the USA for languages CLDR has no data on
    if known.territory == "US" and known.script == "Latn" and language not in ("en", "es"):
        three_letters = _language(language).to_alpha3() if language != "und" else language
        listed = _flores_scripts().get(three_letters, ())
        return listed[0] if len(listed) == 1 else None
    return known.script


def _language(code: str) -> Language:
    from langcodes import Language

    return Language.get(code, normalize=False)


@cache
def _flores_by_code() -> dict[str, str]:
    return {normalise(flores): flores for flores in FLORES_200}


def to_flores(code: str) -> str:
    """Return the FLORES-200 code: "en" -> "eng_Latn", "zh-TW" -> "zho_Hant".

    Raises ConfigurationError when FLORES-200 has no such language in that script. The token of an
    NLLB checkpoint is `to_nllb(code)`.
    """
    normal = normalise(code)
    if normal == "und":
        raise ConfigurationError("The language is not known; say which it is, for example 'de'.")
    table = _flores_by_code()
    language = base(normal)
    for key in (normal, _without_territory(normal)):
        found = _FLORES_OF.get(key) or table.get(key)
        if found:
            return found
    candidates = [flores for key, flores in table.items() if base(key) == language]
    if _language(normal).script is None and len(candidates) == 1:
        return candidates[0]
    have = f"; it has {', '.join(candidates)}" if candidates else ""
    raise ConfigurationError(
        f"NLLB-200 does not know {english_name(normal)} ({normal}){have}. Choose another translator or language."
    )


def _without_territory(code: str) -> str:
    """Drop the territory but keep the script it implies: "zh-TW" -> "zh-Hant"."""
    language = _language(code)
    script = language.script or _usual_script(language.language or "und", language.territory)
    return normalise("-".join(part for part in (language.language, script) if part))


def to_nllb(code: str) -> str:
    """Return the language token of the NLLB-200 checkpoints; raises ConfigurationError where they have none."""
    flores = to_flores(code)
    if flores in NOT_IN_NLLB:
        raise ConfigurationError(
            f"NLLB-200 has no token for {english_name(code)} ({flores}). Choose another translator or language."
        )
    return NLLB_TOKENS.get(flores, flores)


@cache
def english_name(code: str) -> str:
    """Return the English name, region and script in brackets: "pt-BR" -> "Portuguese (Brazil)"."""
    normal = normalise(code)
    return "unknown language" if normal == "und" else _language(normal).display_name("en")


def base(code: str) -> str:
    """Return the language without script and region: "pt-BR" -> "pt"."""
    return normalise(code).split("-")[0]


def script_of(code: str) -> str | None:
    """Return the ISO 15924 code of the script the language is written in, None when not known."""
    language = _language(normalise(code))
    return language.script or _usual_script(language.language or "und", language.territory)


def is_right_to_left(code: str) -> bool:
    return script_of(code) in _RIGHT_TO_LEFT


def is_unsegmented(code: str) -> bool:
    """Say whether the script writes words without spaces between them (zh ja th lo my km and their kin)."""
    return script_of(code) in _UNSEGMENTED
