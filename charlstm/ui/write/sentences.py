"""Every sentence of the Write page."""

INTRODUCTION = (
    "**Watch a network write.** It read a book letter by letter, and writes on the same way: for every character "
    "it weighs the whole alphabet, and the **temperature** decides how daring it is."
)
UNDO = "Undo"
REDO = "Redo"
SLOW_MOTION = "Slow motion"
BRANCH = "Write on from here"
UNDO_HELP = "Back to the text as it was before: nothing that was written is lost."
REDO_HELP = "Forward again to the text that was undone."
SLOW_HELP = "One press for each stage of the loop: the text, raw, reweighted, the die, the character."
BRANCH_HELP = (
    "The run parts here: it goes on at the present temperature with the same dice, beside what was written before."
)
SHARE = "Share"
COPY_LINK = "Copy link"
LINK_COPIED = "Copied"
SHARE_HELP = (
    "The address bar holds the network, the seed text and the knobs: whoever opens the address sees the same text "
    "appear. A saved run also holds what changed in mid-run; it can be opened here, or written again by "
    "`python -m charlstm generate --replay`."
)
LINK_CANNOT = (
    "This text had its knobs turned in mid-run, or characters picked: an address cannot say that; a saved run can."
)
SAVE_RUN = "Save this run"
OPEN_RUN = "Open a saved run"
WRITING_AGAIN = "Writing it again"
RUN_IS_FULL = "This text is as long as it may become here ({longest:,} characters). Clear, or Generate, to begin again."


def seed_too_long(kept: int, enough: bool) -> str:
    """State that an address holds only the end of the seed text."""
    then = "all that this network reads of it" if enough else "so the text would differ; a saved run holds it whole"
    return f"The seed text is too long for an address, which holds its last {kept:,} characters: {then}."


def writes_otherwise(model: str, position: int) -> str:
    """State that this machine's network is not the one that wrote a saved run."""
    return (
        f"From character {position + 1} on this text is not the saved one: {model} on this machine has other weights."
    )


def cannot_open(reason: str) -> str:
    """State why a saved run is not opened."""
    return f"Not opened: {reason}."


def streaming(in_force: str) -> str:
    """Head the chart while a text streams."""
    return f"The choices as they are made {in_force}"
