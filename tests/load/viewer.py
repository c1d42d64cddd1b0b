"""A viewer of the Write page without a browser, who does over WebSocket what the browser does.

It presses Generate, and then asks for the next message when the last one has come and its time is over.
"""

import asyncio
import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

LARGEST_MESSAGE = 50_000_000  # bytes
EVENTS = "$$STREAMLIT_INTERNAL_KEY_{}__events"  # Streamlit's own name for what a component reports


@dataclass
class Viewer:
    """One viewer and what has come to them.

    Attributes:
        characters: of the text so far.
        choices: that the chart was shown.
        answers: seconds from each request for a message to the message.
        cut_off: runs of the script that ended before they were done, because of another one.
        received: bytes, uncompressed.
        last_choice: the time of the last choice.
    """

    characters: int = 0
    choices: int = 0
    answers: list[float] = field(default_factory=list)
    cut_off: int = 0
    received: int = 0
    last_choice: float = 0.0
    _text: Any = None
    _text_fragment: str = ""
    _generate: str = ""
    _session: Any = None
    _message: dict[str, Any] = field(default_factory=dict)

    async def write(self, address: str, query: str, seconds: float) -> None:
        """Open the page, generate, and go on for so many seconds."""
        url = address.replace("http", "ws") + "/_stcore/stream"
        async with connect(url, max_size=LARGEST_MESSAGE, open_timeout=120) as socket:
            await self._send(socket, query)
            while not (self._generate and self._text):
                await self._run_of_the_script(socket)
            ending = time.monotonic() + seconds
            await self._send(socket, query, self._generate, "", self._text_fragment)
            await self._run_of_the_script(socket)
            while time.monotonic() < ending:
                await asyncio.sleep(self._message.get("tick", 0.75))
                asked = time.monotonic()
                event = json.dumps([{"event": "ask", "value": True}])
                if not self._message.get("running", True):
                    await self._send(socket, query, self._generate, "", self._text_fragment)
                else:
                    await self._send(socket, query, EVENTS.format(self._text.id), event, self._text_fragment)
                await self._run_of_the_script(socket)
                self.answers.append(time.monotonic() - asked)

    async def _send(
        self, socket: ClientConnection, query: str, widget: str = "", event: str = "", fragment: str = ""
    ) -> None:
        message = BackMsg()
        message.rerun_script.query_string = query
        message.rerun_script.fragment_id = fragment
        if widget:
            state = message.rerun_script.widget_states.widgets.add()
            state.id = widget
            if event:
                state.json_trigger_value = event
            else:
                state.trigger_value = True
        await socket.send(message.SerializeToString())

    async def _run_of_the_script(self, socket: ClientConnection) -> None:
        """Take in messages until a run of the script is over."""
        while True:
            content = await socket.recv(decode=False)
            self.received += len(content)
            message = ForwardMsg.FromString(content)
            kind = message.WhichOneof("type")
            if kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                self._take_in(message.delta)
            elif kind == "script_finished":
                if message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    self.cut_off += 1
                    continue
                return

    def _take_in(self, delta: Any) -> None:
        element = delta.new_element
        kind = element.WhichOneof("type")
        if kind == "button" and element.button.label == "Generate":
            self._generate = element.button.id
        elif kind == "bidi_component" and element.bidi_component.component_name.endswith("text_view"):
            self._text, self._text_fragment = element.bidi_component, delta.fragment_id
            self._message = json.loads(element.bidi_component.json)
            before, self.characters = self.characters, self._message["start"] + len(self._message["text"])
            choices = self._message["choices"]
            if choices and choices["streaming"] and self.characters != before:
                self.choices += len(choices["frames"])
                self.last_choice = time.monotonic()


def write_together(address: str, viewers: int, seconds: float, query: str = "") -> list[Viewer]:
    """Let so many viewers write at the same time, and return them."""
    all_viewers = [Viewer() for _ in range(viewers)]

    async def write() -> None:
        await asyncio.gather(*(viewer.write(address, query, seconds) for viewer in all_viewers))

    # In a thread of its own, because a browser that is driven in this one may have a loop there.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, write()).result()
    return all_viewers
