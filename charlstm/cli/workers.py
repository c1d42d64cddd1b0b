"""Parsing of `--workers`, the addresses of the processes that train together."""

import re

from charlstm.recipes.recipe import TrainingError

ADDRESS = re.compile(r"[\w.-]+:\d{1,5}|\[[0-9a-fA-F:]+\]:\d{1,5}")


def parse_workers(text: str, worker: int | None) -> list[str]:
    """Return the addresses of a list such as host1:port,host2:port.

    Raises:
        TrainingError: an address is not valid or occurs twice, or `worker` is not the index of one.
    """
    addresses = [address.strip() for address in text.split(",")]
    for address in addresses:
        if not ADDRESS.fullmatch(address) or not 0 < int(address.rpartition(":")[2]) < 65_536:
            raise TrainingError(f"{address!r} in the list of workers is not host:port")
        if addresses.count(address) > 1:
            raise TrainingError(f"{address!r} stands twice in the list of workers")
    if len(addresses) < 2:
        raise TrainingError("the list of workers has only one; leave it out, or name two or more, with commas between")
    if worker is None or not 0 <= worker < len(addresses):
        raise TrainingError(
            f"which worker this is must be given with --worker, a number from 0 to {len(addresses) - 1}, not {worker}"
        )
    return addresses
