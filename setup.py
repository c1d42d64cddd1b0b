"""How a wheel is built; all that can be said in pyproject.toml is said there.

The wheel takes the book's network along, with its best epoch alone: `charlstm/bundled/nietzsche-book`
is written into the build folder from `models/`, and is never in the repository.
"""

import json
import shutil
import tempfile
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

MODEL = Path("models/nietzsche-book")
BUNDLED = Path("charlstm/bundled") / MODEL.name
AS_IT_IS = ("history.csv", "passages.safetensors", "report.json", "words.txt")


def best_epoch() -> int:
    """Return the one epoch that is bundled."""
    return json.loads((MODEL / "model.json").read_text(encoding="utf-8"))["best_epoch"]


def files() -> tuple[str, ...]:
    """Return the names of what is bundled beside model.json."""
    return (f"epoch-{best_epoch():03d}.safetensors", *AS_IT_IS)


class BuildWithModel(build_py):
    """Build the package, and put the book's network into it."""

    def run(self) -> None:
        """Build into the build folder; an editable install finds models/ beside the program."""
        super().run()
        if not self.editable_mode:
            self.bundle(Path(self.build_lib) / BUNDLED)

    def bundle(self, folder: Path) -> None:
        """Write the model folder, whose model.json lists the one epoch."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in files():
            shutil.copyfile(MODEL / name, folder / name)
        manifest = json.loads((MODEL / "model.json").read_text(encoding="utf-8")) | {"epochs": [best_epoch()]}
        text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
        (folder / "model.json").write_text(text, encoding="utf-8")

    def get_source_files(self) -> list[str]:
        """Name the files of the network too: the source archive needs them, and no other of models/."""
        return [*super().get_source_files(), *(str(MODEL / name) for name in ("model.json", *files()))]


with tempfile.TemporaryDirectory() as elsewhere:
    # Nothing is left in the clone, and no file of an earlier build comes into a wheel.
    options = {"build": {"build_base": elsewhere}, "egg_info": {"egg_base": elsewhere}}
    setup(cmdclass={"build_py": BuildWithModel}, options=options)
