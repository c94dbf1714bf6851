"""The groups of methods that are offered for comparison."""

from projection import registry
from projection.pipeline.method_sets import method_sets


def test_every_method_of_every_group_exists_with_its_preset():
    groups = method_sets()
    assert list(groups) == ["paper", "thesis", "offline"]
    for group in groups.values():
        assert group.title and group.summary.endswith(".") and len({*group.methods}) == len(group.methods) > 1
        for name in group.methods:
            assert registry.find("projector", name).name == name


def test_the_offline_group_holds_what_the_literature_needs_no_download_for():
    assert {"span-matching", "heuristic", "ngram-matching"} <= {*method_sets()["offline"].methods}
