"""What is read has a contrast of 4.5 to 1, and what is seen one of 3 to 1, as WCAG 2.2 defines it; light and dark."""

import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

from charlstm.ui.charts.sweeps import COLOURS
from charlstm.ui.charts.theme import DARK, DRAWN, LIGHT, RAW, REWEIGHTED, REWEIGHTED_NEXT, Theme

ROOT = Path(__file__).parents[3]
STYLES = ROOT / "charlstm" / "ui" / "components"
BAND_EXPONENT, VOCABULARIES = 0.35, (30, 57, 90)
Colour = tuple[float, ...]

both = pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])


def rgb(code: str) -> Colour:
    return tuple(int(code[at : at + 2], 16) for at in (1, 3, 5))


WHITE = rgb("#ffffff")


def luminance(colour: Colour) -> float:
    shares = [value / 255 for value in colour]
    red, green, blue = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    darker, lighter = sorted(map(luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def over(colour: Colour, alpha: float, below: Colour) -> Colour:
    return tuple(alpha * upper + (1 - alpha) * lower for upper, lower in zip(colour, below, strict=True))


def frame_of_texts(colours: Theme) -> Colour:
    """Return what texts stand on: Streamlit's secondary background."""
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
    return rgb(theme["dark" if colours is DARK else "light"]["secondaryBackgroundColor"])


def tints() -> list[tuple[Colour, float]]:
    css = (STYLES / "text_view" / "text_view.css").read_text(encoding="utf-8")
    found = re.findall(r"\.t\d \{ background: rgb\((\d+) (\d+) (\d+) / (\d+)%\)", css)
    return [((float(red), float(green), float(blue)), int(alpha) / 100) for red, green, blue, alpha in found]


def ranks() -> list[tuple[Colour, float]]:
    """Return the tints of Read."""
    css = (STYLES.parent / "read" / "read_view" / "read_view.css").read_text(encoding="utf-8")
    found = re.findall(r"\.k\d \{ background: rgb\((\d+) (\d+) (\d+) / (\d+)%\)", css)
    return [((float(red), float(green), float(blue)), int(alpha) / 100) for red, green, blue, alpha in found]


def opacity(selector: str, *file: str) -> float:
    css = STYLES.joinpath(*file).read_text(encoding="utf-8")
    found = re.search(re.escape(selector) + r"[^}]*opacity: ([0-9.]+)", css)
    assert found, selector
    return float(found[1])


@both
def test_marks_are_seen_on_the_paper(colours):
    """Those of all charts."""
    for mark in {RAW, REWEIGHTED, REWEIGHTED_NEXT, DRAWN, *COLOURS.values()}:
        assert contrast(rgb(mark), rgb(colours.paper)) >= 3, mark


@both
def test_texts_are_read_on_the_paper(colours):
    """Also those that have the colour of what they are about."""
    for text in (colours.ink, colours.primary, colours.muted):
        assert contrast(rgb(text), rgb(colours.paper)) >= 4.5, text


@both
def test_letters_are_read_on_intervals_and_buttons(colours):
    """They are white."""
    for mark in (REWEIGHTED, REWEIGHTED_NEXT, DRAWN, colours.button):
        assert contrast(WHITE, rgb(mark)) >= 4.5, mark


@both
@pytest.mark.parametrize("characters", VOCABULARIES)
def test_symbols_are_read_on_the_bands_of_the_map(colours, characters):
    """White on all dark ones and on the likeliest light one, else in the colour of other texts."""
    likeliest, rarest = map(rgb, colours.bands)
    for rank in range(characters):
        band = over(rarest, (rank / (characters - 1)) ** BAND_EXPONENT, likeliest)
        symbol = WHITE if colours is DARK or rank == 0 else rgb(colours.ink)
        assert contrast(symbol, band) >= 4.5, rank


@both
def test_tinted_text_is_read(colours):
    """Every tint, from the expected character to the most surprising one."""
    frame = frame_of_texts(colours)
    assert len(tints()) == 6
    for tint, alpha in tints():
        assert contrast(rgb(colours.ink), over(tint, alpha, frame)) >= 4.5


@both
def test_text_that_is_read_is_tinted_so_that_it_can_be_read(colours):
    """By all of its tints, in the text and in the legend on the page's paper; and the stronger differ from it."""
    assert len(ranks()) == 3
    for paper in (frame_of_texts(colours), rgb(colours.paper)):
        for tint, alpha in ranks():
            assert contrast(rgb(colours.ink), over(tint, alpha, paper)) >= 4.5
    shades = [frame_of_texts(colours), *(over(tint, alpha, frame_of_texts(colours)) for tint, alpha in ranks())]
    assert all(contrast(one, other) > 1.1 for one, other in pairwise(shades))


@both
def test_faint_text_is_read(colours):
    """The seed text, what was written after the selected character, and what columns have in common."""
    frame, ink = frame_of_texts(colours), rgb(colours.ink)
    for selector, *file in (
        (".seed {", "shared", "text.css"),
        (".replaying .selected ~ span", "text_view", "text_view.css"),
        (".same {", "batch_view", "batch_view.css"),
    ):
        assert contrast(over(ink, opacity(selector, *file), frame), frame) >= 4.5, selector
