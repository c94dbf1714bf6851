"""One string with every setting that could change a score, as sacrebleu prints it (Post 2018)."""

from __future__ import annotations

from collections.abc import Mapping

from projection.errors import ConfigurationError


def signature(settings: Mapping[str, object]) -> str:
    """Join settings as "key:value|key:value|v0.1.0", in the order given; the version comes last.

    A value that contains "|", such as the signature of a component, is put in parentheses. Raises
    ConfigurationError for keys that would make the string ambiguous.

    >>> signature({"scheme": "IOB2", "match": "exact", "labels": ["PER", "LOC"]}).rpartition("|")[0]
    'scheme:IOB2|match:exact|labels:PER,LOC'
    """
    from projection import __version__

    for key in settings:
        if not key or set(key) & set(":|()"):
            raise ConfigurationError(f"{key!r} cannot be a signature key: it is empty or contains one of : | ( ).")
    return "|".join([*(f"{key}:{_value(value)}" for key, value in settings.items()), f"v{__version__}"])


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "none"
    text = ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return f"({text})" if "|" in text else text
