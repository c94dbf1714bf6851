"""The lines a generator reads and writes, whatever it writes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projection.errors import ConfigurationError
from projection.projectors.slots import parse_names, read_slots, type_name, write_prompt, write_slots

NAMES = ("Person", "Location", "Person")


def test_a_prompt_is_the_sentence_and_one_slot_for_each_entity():
    assert write_prompt(["Anna", "met", "Bo", "in", "Bern", "."], NAMES, "en") == (
        "Anna met Bo in Bern . <Person>None</Person><Location>None</Location><Person>None</Person>"
    )
    assert write_prompt(["欧洲", "联盟", "开会"], ["Group"], "zh") == "欧洲联盟开会 <Group>None</Group>"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<Person>Anna</Person><Location>Bern</Location><Person>Bo</Person>", ((0, "Anna"), (1, "Bern"), (2, "Bo"))),
        ("<Person>None</Person><Location>none</Location><Person></Person>", ()),
        ("<Location>Bern</Location><Person>Anna</Person>", ((1, "Bern"), (0, "Anna"))),
        ("<Person>Anna<Location>Bern", ((0, "Anna"), (1, "Bern"))),
        ("<Person>Anna</Location> and more <Person>Bo", ((0, "Anna"), (2, "Bo"))),
        ("< Person > Anna  Maria < / Person >", ((0, "Anna Maria"),)),
        ("<person>Anna</PERSON>", ((0, "Anna"),)),
        ("<Person>A</Person><Person>B</Person><Person>C</Person>", ((0, "A"), (2, "B"), (2, "C"))),
        ("<Title>Dr.</Title><Person><b>Anna</b></Person>", ((0, "<b>Anna</b>"),)),
        ("I do not know.", ()),
        ("", ()),
        ("<Person", ()),
    ],
)
def test_answers_are_read_however_broken(text, expected):
    assert read_slots(text, NAMES) == expected


def test_names_of_several_words_and_with_special_characters():
    assert read_slots("<Work of  Art>Guernica</Work of Art>", ["Work of Art"]) == ((0, "Guernica"),)
    assert read_slots("<A+B (x)>one</A+B (x)>", ["A+B (x)"]) == ((0, "one"),)
    assert read_slots("<Person Group>x</Person Group>", ["Person", "Person Group"]) == ((1, "x"),)
    assert read_slots("<Person>Anna</Person>", []) == ()


STRINGS = st.text(st.characters(exclude_characters="<>", exclude_categories=("C", "Z")), min_size=1, max_size=8)


@given(st.lists(st.tuples(st.sampled_from(["Person", "Location", "Work of Art"]), STRINGS), max_size=40))
def test_what_is_written_is_read(slots):
    names, strings = [name for name, _ in slots], [string for _, string in slots]
    expected = tuple((place, string) for place, string in enumerate(strings) if string.lower() != "none")
    assert read_slots(write_slots(names, strings), names) == expected


@given(st.text(max_size=60), st.lists(st.sampled_from(["Person", "Location"]), max_size=5))
def test_any_text_can_be_read(text, names):
    assert all(0 <= slot < len(names) and string for slot, string in read_slots(text, names))


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("PER", "Person"), ("per", "Person"), ("GPE", "Country or City"), ("WORK_OF_ART", "Work of Art"),
        ("EVENT", "Event"), ("jobTitle", "jobTitle"), ("JOB_TITLE", "Job Title"), ("人", "人"), ("Straße", "Straße"),
    ],
)  # fmt: skip
def test_labels_are_called_by_words(label, name):
    assert type_name(label) == name


@pytest.mark.parametrize("label", ["LABEL_1", "X", "7", "", "<PER>", "_", "A1", "B-", "PER/ORG"])
def test_a_label_that_is_no_word_needs_a_name(label):
    with pytest.raises(ConfigurationError, match=r"is no word.*name it, for example names="):
        type_name(label)
    assert type_name(label, {label: "Person"}) == "Person"


def test_names_are_given_as_pairs():
    assert parse_names("") == {} and parse_names(" DNA = Gene , X=Work of  Art,") == {"DNA": "Gene", "X": "Work of Art"}
    for wrong in ("DNA", "=Gene", "DNA=", "DNA=<b>"):
        with pytest.raises(ConfigurationError, match="is not LABEL=Name"):
            parse_names(wrong)
