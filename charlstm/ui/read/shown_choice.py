"""Which choice the chart shows: that of the selected character, or of the one that would follow."""

from typing import NamedTuple

import numpy as np

from charlstm.generation.filters import NO_FILTERS
from charlstm.generation.sampling import ranking, reweight
from charlstm.playback.slow_motion import Stage
from charlstm.playback.tables import frames
from charlstm.playback.tables.choice import Choice, display_symbol, likeliest_in_words, quoted_end
from charlstm.ui.read import sentences
from charlstm.ui.read.read_view import ViewChoice
from charlstm.ui.read.state import ReadState


class Shown(NamedTuple):
    """A choice.

    Attributes:
        heading: the sentence above the chart.
        choice: for the view, which hands it to the chart.
        determined_by: what makes it this one.
    """

    heading: str
    choice: ViewChoice
    determined_by: tuple[object, ...]


def shown_choice(state: ReadState, temperature: float) -> Shown:
    """Return the choice of the selected character, reweighted, or else of the one that would follow what is read."""
    reading = state.current
    vocabulary, place = reading.vocabulary, state.place
    position = state.drawn.position if place is None else place
    raw = state.drawn.following if place is None else reading.probs_at(place)
    reweighted = reweight(raw, temperature)
    if place is None:
        choice = Choice(raw, reweighted, temperature)
        about = frames.Shown(position, Stage.REWEIGHTED, NO_FILTERS, picked=False, note=sentences.WOULD_FOLLOW)
        heading = sentences.after(quoted_end(reading.text[:position]))
    else:
        id_ = vocabulary.ids[reading.text[place]]
        choice = Choice(raw, reweighted, temperature, id_)
        about = frames.Shown(position, Stage.APPENDED, NO_FILTERS, picked=False, standing=True, note=sentences.STANDING)
        top = int(ranking(raw)[0])
        heading = sentences.standing(
            place + 1,
            display_symbol(reading.text[place]),
            float(reading.bits[place]),
            int(reading.ranks[place]),
            float(raw[id_]),
            (display_symbol(vocabulary.characters[top]), float(raw[top])),
            temperature,
            float(np.asarray(reweighted)[id_]),
        )
    frame = frames.frame(choice, about, f"read-{state.version}", temperature)
    said = f"{heading} {likeliest_in_words(choice, vocabulary)}"
    shown: ViewChoice = {"alphabet": frames.alphabet(vocabulary), "frames": [frame], "said": said}
    return Shown(heading, shown, (state.version, position, place, temperature))
