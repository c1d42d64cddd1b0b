"""The table of all networks: values from the model folders, and a dash where one is missing."""

from dataclasses import replace

from charlstm.evaluation.leaderboard import formatted_cells, leaderboard_entry, markdown_table
from charlstm.model_folder import store
from charlstm.model_folder.manifest import write_manifest
from charlstm.model_folder.report import Report, TextStatistics, write_report


def test_leaderboard_entry_has_the_values_of_the_model_folder(model_folder):
    """Number of weights, size of the best epoch's file, seconds up to it, values of the report."""
    writing = (
        TextStatistics(0.2, 0.99, 0.3, 0.5),
        TextStatistics(0.5, 0.95, 0.5, 0.01),
        TextStatistics(1.0, 0.8, 0.8, 0.02),
    )
    write_report(model_folder, Report(2, {"nietzsche.txt": 1.4}, 900.0, 64, 2000, writing))
    one = leaderboard_entry(store.open_model(model_folder))
    weights = 5 * 12 + 3 * 12 + 12 + 3 * 5 + 5
    assert (one.name, one.network, one.size) == ("small", "one LSTM of 3 units", f"{weights} weights")
    assert one.megabytes == (model_folder / "epoch-002.safetensors").stat().st_size / 1e6
    assert (one.minutes, one.device) == ((0.0 + 9.0 + 9.5) / 60, None)
    assert (one.held_out_loss, one.characters_a_second, one.ngram_overlap) == (1.4, 900.0, 0.02)
    assert (one.temperatures, one.real_words) == ((0.2, 0.5, 1.0), (0.99, 0.95, 0.8))


def test_markdown_table_has_a_line_per_entry_and_dashes_for_missing_values(model_folder):
    """With the same number of cells in every line."""
    lines = markdown_table([leaderboard_entry(store.open_model(model_folder))] * 2).split("\n")
    assert len(lines) == 4
    assert {line.count("|") for line in lines} == {10}
    assert lines[2].startswith("| `small`: one LSTM of 3 units | 128 | 0.0 | 0 | – | – | – | – | – |")


def test_word_shares_are_dashes_where_there_are_no_words(model_folder):
    """One dash for all temperatures, or one at each that has none; a share of 0 is one."""
    words, none = TextStatistics(0.5, 0.0, 0.5, 0.01), TextStatistics(1.0, 0.0, 0.0, 0.02)
    cells = []
    for writing in ((none, none), (words, none)):
        write_report(model_folder, Report(2, {}, 900.0, 64, 2000, writing))
        cells.append(formatted_cells(leaderboard_entry(store.open_model(model_folder))))
    assert [cell["real words, %"] for cell in cells] == ["–", "0.0 / –"]
    assert [cell["distinct words, %"] for cell in cells] == ["–", "50 / –"]


def test_markdown_table_begins_a_line_with_the_title(model_folder):
    """Where the network was given one; no title ends its cell."""
    manifest = store.open_model(model_folder).manifest
    write_manifest(model_folder, replace(manifest, given_title="Mine | 3 units"))
    (line,) = markdown_table([leaderboard_entry(store.open_model(model_folder))]).split("\n")[2:]
    assert line.startswith("| Mine \\| 3 units (`small`): one LSTM of 3 units | 128 |")


def test_formatted_minutes_name_the_gpu(model_folder):
    """They cannot be compared with minutes on a CPU."""
    model = store.open_model(model_folder)
    manifest = replace(model.manifest, libraries={"device": "NVIDIA T4"})
    write_manifest(model_folder, manifest)
    assert formatted_cells(leaderboard_entry(store.open_model(model_folder)))["training, min"] == "0 on NVIDIA T4"
