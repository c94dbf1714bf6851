"""What to look at next: how doubtful each sentence is and why, and where a name comes again."""

from projection.triage.doubt import KINDS, Doubt, Reason, doubt_about
from projection.triage.names import Occurrence, find_name, occurrences

__all__ = ["KINDS", "Doubt", "Occurrence", "Reason", "doubt_about", "find_name", "occurrences"]
