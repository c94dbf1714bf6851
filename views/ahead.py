"""Work that will probably be asked for soon, done on one thread while nobody waits."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from time import sleep

log = logging.getLogger(__name__)
PAUSE = 0.02
"""Seconds between two pieces of work, in which somebody who waits for the models gets them."""


class Ahead:
    """The newest wishes of each tab, done one after the other, the tabs in turn.

    What fails is forgotten: it is said when it is really asked for.
    """

    def __init__(self):
        self._lock = threading.Lock()
        self._wishes: OrderedDict[str, deque[Callable[[], object]]] = OrderedDict()
        self._runs = False

    def wish(self, tab: str, pieces: Iterable[Callable[[], object]]) -> None:
        """Have `pieces` done, in their order; what this tab wished for before and is not begun is dropped."""
        with self._lock:
            self._wishes[tab] = deque(pieces)
            begins, self._runs = not self._runs, True
        if begins:
            threading.Thread(target=self._run, name="ahead", daemon=True).start()

    def _next(self) -> Callable[[], object] | None:
        with self._lock:
            while self._wishes:
                tab, pieces = self._wishes.popitem(last=False)
                if pieces:
                    piece = pieces.popleft()
                    self._wishes[tab] = pieces
                    return piece
            self._runs = False
            return None

    def _run(self) -> None:
        while (piece := self._next()) is not None:
            try:
                piece()
            except Exception:
                log.info("this could not be computed ahead", exc_info=True)
            sleep(PAUSE)
