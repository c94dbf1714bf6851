"""Where things are kept, and which components a language pair uses by default."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

from projection.errors import ConfigurationError


class Settings(BaseSettings):
    """Environment: PROJECTION_HOME (corrections), PROJECTION_CACHE (converted models), PROJECTION_DATABASE_URL.

    Read again on every call of `settings()`, so a changed environment counts at once.
    """

    model_config = SettingsConfigDict(env_prefix="PROJECTION_", extra="ignore")

    home: Path | None = None
    cache: Path | None = None
    database_url: str = ""

    @property
    def home_folder(self) -> Path:
        import platformdirs

        return (self.home or Path(platformdirs.user_data_dir("projection", appauthor=False))).expanduser()

    @property
    def cache_folder(self) -> Path:
        import platformdirs

        return (self.cache or Path(platformdirs.user_cache_dir("projection", appauthor=False))).expanduser()

    @property
    def database(self) -> str:
        """SQLAlchemy URL of the correction store."""
        return self.database_url or f"sqlite:///{self.home_folder / 'corrections.sqlite'}"


def settings() -> Settings:
    return Settings()


@dataclass(frozen=True, slots=True)
class Defaults:
    """The components a language pair starts with; one row of defaults.toml."""

    translator: str
    recognizer: str
    aligner: str
    method: str
    target_recognizer: str = "given"
    options: dict = field(default_factory=dict)


@cache
def _table() -> dict:
    return tomllib.loads(files("projection").joinpath("defaults.toml").read_text("utf-8"))


def defaults_for(source: str, target: str) -> Defaults:
    """Return the default components for source and target language (BCP-47).

    Looks for "source-target", then "source-*", "*-target" and "*-*" in defaults.toml; a row only
    says what differs from the wider ones. Codes are compared by their first part ("pt-BR" is "pt").
    """
    source, target = (code.split("-")[0].lower() for code in (source, target))
    row: dict = {}
    for key in ("*-*", f"*-{target}", f"{source}-*", f"{source}-{target}"):
        row |= _table().get(key, {})
    try:
        return Defaults(**row)
    except TypeError as problem:
        raise ConfigurationError(f"defaults.toml, row {source}-{target}: {problem}.") from None
