"""A network between the browser and the server that delays what passes through it."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit


@contextmanager
def slow_network(address: str, one_way: float, passed: list[int] | None = None) -> Iterator[str]:
    """Yield an address that leads to another one, with so many seconds of delay in each direction.

    Args:
        address: of the server.
        one_way: seconds.
        passed: is given the number of bytes of each piece that comes from the server.
    """
    loop, ready = asyncio.new_event_loop(), threading.Event()
    target, own_address = urlsplit(address), []

    async def pass_on(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter, counted: list[int] | None = None
    ) -> None:
        while content := await reader.read(65_536):
            loop.call_later(one_way, writer.write, content)
            if counted is not None:
                counted.append(len(content))
        loop.call_later(one_way, writer.close)

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(target.hostname, target.port)
        await asyncio.gather(pass_on(reader, far_writer), pass_on(far_reader, writer, passed), return_exceptions=True)

    async def serve() -> None:
        server = await asyncio.start_server(connect, "127.0.0.1", 0)
        own_address.append(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        ready.set()

    def run() -> None:
        loop.run_until_complete(serve())
        loop.run_forever()
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))

    threading.Thread(target=run, daemon=True).start()
    assert ready.wait(10)
    yield own_address[0]
    loop.call_soon_threadsafe(loop.stop)
