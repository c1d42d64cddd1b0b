"""How evenly the page slows down when more viewers write than fit, with the network that opens by default."""

import tempfile
from pathlib import Path

from benchmarks.measure import Claim, report
from tests.browser.app_server import Server
from tests.load.viewer import write_together

SECONDS = 20.0


def claims_of(address: str, count: int) -> list[Claim]:
    """Return what so many viewers see while they write together."""
    viewers = write_together(address, count, SECONDS)
    reruns = sum(len(viewer.answers) + viewer.cut_off for viewer in viewers)
    cut_off = 100 * sum(viewer.cut_off for viewer in viewers) / max(1, reruns)
    choices = min(viewer.choices for viewer in viewers) / SECONDS
    characters = min(viewer.characters for viewer in viewers) / SECONDS
    name = f"page, {count} viewers:"
    return [
        Claim(f"{name} reruns that another one cuts off", cut_off, 0, False, "%"),
        Claim(f"{name} choices a second on the chart of the worst-off", choices, 0.5, unit="/s"),
        Claim(f"{name} characters a second of the worst-off", characters, None, unit="/s"),
    ]


def measure() -> list[Claim]:
    with tempfile.TemporaryDirectory() as nothing:
        server = Server(Path(nothing))
        try:
            write_together(server.address, 1, 1.0)  # the network is in memory
            return [claim for count in (25, 50) for claim in claims_of(server.address, count)]
        finally:
            server.stop()


if __name__ == "__main__":
    report(measure)
