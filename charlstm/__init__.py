"""A character-level LSTM that learns a text and writes more of it, one character at a time.

    import charlstm

    model = charlstm.open_model()                                       # the book's network
    steps = list(charlstm.generate(model, "what is noble? ", temperature=0.5))
    print(charlstm.text_of(model, steps))

Public names, each loaded when it is first used, so that importing the package costs nothing:

    open_model, generate, text_of, distribution, score_text     charlstm.api, which explains them
    Model, ModelError, ScoredText                                a model folder, why one cannot be used; a scored text
    Step, Filters, reweight, apply_filters, sampling_probs, draw, entropy
                                                                 the mathematics of one choice
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from charlstm.api import distribution, generate, open_model, score_text, text_of
    from charlstm.evaluation.scoring import ScoredText
    from charlstm.generation.filters import Filters
    from charlstm.generation.sampling import apply_filters, draw, entropy, reweight, sampling_probs
    from charlstm.generation.step import Step
    from charlstm.model_folder.manifest import ModelError
    from charlstm.model_folder.store import Model

__all__ = [
    "Filters",
    "Model",
    "ModelError",
    "ScoredText",
    "Step",
    "apply_filters",
    "distribution",
    "draw",
    "entropy",
    "generate",
    "open_model",
    "reweight",
    "sampling_probs",
    "score_text",
    "text_of",
]
_PUBLIC_NAMES = {
    "api": ("distribution", "generate", "open_model", "score_text", "text_of"),
    "evaluation.scoring": ("ScoredText",),
    "generation.filters": ("Filters",),
    "generation.sampling": ("apply_filters", "draw", "entropy", "reweight", "sampling_probs"),
    "generation.step": ("Step",),
    "model_folder.store": ("Model", "ModelError"),
}
_MODULE_OF = {name: module for module, names in _PUBLIC_NAMES.items() for name in names}


def __dir__() -> list[str]:
    return [*globals(), *__all__]


def __getattr__(name: str) -> Any:
    if name == "api":
        return import_module("charlstm.api")
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'charlstm' has no attribute {name!r}")
    value = getattr(import_module(f"charlstm.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value
