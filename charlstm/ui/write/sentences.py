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
LINK_TO_TEXT = "Copy link to this text"
LINK_TO_SETTINGS = "Copy link to these settings"
LINK_COPIED = "Copied"
SHOW_CODE = "Show QR code"
SCAN = "Scan to open this page"
SHARE_HELP = (
    "A link holds the network, the seed text and the settings: whoever opens it sees the same text appear. "
    "A saved run also holds what was changed while writing, and the original of a branch; open it here, or write it "
    "again with `python -m charlstm generate --replay`."
)
PICKED = "characters were picked by hand"
CHANGED = "settings were changed while it was written"
TOO_HOT = "it was written at a higher temperature than the slider has"
OUT_OF_RANGE = "its settings are beyond those of this page"
SEED_TOO_LONG = "its seed text is too long for a link"
SAVE_RUN = "Save this run"
SAVE_TEXT = "Download text"
OPEN_RUN = "Open a saved run"
BEYOND_SETTINGS = (
    "This run was written with settings that the page does not have. Its text is as it was; what you write on will be "
    "written with the nearest ones."
)
WRITING_AGAIN = "Writing it again"
TOUR = "Tour"
TAKE_TOUR = "Take the tour"
TOUR_BACK = "‹ Back"
TOUR_LEAVE = "✕ Leave"
TOUR_DECLINE = "✕ No, thanks"
# What stands before a step's control, its label, and what follows; the first is the invitation.
TOUR_STEPS = (
    ("New here? ", TAKE_TOUR, ""),
    ("Grey bars are the raw probabilities of the next character; let the temperature ", "reweight", " them."),
    ("Blue bars are the reweighted ones; let a random number ", "draw", " a character from them."),
    ("The random number u lies in the interval of one character: ", "append", " that character."),
    ("Letter by letter a text grows: see it ", "written cold", ", at temperature 0.2."),
    ("Cold, it keeps to what is likely: see it ", "written hot", ", at temperature 1.2."),
    ("Hot, it surprises and misspells: see the ", "same random number", " at four temperatures."),
    ("The same u may draw another character at each temperature: ", "compare", " whole texts, where the tour ends."),
)
RUN_IS_FULL = "This text has reached the limit of {longest:,} characters. Clear it, or press Generate to start again."


def link_cannot(reason: str) -> str:
    """State that a link cannot bring the text, and what can."""
    return f"A link cannot bring this text, because {reason}. “{SAVE_RUN}” holds all of it."


def own_network(title: str) -> str:
    """State that a link cannot bring a network of the viewer's own, and what to do."""
    return (
        f"A link cannot bring {literally(title)}, which is a network of your own and stays in this session: "
        "download it on the page Train, and send both."
    )


def seed_too_long(kept: int, enough: bool) -> str:
    """State that an address holds only the end of the seed text."""
    then = "all that this network reads" if enough else "the text would differ; a saved run holds all of it"
    return f"The seed text is too long for an address, which holds its last {kept:,} characters: {then}."


def writes_otherwise(model: str, position: int) -> str:
    """State that this machine's network is not the one that wrote a saved run."""
    return (
        f"From character {position + 1} on this text differs from the saved one: the file was changed, or "
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
    return f"**{literally(title)}** writes letter by letter; the **temperature** sets how daring it is."


def tour_count(number: int, steps: int) -> str:
    """State where a step of the tour stands."""
    return f"Tour {number} of {steps}"
