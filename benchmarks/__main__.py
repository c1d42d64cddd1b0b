"""Run every benchmark, print one table, and keep it beside this file, as JSON and as Markdown."""

import json
import platform
import subprocess
import sys
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from benchmarks.measure import Claim, table

# Each in a process of its own, so that none inherits another's threads or memory.
SCRIPTS = (
    "carried_one",
    "carried_many",
    "counts",
    "window",
    "kinds_of_network",
    "recording",
    "strategies",
    "compression",
    "passages",
    "reading",
    "threads",
    "windows",
    "sweep",
    "memory",
    "disk",
    "training_threads",
    "training_layers",
    "training_xla",
    "page",
    "page_cost",
    "many_viewers",
    "compare_page",
)
LIBRARIES = ("numpy", "tensorflow-cpu", "keras", "onnxruntime")
RESULTS = Path(__file__).with_name("results.json")
HEAD = """# What `make bench` measured

In one run; every ratio is of contestants that took turns. `results.json` has the same."""


def main() -> int:
    """Return 0 when every claim is met."""
    claims: list[Claim] = []
    for script in SCRIPTS:
        print(f"measuring: {script}", file=sys.stderr, flush=True)
        command = [sys.executable, "-m", f"benchmarks.{script}", "--json"]
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        claims.extend(Claim(**fields) for fields in json.loads(output.splitlines()[-1]))
    print(table(claims))
    content = {
        "machine": {"processor": _processor(), "python": platform.python_version()} | _versions(),
        "claims": [asdict(claim) | {"met": claim.met} for claim in claims],
    }
    RESULTS.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    RESULTS.with_suffix(".md").write_text(f"{HEAD}\n\n{table(claims)}\n", encoding="utf-8")
    return 0 if all(claim.met is not False for claim in claims) else 1


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    lines = described.read_text().splitlines() if described.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _versions() -> dict[str, str]:
    found = {}
    for library in LIBRARIES:
        try:
            found[library] = version(library)
        except ModuleNotFoundError:
            continue
    return found


if __name__ == "__main__":
    sys.exit(main())
