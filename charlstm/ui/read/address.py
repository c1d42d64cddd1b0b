"""The Read page's address, the same from each of its views."""

from charlstm.model_folder.store import Model
from charlstm.ui.components.address import page_address
from charlstm.ui.shared import settings


def show_address(model: Model, temperature: float) -> None:
    """Put the settings into the address; the best epoch is what a network begins with anyway."""
    epoch = settings.read.epoch(model)
    shown = None if epoch == model.manifest.best_epoch else epoch
    values = {"temperature": temperature, "epoch": shown, "model": model.folder.name}
    page_address("read").show(values, key="read_address")
