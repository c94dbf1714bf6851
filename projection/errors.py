"""Every error a user can meet, each with a message that says what, where and what to do."""

from __future__ import annotations


class ProjectionError(Exception):
    """Base of all errors whose message is written for the user."""


class SpanError(ProjectionError, ValueError):
    """A span is empty, negative, outside its sentence or overlaps another one."""


class AlignmentError(ProjectionError, ValueError):
    """Links point outside a sentence, or a Pharaoh line cannot be read."""


class FormatError(ProjectionError, ValueError):
    """A file does not have the format it is read in.

    `path` and `line` (1-based, None when the whole file is meant) say where; `problem` and
    `remedy` are the two halves of the message.
    """

    def __init__(self, problem: str, *, path: str = "", line: int | None = None, remedy: str = ""):
        self.problem, self.path, self.line, self.remedy = problem, path, line, remedy
        place = ":".join(str(part) for part in (path or None, line) if part is not None)
        message = f"{place}: {problem}" if place else problem
        super().__init__(f"{message} {remedy}".rstrip() if remedy else message)

    def __reduce__(self):
        return (_format_error, (type(self), self.problem, self.path, self.line, self.remedy))


def _format_error(kind, problem, path, line, remedy):
    return kind(problem, path=path, line=line, remedy=remedy)


class LabelError(FormatError):
    """A label sequence is not legal in its scheme and no repair rule was named."""


class ConfigurationError(ProjectionError, ValueError):
    """A name, option or setting is unknown or out of range; the message lists what is allowed."""


class ModelUnavailable(ProjectionError):
    """A model cannot be loaded here; one sentence: what is missing, how big it is, how to get it."""


class ModelInputError(ProjectionError, ValueError):
    """A model refuses one input (too long, empty, a language it does not know)."""


class StoreError(ProjectionError):
    """The correction store cannot be read or written."""


class StoreUnavailable(StoreError):
    """The database itself failed (busy, read-only, full, damaged, gone): the same may work later."""


class GoneError(StoreError):
    """A project is not in the store, or not any more."""


class ConflictError(StoreError):
    """Somebody stored a newer revision of the sentence first; nothing was overwritten."""


class Cancelled(ProjectionError):
    """The user stopped a run; what was finished before is kept."""
