"""The chart of one next character: raw and reweighted probabilities, the draw, and the temperature as a slope.

It is drawn once and never sent again. Two events of the browser's window change it: CHOICE_EVENT brings another
choice (`playback.frames`), TEMPERATURE_EVENT the temperature under the viewer's hand. So it reweights in the browser,
however far away the server is.
"""
