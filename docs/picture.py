"""Create the README's pictures of the pages: `python -m docs.picture` writes docs/writing.gif and docs/bits.png."""

import io
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.browser.app_server import FLAGS, Server
from tests.browser_setup import installed

ANIMATION = Path(__file__).with_name("writing.gif")
BITS = Path(__file__).with_name("bits.png")
WIDTH, HEIGHT = 1280, 720
SHOWN_WIDTH = 960
FRAME_TIME = 160  # milliseconds between two frames
TEMPERATURES = {14: "0.2", 30: "1.2"}  # set at these frames
FRAMES = 46
SETTLE = 5000  # milliseconds until all is decoded


def frames(page: Page) -> list[Image.Image]:
    """Return screenshots of a run whose temperature is changed twice."""
    page.get_by_role("button", name="Generate").click()
    taken = []
    for number in range(FRAMES):
        if number in TEMPERATURES:
            page.get_by_role("button", name=f"Set the temperature to {TEMPERATURES[number]}").click()
            page.mouse.move(5, 5)
        shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        taken.append(shot.resize((SHOWN_WIDTH, HEIGHT * SHOWN_WIDTH // WIDTH), Image.Resampling.LANCZOS))
        page.wait_for_timeout(FRAME_TIME)
    return taken


def bits(page: Page) -> Image.Image:
    """Return a screenshot of a text as bits, of which one is flipped."""
    page.get_by_role("link", name="Read", exact=True).click()
    page.get_by_role("radio", name="As bits").click()
    page.locator("canvas").first.wait_for()
    page.get_by_role("button", name="Set the temperature to 0.5").click()
    page.wait_for_timeout(SETTLE)
    page.get_by_role("button", name="Flip a bit").click()
    page.locator(".st-key-bits_said").get_by_text("it is another text").wait_for()
    page.mouse.move(5, 5)
    page.wait_for_timeout(SETTLE)
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def main() -> None:
    """Create the pictures."""
    executable = installed()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as nothing:
        server = Server(Path(nothing))
        try:
            browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
            page.goto(f"{server.address}/?length=1000")  # more than the frames show
            page.locator("svg.marks").wait_for()
            taken = frames(page)
            bits(page).quantize(250, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(BITS, optimize=True)
            browser.close()
        finally:
            server.stop()
    some = taken[::6]  # enough to have every colour
    together = Image.new("RGB", (some[0].width, sum(frame.height for frame in some)))
    for number, frame in enumerate(some):
        together.paste(frame, (0, number * frame.height))
    palette = together.quantize(240, Image.Quantize.MAXCOVERAGE)
    first, *others = (frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in taken)
    first.save(ANIMATION, save_all=True, append_images=others, duration=FRAME_TIME, loop=0, optimize=True)
    for picture in (ANIMATION, BITS):
        print(f"{picture} ({picture.stat().st_size / 1e6:.1f} MB)")


if __name__ == "__main__":
    main()
