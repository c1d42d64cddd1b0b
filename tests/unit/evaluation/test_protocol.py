"""The evaluation of a network agrees with the metrics, and its report can be stored and read back."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charlstm.corpora.corpus import InMemoryCorpus
from charlstm.corpora.overlap import ngram_hashes, ngram_overlap
from charlstm.evaluation import protocol
from charlstm.evaluation.metrics import distinct_word_share, held_out_loss, real_word_share
from charlstm.generation.loop import generate
from charlstm.model_folder import store
from charlstm.model_folder.manifest import ModelError
from charlstm.model_folder.report import Report, TextStatistics, read_report, report_bytes, write_report

TEXT = "a bab ab baba ab ba abab\n" * 8
shares = st.floats(0.0, 1.0)
writings = st.builds(TextStatistics, st.floats(0.0, 10.0), shares, shares, shares)
losses_by_file = st.dictionaries(st.text(st.characters(codec="utf-8"), min_size=1), st.floats(0.0, 20.0), max_size=3)
reports = st.builds(
    Report,
    st.integers(0, 999),
    losses_by_file,
    st.floats(0.0, 1e9),
    st.integers(0, 99),
    st.integers(0, 9999),
    st.lists(writings, max_size=4).map(tuple),
)


def test_held_out_loss_by_file_scores_the_last_tenth_of_each_text(model_folder):
    """Folded onto the network's characters."""
    model = store.open_model(model_folder)
    texts = (TEXT, TEXT.replace("a", "ä"))
    corpus = InMemoryCorpus("two", texts, "", ("one.txt", "two.txt"))
    found = protocol.held_out_loss_by_file(model.network(), model.vocabulary, corpus)
    ids = model.vocabulary.encode(TEXT[-(len(TEXT) // 10) :])
    expected = held_out_loss(model.network(), [ids])
    assert found == {"one.txt": pytest.approx(expected), "two.txt": pytest.approx(expected)}


def test_writing_statistics_are_means_of_the_metrics(model_folder):
    """Over the texts that `generate` gives with the random seeds 1, 2 and 3."""
    model = store.open_model(model_folder)
    corpus, known = InMemoryCorpus("one", (TEXT,), ""), {"ab", "ba"}
    ngrams = protocol.corpus_ngrams(model.vocabulary, corpus)
    found = protocol.text_statistics(model.network(), model.vocabulary, known, ngrams, 1.5, runs=3, length=900)
    seed_text = model.vocabulary.fold(protocol.SEED_TEXT).text
    seed_ids = model.vocabulary.encode(seed_text)
    texts = [
        model.vocabulary.decode(step.character_id for step in generate(model.network(), seed_ids, 1.5, 900, seed))
        for seed in (1, 2, 3)
    ]
    expected_ngrams = np.sort(ngram_hashes(TEXT, protocol.NGRAM_LENGTH))
    samples = [text[start : start + 400] for text in texts for start in (0, 400)]
    assert found.real_words == pytest.approx(np.mean([real_word_share(text, known, seed_text) for text in texts]))
    assert found.distinct_words == pytest.approx(np.mean([distinct_word_share(sample) for sample in samples]))
    assert found.copied == pytest.approx(np.mean([ngram_overlap(text, expected_ngrams, 50) for text in texts]))


def test_measured_speed_is_positive_and_finite(model_folder):
    """In characters per second."""
    model = store.open_model(model_folder)
    assert 0 < protocol.measure_speed(model.network(), model.vocabulary, 20) < math.inf


@given(reports)
def test_report_read_back_is_equal(tmp_path_factory, report):
    """Every value."""
    path = tmp_path_factory.mktemp("report") / "report.json"
    path.write_bytes(report_bytes(report))
    assert read_report(path) == report


def test_model_has_the_report_of_its_folder(model_folder):
    """None where there is no report."""
    assert store.open_model(model_folder).report is None
    report = Report(2, {"a.txt": 1.5}, 900.0, 1, 10, (TextStatistics(0.5, 0.9, 0.5, 0.0),))
    write_report(model_folder, report)
    assert store.open_model(model_folder).report == report


@pytest.mark.parametrize(
    "change",
    [
        {"epoch": "2"},
        {"epoch": -1},
        {"held_out": [1.5]},
        {"held_out": {"a": "1"}},
        {"characters_a_second": None},
        {"writing": 3},
        {"writing": [{"temperature": 0.5}]},
        {"writing": [{"temperature": 0.5, "real_words": 1.5, "distinct_words": 0.5, "copied": 0.0}]},
        {"other": 1},
    ],
)
def test_damaged_report_is_rejected(model_folder, change):
    """The message names the file."""
    report = Report(2, {"a.txt": 1.5}, 900.0, 1, 10, (TextStatistics(0.5, 0.9, 0.5, 0.0),))
    (model_folder / "report.json").write_text(json.dumps(json.loads(report_bytes(report)) | change))
    with pytest.raises(ModelError, match=r"report\.json is damaged"):
        store.open_model(model_folder)
