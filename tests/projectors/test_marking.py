"""Marks go into a text and come out of it again, in whatever state a translator leaves them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projection.projectors.marking import MarkedText, find_words, mark, recover
from projection.text.joining import natural
from projection.types import Entity, Sentence, Span
from tests.text.strategies import entity_sets

PLAIN_WORDS = ("Berlin", "de", "Ünal", "12", "x")
WORDS = (*PLAIN_WORDS, ",", ".", "(", ")", "[", "]", "[[", "【", "］", "《", "》", "'s", '"', "«", "北京", "で", ":)")


def sentence(words, spans, language="en", **options):
    return Sentence.from_words(words.split(), language, [Entity(Span(*span), "PER") for span in spans], **options)


def strings(recovered):
    return [recovered.text_of(string) for string in recovered.strings]


def bare(text):
    return "".join(text.split())


@st.composite
def marked_sentences(draw, words, languages=("en", "fr", "zh", "und")):
    chosen = draw(st.lists(st.sampled_from(words), min_size=1, max_size=12))
    spaces = draw(st.none() | st.lists(st.booleans(), min_size=len(chosen), max_size=len(chosen)))
    entities = draw(entity_sets(len(chosen)))
    return Sentence.from_words(chosen, draw(st.sampled_from(languages)), entities, space_after=spaces)


@given(marked_sentences(WORDS))
def test_a_translator_that_copies_gives_everything_back(source):
    text = natural(source)
    marked = mark(text)
    found = recover(marked.text, marked, text.language)
    assert bare(found.text) == bare(source.text)
    assert [bare(string) for string in strings(found)] == [bare(source.text_of(e.span)) for e in source.entities]
    assert (found.starts, found.ends, found.brackets_restored) == ((), (), True)
    for string in found.strings:
        before, entity = found.text[: string.start], source.entities[found.strings.index(string)]
        assert bare(before) == bare(source.text[: source.tokens[entity.span.start].start])


@given(st.lists(st.sampled_from(PLAIN_WORDS), min_size=1, max_size=12), st.data())
def test_spaces_between_words_come_back_too(words, data):
    source = Sentence.from_words([*words, "."], "en", data.draw(entity_sets(len(words))))
    text = natural(source)
    found = recover(mark(text).text, mark(text), "en")
    assert found.text == text.text
    assert strings(found) == [text.text_of(entity.span) for entity in text.entities]


@given(
    st.text(alphabet="ab []()【】《》［,.'\n北", max_size=30), st.integers(0, 4), st.sampled_from(("en", "fr", "zh"))
)
def test_whatever_comes_back_can_be_read(translation, entities, language):
    found = recover(translation, MarkedText("", entities), language)
    assert bare(found.text) == "".join(one for one in bare(found.text) if one in translation)
    assert all(0 <= string.start < string.end <= len(found.text) for string in found.strings)
    assert all(0 <= place <= len(found.text) for place in (*found.starts, *found.ends))
    assert all(string.strip() == string and string for string in strings(found))


MARKED = {
    "spaces inside": ("Angela Merkel lives in Berlin .", [(0, 2), (4, 5)], "[ Angela Merkel ] lives in [ Berlin ]."),
    "the whole sentence": ("New York", [(0, 2)], "[ New York ]"),
    "neighbours": ("Paris London", [(0, 1), (1, 2)], "[ Paris ] [ London ]"),
    "quotation marks stay outside": ('the " Bild " said', [(2, 3)], 'the "[ Bild ]" said'),
    "possessive": ("Merkel 's party", [(0, 1)], "[ Merkel ]'s party"),
    "own brackets": ("see [ 1 ] on Berlin", [(5, 6)], "see (1) on [ Berlin ]"),
    "own brackets inside": ("Foo [ UK ] grew", [(0, 4)], "[ Foo (UK) ] grew"),
    "no entity": ("a b", [], "a b"),
}


@pytest.mark.parametrize("case", MARKED)
def test_marked_text(case):
    words, spans, expected = MARKED[case]
    assert mark(natural(sentence(words, spans))).text == expected


def test_a_mark_inside_a_word_gets_a_space_and_scripts_without_spaces_lose_it_again():
    glued = sentence("Anti Merkel s", [(1, 2)], space_after=[False, False, False])
    assert mark(glued).text == "Anti [ Merkel ] s"
    chinese = sentence("我 在 北京 市 IBM 见", [(2, 3), (3, 4), (4, 5)], "zh")
    marked = mark(natural(chinese))
    found = recover(marked.text, marked, "zh")
    assert found.text == "我在北京市IBM见"
    assert strings(found) == ["北京", "市", "IBM"]


RECOVERED = {
    # what the embedded translator makes of marks
    "space lost inside": ("na [Cidade do México ], longe", "pt", 1, "na Cidade do México, longe", ["Cidade do México"]),
    "space added before a comma": ("[ Koch ] , relator", "pt", 1, "Koch, relator", ["Koch"]),
    "space lost outside": ("em[ Berlim ]e[ Roma ]", "pt", 2, "em Berlim e Roma", ["Berlim", "Roma"]),
    "opening bracket before": ("( [ Câmara ] )", "pt", 1, "(Câmara)", ["Câmara"]),
    "possessive": ("[ Koch ] 's report", "en", 1, "Koch's report", ["Koch"]),
    "French spaces stay": ("[ Berlin ] !", "fr", 1, "Berlin !", ["Berlin"]),
    "French elision": ("L' [ Europe ] unie", "fr", 1, "L'Europe unie", ["Europe"]),
    "doubled": ("[[ Berlim ]] e [ [ Roma ] ]", "pt", 2, "Berlim e Roma", ["Berlim", "Roma"]),
    "doubled on one side": ("[[ Berlim ] arde", "pt", 1, "Berlim arde", ["Berlim"]),
    "moved": ("[ Roma ] e [ Berlim ]", "pt", 2, "Roma e Berlim", ["Roma", "Berlim"]),
    "nested": ("[ Banco de [ Portugal ] ] hoje", "pt", 2, "Banco de Portugal hoje", ["Banco de Portugal", "Portugal"]),
    "empty pair": ("a [ ] b", "pt", 1, "a b", []),
    "lost": ("em Berlim", "pt", 1, "em Berlim", []),
    "only marks": ("[ ]", "pt", 1, "", []),
    "full-width": ("［ 柏林 ］很大", "zh", 1, "柏林很大", ["柏林"]),
    "lenticular": ("我在【 柏林 】", "zh", 1, "我在柏林", ["柏林"]),
    "book marks": ("我在《柏林》", "zh", 1, "我在柏林", ["柏林"]),
    "mixed": ("《柏林》和[ 巴黎 ]", "zh", 2, "柏林和巴黎", ["柏林", "巴黎"]),
    "a title stays where all plain marks came back": ("[ 他 ]读《红楼梦》", "zh", 1, "他读《红楼梦》", ["他"]),
    "Thai": ("ใน [ กรุงเทพ ] วันนี้", "th", 1, "ในกรุงเทพวันนี้", ["กรุงเทพ"]),
    "Japanese with Latin words": ("彼は [ IBM ] Cloud で", "ja", 1, "彼はIBM Cloud で", ["IBM"]),
    "parentheses where the source has none": ("na (Lei 94) hoje", "pt", 1, "na Lei 94 hoje", ["Lei 94"]),
}  # fmt: skip


@pytest.mark.parametrize("case", RECOVERED)
def test_recovered(case):
    translation, language, entities, text, expected = RECOVERED[case]
    found = recover(translation, MarkedText("", entities), language)
    assert (found.text, strings(found)) == (text, expected)
    assert (found.starts, found.ends) == ((), ())


def test_marks_without_a_partner_are_taken_out_and_their_places_kept():
    found = recover("[ Simpson disse que o Sr. Koch ] veio", MarkedText("", 2), "pt")
    # the two halves of different entities make one pair: the nearest that can be told
    assert strings(found) == ["Simpson disse que o Sr. Koch"]
    found = recover("o Sr. Koch ] disse a [ Simpson", MarkedText("", 2), "pt")
    assert found.text == "o Sr. Koch disse a Simpson"
    assert (found.strings, found.opening, found.closing) == ((), 1, 1)
    assert [found.text[start:] for start in found.starts] == ["Simpson"]
    assert [found.text[:end] for end in found.ends] == ["o Sr. Koch"]


def test_a_variant_the_source_has_itself_is_never_a_mark():
    marked = mark(natural(sentence("他 读 《 红楼梦 》 在 北京", [(6, 7)], "zh")))
    found = recover("He read 《Dream》 in Beijing", marked, "en")
    assert (found.text, found.strings) == ("He read 《Dream》 in Beijing", ())


OWN_BRACKETS = {
    "come back": ("see ( 1 ) in [ Berlim ]", "see [ 1 ] in Berlim", True),
    "moved behind": ("em [ Berlim ] ver (1)", "em Berlim ver [1]", True),
    "lost": ("em [ Berlim ] ver 1", "em Berlim ver 1", False),
    "more than there were": ("(em) [ Berlim ] ver (1)", "(em) Berlim ver (1)", False),
}


@pytest.mark.parametrize("case", OWN_BRACKETS)
def test_brackets_of_the_text_are_put_back_or_reported(case):
    translation, text, is_restored = OWN_BRACKETS[case]
    marked = mark(natural(sentence("see [ 1 ] in Berlin", [(5, 6)])))
    found = recover(translation, marked, "pt")
    assert (found.text, found.brackets_restored, strings(found)) == (text, is_restored, ["Berlim"])


def test_brackets_are_told_from_parentheses_by_their_order():
    marked = mark(natural(sentence("( a ) [ b ] ( c ) Berlin", [(9, 10)])))
    assert marked.text == "(a) (b) (c) [ Berlin ]"
    assert recover("(á) (bê) (cê) [ Berlim ]", marked, "pt").text == "(á) [bê] (cê) Berlim"


def test_words_are_found_whole_and_across_spaces():
    text = "Na Europa e na europa, Europas não; Nova\n York"
    assert [one.start for one in find_words(text, "Europa", "pt")] == [3, 15]
    assert [one.start for one in find_words(text, "Europa", "pt", ignore_case=False)] == [3]
    (place,) = find_words(text, "Nova York", "pt")
    assert text[place.start : place.end] == "Nova\n York"
    assert [one.start for one in find_words("在北京市", "北京", "zh")] == [1]
    assert list(find_words(text, "  ", "pt")) == []
    assert [one.start for one in find_words("U.S. (U.S.)", "U.S.", "en")] == [0, 6]
