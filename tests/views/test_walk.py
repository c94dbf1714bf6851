"""Going through a list of sentences: what comes next, before and after it, and outside of it."""

from views.walk import Walk

WALK = Walk(1, "boundary", dict.fromkeys((7, 2, 9)))


def test_the_order_is_that_of_the_list():
    assert WALK.after(7) == [2, 9] and WALK.after(2) == [9] and WALK.after(9) == []
    assert WALK.before(9) == [2, 7] and WALK.before(7) == []


def test_from_elsewhere_it_begins_at_the_beginning():
    assert WALK.after(4) == [7, 2, 9] and WALK.before(4) == []
