"""Every sentence of the Write page."""

from charlstm.ui.shared.sentences import literally

TITLE = "Watch a network write"
UNDO = "Undo"
REDO = "Redo"
SLOW_MOTION = "Slow motion"
BRANCH = "Branch from here"
UNDO_HELP = "Go back to the previous text. Nothing that was written is lost."
REDO_HELP = "Return to the text that was undone."
SLOW_HELP = "One press for each stage of the loop: the text, raw, reweighted, the draw, the character."
BRANCH_HELP = (
    "Continue from this character at the current temperature with the same random numbers, beside the original."
)
NEW_SEED = "The new seed text counts from the next Generate on."
COPY_LINK = "Copy link"
LINK_COPIED = "Copied"
SHOW_CODE = "Show QR code"
SCAN = "Scan to open this page"
SHARE_HELP = (
    "The address holds the network, the seed text and the settings: whoever opens it sees the same text "
    "appear. A saved run also holds what was changed while writing, and the original of a branch; open it here, or "
    "write it again with `python -m charlstm generate --replay`."
)
LINK_CANNOT = (
    "Settings were changed while this text was written, or characters were picked: an address cannot hold that, "
    "but a saved run can."
)
SAVE_RUN = "Save this run"
SAVE_TEXT = "Download text"
OPEN_RUN = "Open a saved run"
WRITING_AGAIN = "Writing it again"
RUN_IS_FULL = "This text has reached the limit of {longest:,} characters. Clear it, or press Generate to start again."


def seed_too_long(kept: int, enough: bool) -> str:
    """State that an address holds only the end of the seed text."""
    then = "all that this network reads" if enough else "the text would differ; a saved run holds all of it"
    return f"The seed text is too long for an address, which holds its last {kept:,} characters: {then}."


def writes_otherwise(model: str, position: int) -> str:
    """State that this machine's network is not the one that wrote a saved run."""
    return (
        f"From character {position + 1} on this text differs from the saved one: "
        f"{model} has other weights on this machine."
    )


def cannot_open(reason: str) -> str:
    """State why a saved run is not opened."""
    return f"Not opened: {reason}."


def streaming(in_force: str) -> str:
    """Head the chart while a text streams."""
    return f"The choices as they are made, {in_force}"


def introduction(title: str) -> str:
    """State what the page is, with the title of the chosen network."""
    return f"**{literally(title)}** writes letter by letter; the **temperature** sets how daring."
