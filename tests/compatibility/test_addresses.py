"""An address of a page that somebody has kept shows what it showed."""

from functools import cache

import pytest

from tests.compatibility import doors

ADDRESSES = doors.expected("addresses")
WRITTEN = [address for address in ADDRESSES if "run" in address["query"]]
BEGINNINGS = ("first_text", "second_text")  # of texts that go on


def name_of(address):
    return f"{address['page']}-{'-'.join(address['query']) or 'bare'}"


@cache
def opened(number):
    """The page of an address, opened once for all that is asked of it."""
    return doors.open_page(ADDRESSES[number]["page"], ADDRESSES[number]["query"])


def as_kept(shown, kept):
    """What is shown, as far as it was kept."""
    present = {name: shown.get(name) for name in kept}
    return present | {name: present[name][: len(kept[name])] for name in BEGINNINGS if name in kept}


@pytest.mark.parametrize("address", ADDRESSES, ids=name_of)
def test_address_shows_what_it_showed(address):
    """The network, epoch, seed text, temperature, filters, dice, run length, and the text to the letter."""
    app = opened(ADDRESSES.index(address))
    assert not app.exception
    assert as_kept(doors.shown(app, address["page"]), address["shows"]) == address["shows"]


@pytest.mark.parametrize("address", WRITTEN, ids=name_of)
def test_page_gives_an_address_that_writes_the_same(address):
    """What stands in the address bar leads somebody else to the same text."""
    app = opened(ADDRESSES.index(address))
    again = doors.open_page(address["page"], doors.address_of(app))
    before, after = (doors.shown(one, address["page"]) for one in (app, again))
    del before["seed_text"], after["seed_text"]  # of which the network may not read all
    assert after == before


def test_page_offers_the_networks_of_the_folder_that_the_environment_names(tmp_path, monkeypatch):
    """Those of $CHARLSTM_MODELS, or of the program's own folder where it is not set."""
    assert set(doors.networks_on_offer(doors.open_page("write", {}))) == {one.name for one in doors.MODELS.iterdir()}
    monkeypatch.delenv("CHARLSTM_MODELS")
    own = {one.name for one in (doors.ROOT / "models").iterdir()}
    assert set(doors.networks_on_offer(doors.open_page("write", {}))) == own
