"""The Train page, as a person uses it: a text is really counted, and a network really trained, within a minute."""

import re

from playwright.sync_api import expect

from charlstm.model_folder.zip_file import unpack
from tests.browser.write_page import eventually

LEARNING = 150_000  # milliseconds; TensorFlow alone takes a while to begin on a busy machine
EPOCHS = 200
POEM = "".join(f"the owl and {number} pussy-cats went to sea in a pea-green boat, and sang.\n" for number in range(60))
LOSSES = """() => [...document.querySelectorAll('svg.marks .mark-symbol path')].map((path) => path.__data__.datum)
    .filter((datum) => datum && datum.loss)"""


def open_train(page):
    page.get_by_role("link", name="Train").click()
    expect(page.get_by_role("heading", name="Train your own network", level=1)).to_be_visible()
    return page


def start(page):
    """Choose a network that learns, paste the poem, and begin to learn it without leaving the field first."""
    page.get_by_text("Small convolutions").click()
    expect(page.get_by_role("spinbutton", name="Epochs: passes over the text")).to_be_visible()
    page.get_by_role("textbox", name="Text to learn").fill(POEM)
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("button", name="Stop")).to_be_enabled()


def check_fit_in_the_window(page):
    """While it learns, progress, losses and samples are seen together, and scrolling is not needed."""
    samples = [page.get_by_role("region", name=f"temperature {one}") for one in ("0.2", "0.5", "1.0", "1.2")]
    shown = [page.get_by_role("progressbar"), page.get_by_role("button", name="Stop"), page.locator("svg.marks")]
    for width, height in ((1280, 720), (1024, 768)):
        page.set_viewport_size({"width": width, "height": height})
        for one in [*shown, *samples]:
            expect(one).to_be_in_viewport(ratio=1)
    page.set_viewport_size({"width": 1440, "height": 1600})


def check_fit_on_a_phone(page):
    page.set_viewport_size({"width": 390, "height": 844})
    main = "document.querySelector('[data-testid=stMain]')"
    page.wait_for_function(f"() => {main}.scrollWidth <= {main}.clientWidth")  # charts follow the window a moment later
    page.set_viewport_size({"width": 1440, "height": 1600})


def test_text_is_counted_and_written(open_page):
    """The first choice; what it would write is seen beside the losses, and it writes on the Write page."""
    page = open_train(open_page(height=720, width=1280))
    expect(page.get_by_role("radio", name="Counting")).to_be_checked()
    page.get_by_role("textbox", name="Text to learn").fill(POEM)
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_text(re.compile(r"Up to \d characters in a row predict best: \d\.\d{3} nats"))).to_be_visible()
    for one in ("0.2", "0.5", "1.0", "1.2"):
        expect(page.get_by_role("region", name=f"temperature {one}")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("region", name="temperature 0.2")).to_contain_text("the owl and")
    expect(page.locator("svg.marks")).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="Use it on all pages").click()
    expect(page.get_by_text("pasted is kept for this session").first).to_be_visible()
    page.get_by_role("link", name="Write").click()
    expect(page.get_by_text(re.compile(r"Counting, \d characters writes letter by letter"))).to_be_visible()
    page.get_by_role("button", name="Generate").click()
    expect(page.get_by_role("region", name="Generated text")).to_have_text(re.compile(".{150}", re.DOTALL))


