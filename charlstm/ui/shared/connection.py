"""Whether a viewer is still connected."""

from collections.abc import Callable

from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx


def connection() -> Callable[[], bool]:
    """Return a function that tells, in any thread, whether the current session's browser tab is connected."""
    context = get_script_run_ctx()
    if context is None or not runtime.exists():
        return lambda: True
    server, session_id = runtime.get_instance(), context.session_id
    return lambda: server.is_active_session(session_id)
