"""What Hugging Face's own processors of logits make of some distributions, kept in hugging_face.json.

Run with torch and transformers installed: `python tests/unit/generation/strategies/hugging_face.py`.
"""

import json
from pathlib import Path
from typing import Any

import torch
import transformers
from transformers.generation import logits_process as theirs

SIZE, ROWS, TEXT_LENGTH = 14, 3, 30
# Our fields of Filters, and the processor that does the same.
PROCESSORS: dict[str, list[Any]] = {
    "top_k": [1, 5, 40],
    "top_p": [0.3, 0.75, 0.95],
    "min_p": [0.02, 0.1, 0.5],
    "typical_p": [0.2, 0.6, 0.9],
    "repetition_penalty": [0.8, 1.2, 3.0],
    "temperature": [0.2, 1.0, 1.7],
    "ban": [[0], [3, 5, 13]],
    "bias": [{"0": 2.5, "7": -1.5}, {"13": 9.0}],
}


def processor(name, value):
    made = {
        "top_k": lambda: theirs.TopKLogitsWarper(value),
        "top_p": lambda: theirs.TopPLogitsWarper(value),
        "min_p": lambda: theirs.MinPLogitsWarper(value),
        "typical_p": lambda: theirs.TypicalLogitsWarper(value),
        "repetition_penalty": lambda: theirs.RepetitionPenaltyLogitsProcessor(value),
        "temperature": lambda: theirs.TemperatureLogitsWarper(value),
        "ban": lambda: theirs.SuppressTokensLogitsProcessor(value, device="cpu"),
        "bias": lambda: theirs.SequenceBiasLogitsProcessor([[[int(id_)], bias] for id_, bias in value.items()]),
    }
    return made[name]()


def after(made, texts, probs):
    return torch.softmax(made(texts, torch.log(probs)), -1).tolist()


def main() -> None:
    torch.manual_seed(1)
    distributions = []
    for scale in (1.0, 3.0):
        probs = torch.softmax(scale * torch.randn(ROWS, SIZE, dtype=torch.float64), -1)
        texts = torch.randint(0, SIZE // 2, (ROWS, TEXT_LENGTH))
        results = [
            {"name": name, "value": value, "result": after(processor(name, value), texts, probs)}
            for name, values in PROCESSORS.items()
            for value in values
        ]
        distributions.append({"texts": texts.tolist(), "probs": probs.tolist(), "results": results})
    versions = {"torch": torch.__version__, "transformers": transformers.__version__}
    content = {"versions": versions, "distributions": distributions}
    Path(__file__).with_suffix(".json").write_text(json.dumps(content) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
