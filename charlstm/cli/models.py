"""The commands about model folders: info, evaluate, calibrate, index, zoo."""

import math
import sys
from pathlib import Path
from typing import Annotated

import typer

from charlstm.cli.options import DEFAULT_MODEL, ENCODING, MODELS, whole
from charlstm.corpora.corpus import LoadedCorpus, load_corpus
from charlstm.corpora.on_disk import OnDiskCorpus
from charlstm.corpora.passages import MIN_PASSAGE, index_corpus
from charlstm.evaluation import calibration, protocol
from charlstm.evaluation.leaderboard import leaderboard_entry, markdown_table
from charlstm.model_folder import store
from charlstm.model_folder.manifest import MANIFEST
from charlstm.model_folder.passage_index import PASSAGES, write_passages
from charlstm.model_folder.report import Report, TextStatistics, write_report
from charlstm.networks.architecture import NgramCounts, size_of
from charlstm.networks.network import Network
from charlstm.text.character_mapping import NORMALISERS, TextEncoder
from charlstm.text.decoding import UTF_8, CorpusError


def info(model: Annotated[Path, typer.Argument(help="A model folder.")] = DEFAULT_MODEL) -> None:
    """Print what a model is and what it scored, after checking all of it."""
    opened = store.open_model(model)
    manifest = opened.manifest
    corpus, best = manifest.corpus, opened.figures(manifest.best_epoch)
    size = size_of(manifest.architecture, len(manifest.vocabulary))
    reads = f"windows of {manifest.window} characters" if manifest.context == "window" else "its state carried on"
    if isinstance(manifest.architecture, NgramCounts):
        reads = f"looking back {manifest.architecture.order - 1} characters"
    kept = f"{len(manifest.epochs)} kept, {manifest.epochs[0]} to {manifest.epochs[-1]}; every file checked"
    scored = f"held-out loss {_figure(manifest.held_out_loss)}, train {_figure(best.train_loss if best else math.nan)}"
    print(f"{manifest.name}: {manifest.architecture}, {size}, {reads}")
    if manifest.given_title is not None:
        print(f"  title       {manifest.given_title}")
    print(
        f"  learned     {corpus.get('name', 'unknown')}, {corpus.get('training_characters', 0):,} characters; "
        f"{corpus.get('held_out_characters', 0):,} held out"
    )
    calibrated = manifest.recipe.get("calibrated")
    print(f"  recipe      {manifest.recipe.get('name', 'unknown')}")
    if calibrated is not None:
        print(f"  calibrated  its logits were divided by {calibrated:g} after training, whose losses are in the list")
    print(f"  vocabulary  {len(manifest.vocabulary)} characters")
    print(f"  epochs      {kept}")
    print(f"  best        epoch {manifest.best_epoch}: {scored}, in nats per character")
    if opened.history:
        print("\n  epoch   train  held out")
    for line in opened.history:
        mark = "  <- best" if line.epoch == manifest.best_epoch else ""
        print(f"  {line.epoch:5d}  {_figure(line.train_loss):>6}  {_figure(line.held_out_loss):>8}{mark}")


def evaluate(
    model: Annotated[Path, typer.Argument(help="A model folder.")] = DEFAULT_MODEL,
    corpus: Annotated[str, typer.Option(help="Whose held-out text, and what may be copied.")] = "nietzsche",
    encoding: ENCODING = UTF_8,
    epoch: Annotated[int | None, whole(0, 1_000_000, "Which kept epoch; the best by default.")] = None,
    runs: Annotated[int, whole(0, 10_000, "Texts at each temperature; 0 for the loss alone.")] = protocol.RUNS,
    length: Annotated[int, whole(1, 1_000_000, "Characters of each text.")] = protocol.LENGTH,
    record: Annotated[bool, typer.Option(help="Keep what was found in the model folder, as report.json.")] = False,
) -> None:
    """Print how good a network is: the loss on held-out text, and what stands in what it writes."""
    opened = store.open_model(model)
    loaded_corpus = load_corpus(corpus, opened.vocabulary.case, encoding)
    network, vocabulary = opened.network(epoch), opened.vocabulary
    kept = opened.manifest.best_epoch if epoch is None else epoch
    print(f"{opened.manifest.name}, epoch {kept}: {opened.manifest.architecture}")
    if isinstance(loaded_corpus, OnDiskCorpus):
        print(
            f"{loaded_corpus.name} is long: scored at {len(loaded_corpus.held_out)} places, copies looked for in "
            f"{loaded_corpus.sample_description}"
        )
    held_out = protocol.held_out_loss_by_file(network, vocabulary, loaded_corpus)
    print(
        f"\nheld-out loss in nats per character, on the last tenth of each text; {protocol.describe_scoring(network)}"
    )
    for name, loss in held_out.items():
        print(f"  {loss:.4f}  {name}")
    speed = protocol.measure_speed(network, vocabulary)
    print(f"\n{speed:,.0f} characters a second on one core")
    statistics = _print_text_statistics(opened, network, loaded_corpus, runs, length) if runs else ()
    if record:
        write_report(model, Report(kept, held_out, speed, runs, length, statistics))


