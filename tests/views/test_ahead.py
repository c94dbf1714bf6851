"""What is computed ahead: the newest wishes of each tab, tabs in turn, whatever fails."""

from __future__ import annotations

import threading

import pytest

from views import ahead


@pytest.fixture
def work(monkeypatch):
    """Return an Ahead that is busy, a way to name work, and `end()`: what was done before the end's turn came."""
    monkeypatch.setattr(ahead, "PAUSE", 0)
    one, go, begun, done = ahead.Ahead(), threading.Event(), threading.Event(), []

    def busy():
        begun.set()
        assert go.wait(30)

    one.wish("busy", [busy])
    assert begun.wait(30)

    def end():
        ended, till_then = threading.Event(), []

        def last():
            till_then.extend(done)
            ended.set()

        one.wish("end", [last])
        go.set()
        assert ended.wait(30)
        return till_then

    return one, lambda name: lambda: done.append(name), end


def test_tabs_take_turns_and_only_their_newest_wishes_count(work):
    one, named, end = work
    one.wish("a", [named("a1"), named("a2")])
    one.wish("b", [named("b1")])
    one.wish("a", [named("a2"), named("a3")])
    one.wish("c", [])
    assert end() == ["a2", "b1"]


def test_what_fails_does_not_stop_the_rest_and_later_wishes_begin_again(work):
    one, named, end = work

    def broken():
        raise RuntimeError("no model")

    one.wish("a", [broken])
    one.wish("b", [named("b1")])
    assert end() == ["b1"]
    ended = threading.Event()
    one.wish("a", [ended.set])
    assert ended.wait(30)