def test_file_in_another_encoding_is_converted_and_keeps_its_capitals(open_page):
    """It is read when that is asked for; what it writes then has its letters, and its capitals if they are kept."""
    page = open_train(open_page(height=720, width=1280))
    page.get_by_text("Upload", exact=True).first.click()
    german = POEM.replace("the owl and", "Die Eule führt").replace("pussy-cats went to", "süße Kätzchen über die")
    file = {"name": "owl.txt", "mimeType": "text/plain", "buffer": german.encode("cp1252")}
    page.get_by_role("region", name="A text file, up to 2 MB").locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text("owl.txt is not in UTF-8. Choose the encoding in which it reads right:")).to_be_visible()
    expect(page.get_by_text("Die Eule führt 0 süße Kätzchen")).to_be_visible()
    expect(page.get_by_role("combobox", name="Encoding")).to_have_value("cp1252 (Western Europe)")
    page.get_by_role("button", name="Convert").click()
    expect(page.get_by_text("owl.txt was converted from cp1252 (Western Europe).")).to_be_visible()
    expect(page.get_by_text("180 capitals are lowered, 2 different characters fewer.")).to_be_visible()
    page.get_by_role("radio", name="Capitals").click()
    expect(page.get_by_text("180 capitals are kept, 2 different characters more.")).to_be_visible()
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_text(re.compile(r"Up to \d characters in a row predict best"))).to_be_visible()
    expect(page.get_by_role("region", name="temperature 0.2")).to_contain_text("Die Eule führt")


def test_network_learns_is_kept_writes_and_travels(open_page, tmp_path):
    """Losses and samples come; it writes on the Write page; its zip is a model, and the page opens it again.

    Opening another page does not end it, but Stop does. Meanwhile another viewer sees that the server is
    occupied, and is never offered the network.
    """
    page, other = open_train(open_page(height=1600, scheme="dark")), open_train(open_page())
    start(page)
    next_text = page.get_by_text("The next text")
    eventually(lambda: (next_text.bounding_box() or {"y": 0})["y"] > 500)  # under the place of the results
    place = next_text.bounding_box()
    other.get_by_text("A small LSTM").click()  # which draws the page anew
    expect(other.get_by_text("Someone else is training a network")).to_be_visible()
    page.get_by_role("link", name="Evolve").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    open_train(page)
    expect(page.get_by_role("button", name="Stop")).to_be_enabled()
    expect(page.get_by_text(re.compile(r"What it writes after epoch ([2-9]|\d\d)"))).to_be_visible(timeout=LEARNING)
    expect(page.get_by_text(re.compile(rf"Epoch \d+ of {EPOCHS}: \d of 2 batches"))).to_be_visible()
    expect(page.get_by_role("region", name="temperature 0.5")).not_to_be_empty()
    assert next_text.bounding_box() == place
    page.wait_for_function(f"() => new Set(({LOSSES})().map((datum) => datum.text)).size === 2")
    check_fit_in_the_window(page)
    check_fit_on_a_phone(page)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text(re.compile(r"Stopped; \d+ epochs are finished"))).to_be_visible()
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
    expect(other.get_by_text("Someone else is training a network")).not_to_be_visible()
    check_fit_on_a_phone(page)

    page.get_by_role("button", name="Use it on all pages").click()
    expect(page.locator(".st-key-train_ended").get_by_text("pasted is kept for this session")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download", exact=True).first.click()
    zipped = tmp_path / download.value.suggested_filename
    download.value.save_as(zipped)
    model = unpack(zipped.read_bytes(), tmp_path / "model")
    epochs = [line.epoch for line in model.history]
    assert epochs == list(range(len(epochs)))
    assert len(epochs) > 2
    assert {sample.temperature for sample in model.samples} == {0.2, 0.5, 1.0, 1.2}
    page.get_by_test_id("stFileUploaderDropzoneInput").last.set_input_files(zipped)
    expect(page.get_by_text("pasted-2 is kept for this session")).to_be_visible()

    page.get_by_role("link", name="Write").click()
    page.get_by_role("button", name="Settings").click()
    expect(page.get_by_role("combobox", name=re.compile("Network"))).to_have_value(re.compile(r"\(pasted-2\)$"))
    page.get_by_role("button", name="Generate").click()
    expect(page.get_by_role("region", name="Generated text")).to_have_text(re.compile(".{150}", re.DOTALL))
    other.get_by_role("link", name="Write").click()
    expect(other.get_by_role("button", name="Generate")).to_be_visible()
    expect(other.get_by_role("combobox", name=re.compile("Network"))).to_have_count(0)
