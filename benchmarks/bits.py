"""The networks that learned bits: their held-out loss a bit, with its standard error, against that of a coin, ln 2.

python -m benchmarks.bits FOLDER    # of ascii.txt, gzip.txt and network.txt, made as its networks' README.md says
"""

from benchmarks.measure import Claim, report, use_one_core

use_one_core()

import math  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

import numpy as np  # noqa: E402
from numpy.typing import NDArray  # noqa: E402

from charlstm.corpora.split import training_length  # noqa: E402
from charlstm.model_folder.store import Model  # noqa: E402
from charlstm.networks.network import Network  # noqa: E402
from charlstm.ui.read.experiment.state import bit_models  # noqa: E402

STEP, AT_ONCE = 3, 4096  # every third bit, as `metrics.held_out_loss` has it; windows at once
CODED, LEAST = "network", 0.692  # nats a bit, below which something would have been learned


def surprisals(network: Network, ids: NDArray[np.integer]) -> NDArray[np.float64]:
    """Return the surprisal of every third bit after the window before it, in nats."""
    starts = np.arange(0, len(ids) - network.window, STEP)
    parts = []
    for batch in np.split(starts, range(AT_ONCE, len(starts), AT_ONCE)):
        probs = network.probs_after_windows(ids[batch[:, None] + np.arange(network.window)])
        parts.append(-np.log(probs[np.arange(len(batch)), ids[batch + network.window]]))
    return np.concatenate(parts)


def claims_of(model: Model, text: str) -> list[Claim]:
    """Return the figures of a network's best epoch on the held-out tenth of the bits."""
    held_out = model.vocabulary.encode(text[training_length(len(text)) :])
    name, epoch = model.folder.name, model.manifest.best_epoch
    nats = surprisals(model.network(), held_out)
    error = float(nats.std(ddof=1) / math.sqrt(len(nats)))
    loss = f"bits, {name}: held-out nats a bit after epoch {epoch} (ln 2 = {math.log(2):.4f})"
    return [
        Claim(loss, float(nats.mean()), LEAST if name == CODED else None, unit=""),
        Claim(f"bits, {name}: their standard error, over {len(nats):,} bits", error, None, unit=""),
    ]


def measure(folder: Path) -> list[Claim]:
    return [
        claim
        for name, model in bit_models().items()
        for claim in claims_of(model, (folder / f"{name}.txt").read_text())
    ]


if __name__ == "__main__":
    folders = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    if len(folders) != 1:
        sys.exit(__doc__)
    report(lambda: measure(Path(folders[0])))
