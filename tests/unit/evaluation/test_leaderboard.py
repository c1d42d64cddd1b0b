"""The table of all networks: what stands in the folders, and a dash where nothing does."""

from dataclasses import replace

from charlstm.evaluation.leaderboard import entry, figures, markdown
from charlstm.model_folder import store
from charlstm.model_folder.report import Report, Writing


def test_an_entry_tells_what_the_folder_does(model_folder):
    """Weights of the shapes, the best epoch's file, the seconds up to it, the report's figures."""
    writing = (Writing(0.2, 0.99, 0.3, 0.5), Writing(0.5, 0.95, 0.5, 0.01), Writing(1.0, 0.8, 0.8, 0.02))
    store.write_report(model_folder, Report(2, {"nietzsche.txt": 1.4}, 900.0, 64, 2000, writing))
    one = entry(store.open_model(model_folder))
    assert (one.name, one.network, one.weights) == ("small", "one LSTM of 3 units", 5 * 12 + 3 * 12 + 12 + 3 * 5 + 5)
    assert one.megabytes == (model_folder / "epoch-002.safetensors").stat().st_size / 1e6
    assert (one.minutes, one.device) == ((0.0 + 9.0 + 9.5) / 60, None)
    assert (one.held_out_loss, one.characters_a_second, one.copied) == (1.4, 900.0, 0.02)
    assert (one.temperatures, one.real_words) == ((0.2, 0.5, 1.0), (0.99, 0.95, 0.8))


def test_the_table_has_a_line_for_each_and_dashes_for_what_is_not_known(model_folder):
    """As many cells in every line."""
    lines = markdown([entry(store.open_model(model_folder))] * 2).split("\n")
    assert len(lines) == 4
    assert {line.count("|") for line in lines} == {10}
    assert lines[2].startswith("| `small`: one LSTM of 3 units | 128 | 0.0 | 0 | – | – | – | – | – |")


def test_minutes_of_a_gpu_are_told_as_such(model_folder):
    """They cannot be compared with those of a processor."""
    model = store.open_model(model_folder)
    manifest = replace(model.manifest, libraries={"device": "NVIDIA T4"})
    store.write_manifest(model_folder, manifest)
    assert figures(entry(store.open_model(model_folder)))["training, min"] == "0 on NVIDIA T4"
