"""How the vectors of an encoder are turned into the logits that softmax and entmax read.

AWESoME takes raw dot products and a threshold of 1e-3, which fits the vector lengths of multilingual
BERT. Other encoders have other lengths, so cosines over a temperature are used with a threshold of
their own. One row per encoder in `CALIBRATIONS`; what has no row gets `DEFAULT`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from projection.types import Similarity


@dataclass(frozen=True, slots=True)
class Calibration:
    """`temperature` None means raw dot products, restored from cosines and vector lengths.

    `softmax` and `entmax` are the thresholds of the two extractions.
    """

    temperature: float | None
    softmax: float
    entmax: float = 0.0

    def logits(self, similarity: Similarity) -> NDArray[np.float32]:
        """Return the (m, n) logits the thresholds are meant for."""
        if self.temperature is None:
            return similarity.matrix * similarity.source_norms[:, None] * similarity.target_norms[None, :]
        return similarity.matrix / np.float32(self.temperature)

    def confidence_logits(self, similarity: Similarity) -> NDArray[np.float32]:
        """Return the (m, n) logits of link scores.

        Raw dot products are divided by the root of the number of choices (AWESoME; of both sides, their
        geometric mean), which would otherwise give 0 or 1 only.
        """
        logits = self.logits(similarity)
        if self.temperature is not None:
            return logits
        return logits / np.float32(max(logits.size, 1) ** 0.25)


MULTILINGUAL_BERT = Calibration(temperature=None, softmax=1e-3)
DEFAULT = Calibration(temperature=0.03, softmax=0.35, entmax=0.35)
CALIBRATIONS: Mapping[str, Calibration] = MappingProxyType(
    {
        "e5-small": Calibration(temperature=0.03, softmax=0.35, entmax=0.35),
        "mbert": MULTILINGUAL_BERT,
        "google-bert/bert-base-multilingual-cased": MULTILINGUAL_BERT,
        "bert-base-multilingual-cased": MULTILINGUAL_BERT,
        "awesome": MULTILINGUAL_BERT,
        "aneuraz/awesome-align-with-co": MULTILINGUAL_BERT,
    }
)


def calibration_of(*names: str) -> Calibration:
    """Return the calibration of the first known name (as registered, on the hub), else DEFAULT."""
    return next((CALIBRATIONS[name] for name in names if name in CALIBRATIONS), DEFAULT)
