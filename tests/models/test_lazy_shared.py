"""What models share can be asked for while another one is being loaded."""

from __future__ import annotations

import threading

from projection.models import lazy


class Held:
    """Something that can be held weakly."""


def test_asking_what_is_shared_waits_for_nobody():
    held = lazy.shared(("test", "held"), Held)
    begun, go, asked = threading.Event(), threading.Event(), []

    def load():
        begun.set()
        assert go.wait(30)
        return Held()

    loader = threading.Thread(target=lambda: asked.append(lazy.shared(("test", "slow"), load)))
    loader.start()
    assert begun.wait(30)
    asker = threading.Thread(target=lambda: asked.append(lazy.all_shared()))
    asker.start()
    asker.join(10)
    assert not asker.is_alive() and any(one is held for one in asked[0])
    go.set()
    loader.join(30)


def test_what_nobody_holds_is_gone():
    held = lazy.shared(("test", "gone"), Held)
    assert any(one is held for one in lazy.all_shared())
    del held
    assert not any(isinstance(one, Held) for one in lazy.all_shared())
