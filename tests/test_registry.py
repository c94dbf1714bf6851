"""The registry: names, settings, what other packages bring."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

from projection import registry
from projection.errors import ConfigurationError
from projection.projectors.heuristic import Heuristic

FOREIGN = registry.Entry(
    "projector", "foreign", "projection.projectors.heuristic:Heuristic", "From elsewhere.", kind="method"
)
OURS = [entry.name for entry in registry.ENTRIES if entry.role == "projector"]
CLASH = registry.Entry("projector", "heuristic", "elsewhere:Other", "Another heuristic.", kind="method")


@pytest.fixture
def other_packages(monkeypatch):
    """Let entry points of group projection.projector stand for installed packages."""

    def install(*names):
        points = [EntryPoint(name, f"{__name__}:{name}", "projection.projector") for name in names]
        monkeypatch.setattr(registry, "entry_points", lambda group: points if group == "projection.projector" else [])
        registry._all_entries.cache_clear()

    yield install
    monkeypatch.undo()
    registry._all_entries.cache_clear()


def test_another_package_brings_a_method(other_packages):
    other_packages("FOREIGN")
    assert registry.names("projector") == [*OURS, "foreign"]
    made = registry.create("projector", "foreign", gap=1)
    assert isinstance(made, Heuristic) and made.name == "foreign"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("MISSING", "cannot be loaded (AttributeError"),
        ("registry", "must be an Entry of that role"),
        ("CLASH", "which exists already"),
    ],
)
def test_a_broken_package_is_left_out_and_it_is_said(other_packages, caplog, name, said):
    other_packages(name, "FOREIGN")
    assert registry.names("projector") == [*OURS, "foreign"]
    assert registry.find("projector", "heuristic").target == "projection.projectors.heuristic:Heuristic"
    assert [said in record.message for record in caplog.records] == [True]


def test_unknown_names_say_what_there_is():
    with pytest.raises(ConfigurationError, match=r"no aligner called 'foo'; .*simalign.*e5-small:itermax.*mbert"):
        registry.find("aligner", "foo")
    with pytest.raises(ConfigurationError, match="no role 'cook'"):
        registry.find("cook", "foo")


def test_settings_are_what_a_person_can_set():
    assert not {"name", "signature"} & set(registry.options_of("aligner", "diagonal"))
    composed = set(registry.options_of("aligner", "e5-small:itermax"))
    assert {"unit", "threshold", "layer"} <= composed
    assert not {"encoder", "extraction", "progress"} & composed
    assert {"encoder", "extraction", "layer"} <= set(registry.options_of("aligner", "simalign"))


def test_values_of_the_wrong_kind_are_refused():
    with pytest.raises(ConfigurationError, match="'e5-small:argmax' does not take these options: threshold='abc'"):
        registry.create("aligner", "e5-small:argmax", threshold="abc")
    with pytest.raises(ConfigurationError, match="no option 'signature'; it has: none"):
        registry.create("aligner", "diagonal", signature="x")