def _print_text_statistics(
    model: store.Model, network: Network, corpus: LoadedCorpus, runs: int, length: int
) -> tuple[TextStatistics, ...]:
    """Generate texts at each temperature, print their statistics and those of the held-out text, and return them."""
    known, corpus_ngrams = model.real_words, protocol.corpus_ngrams(model.vocabulary, corpus)
    print(f"\nin {runs} texts of {length:,} characters at each temperature, in a hundred:")
    print("  temperature  real words  distinct  copied")
    found = []
    for temperature in protocol.TEMPERATURES:
        one = protocol.text_statistics(network, model.vocabulary, known, corpus_ngrams, temperature, runs, length)
        print(
            f"  {temperature:11.1f}  {_words(one.real_words, one.distinct_words)}  {100 * one.copied:6.2f}", flush=True
        )
        found.append(one)
    print(f"     held out  {_words(*protocol.held_out_word_shares(model.vocabulary, corpus, known))}")
    return tuple(found)


def _words(real: float, distinct: float) -> str:
    """Return the shares of real and of distinct words as two columns of a table; dashes where there are no words."""
    if not distinct:
        return f"{'–':>10}  {'–':>8}"
    return f"{100 * real:10.2f}  {100 * distinct:8.1f}"


def calibrate(
    model: Annotated[Path, typer.Argument(help="A model folder.")],
    into: Annotated[Path, typer.Option(help="The model folder to make.")],
    corpus: Annotated[str, typer.Option(help="What it learned from: its held-out text tells.")] = "nietzsche",
    encoding: ENCODING = UTF_8,
) -> None:
    """Make a network as sure of itself as it is right: another folder, of its best epoch."""
    opened = store.open_model(model)
    calibrated = calibration.calibrate(opened, load_corpus(corpus, opened.vocabulary.case, encoding), into)
    print(
        f"{into}: its temperature 1 was {calibrated.temperature:g}; "
        f"held-out loss {calibrated.before:.4f} before, {calibrated.after:.4f} nats per character now"
    )


def index(
    model: Annotated[Path, typer.Argument(help="A model folder.")],
    corpus: Annotated[str, typer.Option(help="What it learned from.")] = "nietzsche",
    encoding: ENCODING = UTF_8,
) -> None:
    """Put an index of what a network learned into its folder, by which copied passages are found in any text."""
    opened = store.open_model(model)
    manifest, vocabulary = opened.manifest, opened.vocabulary
    loaded_corpus = load_corpus(corpus, vocabulary.case, encoding)
    if manifest.corpus.get("sha256", loaded_corpus.sha256) != loaded_corpus.sha256:
        raise CorpusError(f"{corpus} is not the text that {model} learned: its hash is not the one in {MANIFEST}")
    learned_as = manifest.corpus.get("encoding", UTF_8)
    if loaded_corpus.encoding != learned_as:
        raise CorpusError(
            f"{model} learned {corpus} as {learned_as}, not as {loaded_corpus.encoding}: give --encoding that"
        )
    folding = manifest.recipe.get("folding")
    encoder = TextEncoder(vocabulary, folding if folding in NORMALISERS else "none")
    passages = index_corpus(loaded_corpus, encoder)
    write_passages(model, passages)
    size = (model / PASSAGES).stat().st_size
    print(
        f"{model / PASSAGES}: {size / 1e6:.2f} MB for {loaded_corpus.training_characters:,} characters\n"
        f"no copied passage of {MIN_PASSAGE} characters is missed; by chance, {passages.passage_error:.0e} of the "
        f"positions begin one that is none, and {passages.ngram_error:.1%} of the ends are a character too far"
    )


def zoo(folder: Annotated[Path, typer.Argument(help="A folder of model folders.")] = MODELS) -> None:
    """Print a table of all networks: size, training, held-out loss, speed, and what they write."""
    models, complaints = store.find_models(folder)
    for complaint in complaints:
        print(f"charlstm: {complaint}", file=sys.stderr)
    print(markdown_table([leaderboard_entry(model) for model in models]))


def _figure(loss: float) -> str:
    """Return a loss with three decimals, or a dash for NaN."""
    return "–" if math.isnan(loss) else f"{loss:.3f}"
