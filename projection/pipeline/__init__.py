"""From a sentence to projections: wiring of the stages, with results reused until their own input changes."""

from projection.pipeline.resources import Resources
from projection.pipeline.run import Pipeline
from projection.pipeline.setup import ROLES, Direction, Outcome, Setup, Stage, StageError, Task, unfamiliar

__all__ = [
    "ROLES",
    "Direction",
    "Outcome",
    "Pipeline",
    "Resources",
    "Setup",
    "Stage",
    "StageError",
    "Task",
    "unfamiliar",
]
