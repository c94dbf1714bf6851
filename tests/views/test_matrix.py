"""The alignment matrix as a figure."""

import numpy as np

from projection.types import Alignment, Candidate, Decision, Entity, Sentence, Span
from views import matrix

SOURCE = Sentence.from_words(["Ann", "saw", "<b>Rome</b>"], "en", [Entity(Span(2, 3), "LOC")])
LINKS = Alignment(frozenset({(0, 0), (2, 1)}), 3, 2, {(0, 0): 0.9})


def figure(language="pt", **more):
    target = Sentence.from_words(["Ana", "Roma"], language)
    cells = matrix.cell_scores(LINKS, None)
    return matrix.matrix_figure(SOURCE, target, LINKS, cells=cells, target_entities=[Entity(Span(1, 2), "LOC")], **more)


def test_cells_hold_link_scores_where_there_is_no_similarity():
    assert matrix.cell_scores(LINKS, None).tolist() == [[0.9, 0.0], [0.0, 0.0], [0.0, 1.0]]
    similarity = np.full((3, 2), 0.5, np.float32)
    assert matrix.cell_scores(LINKS, similarity).tolist() == similarity.tolist()


def test_hover_reads_words_score_and_link_and_no_markup_of_theirs():
    texts = figure().data[0].customdata
    assert texts[0][0] == "Ann × Ana  .90, linked"
    assert texts[2][0].startswith("&lt;b&gt;Rome&lt;/b&gt; × Ana")


def test_columns_of_a_right_to_left_target_run_right_to_left():
    left, right = figure("pt").layout.xaxis.range, figure("ar").layout.xaxis.range
    assert left[0] < left[1]
    assert right[0] > right[1]


def test_links_are_outlined_and_candidate_blocks_drawn_over_their_words():
    chosen = Decision(0, Candidate(Span(1, 2), "n-gram"), 0.9, {}, "chosen", "Chosen")
    lost = Decision(0, Candidate(Span(0, 2), "n-gram"), 0.5, {}, "lost", "Overlaps the chosen span")
    shapes = figure(blocks=[(Span(2, 3), lost), (Span(2, 3), chosen)]).layout.shapes
    rectangles = [shape for shape in shapes if shape.type == "rect"]
    assert len(rectangles) == len(LINKS.links) + 2
    assert [shape.line.dash for shape in rectangles[2:]] == ["dash", "solid"]
    assert (rectangles[3].x0, rectangles[3].x1, rectangles[3].y0, rectangles[3].y1) == (0.5, 1.5, 1.5, 2.5)


def test_words_without_a_score_leave_their_cell_empty():
    cells = np.array([[np.nan, 0.2], [0.1, 0.3], [0.4, 0.5]])
    target = Sentence.from_words(["Ana", "Roma"], "pt")
    drawn = matrix.matrix_figure(SOURCE, target, LINKS, cells=cells)
    assert drawn.data[0].z[0][0] is None
    assert drawn.data[0].customdata[0][0] == "Ann × Ana, linked"


def test_the_alternative_text_names_every_link():
    target = Sentence.from_words(["Ana", "Roma"], "pt")
    text = matrix.alternative_text(SOURCE, target, LINKS)
    assert "3 by 2 words, 2 links: Ann with Ana; <b>Rome</b> with Roma" in text
