"""Each strategy as its paper or source has it, in plain loops: lists of probabilities and of ids, nothing of ours."""

import itertools
import math

LONGEST_MATCH = 100


def softmax(logits):
    largest = max(logits)
    weights = [math.exp(logit - largest) for logit in logits]
    total = math.fsum(weights)
    return [weight / total for weight in weights]


def logs(probs):
    return [math.log(p) if p > 0 else -math.inf for p in probs]


def only(probs, kept):
    total = math.fsum(p for id_, p in enumerate(probs) if id_ in kept)
    return [p / total if id_ in kept else 0.0 for id_, p in enumerate(probs)]


def temperature(probs, value):
    return softmax([log / value for log in logs(probs)])


def top_k(probs, k):
    return only(probs, set(sorted(range(len(probs)), key=lambda id_: -probs[id_])[:k]))


def min_p(probs, p):
    return only(probs, {id_ for id_ in range(len(probs)) if probs[id_] >= p * max(probs)})


def repetition(probs, text, penalty, window):
    """CTRL: the logit of what was generated is divided by the penalty, or multiplied where it is negative."""
    seen = set(text[-window:])
    scores = logs(probs)
    return softmax(
        [score if id_ not in seen else score / penalty if score > 0 else score * penalty
         for id_, score in enumerate(scores)]
    )  # fmt: skip


def frequency_and_presence(probs, text, frequency, presence, window):
    """OpenAI: mu[j] -> mu[j] - c[j] * alpha_frequency - float(c[j] > 0) * alpha_presence."""
    recent = text[-window:]
    counts = [recent.count(id_) for id_ in range(len(probs))]
    return softmax(
        [score - count * frequency - float(count > 0) * presence
         for score, count in zip(logs(probs), counts, strict=True)]
    )  # fmt: skip


def longest_matches(text, size):
    """Return for each id how long the longest end of the text is that stands earlier, just before that id."""
    longest = [0] * size
    for place in range(1, len(text)):
        length = 0
        while length < min(place, LONGEST_MATCH) and text[place - 1 - length] == text[-1 - length]:
            length += 1
        longest[text[place]] = max(longest[text[place]], length)
    return longest


def dry(probs, text, multiplier, base, allowed_length):
    """The logit of what would extend a match is lowered by multiplier * base ** (match length - allowed length)."""
    scores = logs(probs)
    for id_, length in enumerate(longest_matches(text, len(probs))):
        if length >= allowed_length:
            scores[id_] -= min(multiplier * base ** (length - allowed_length), 1e6)
    return softmax(scores)


def top_n_sigma(probs, n):
    """Keep logits of at least the largest less n standard deviations, of a sample, as torch.std has it."""
    scores = {id_: score for id_, score in enumerate(logs(probs)) if score > -math.inf}
    mean = math.fsum(scores.values()) / len(scores)
    variance = math.fsum((score - mean) ** 2 for score in scores.values()) / max(len(scores) - 1, 1)
    least = max(scores.values()) - n * math.sqrt(variance)
    return only(probs, {id_ for id_, score in scores.items() if score >= least})


def mirostat(probs, mu):
    """Keep what has a surprisal of at most mu bits, at least the likeliest."""
    kept = {id_ for id_, p in enumerate(probs) if p > 0 and math.log2(1 / p) <= mu}
    return only(probs, kept or {probs.index(max(probs))})


def next_mu(probs, id_, mu, tau, eta):
    """The error is the surprisal of what was drawn, as before the truncation, less tau."""
    return mu - eta * (math.log2(1 / probs[id_]) - tau)


def xtc(probs, u, probability, threshold):
    """Of those of at least the threshold all but the least likely are removed, with the given probability."""
    if u >= probability:
        return list(probs)
    order = sorted(range(len(probs)), key=lambda id_: -probs[id_])
    removed = {one for one, next_ in itertools.pairwise(order) if probs[next_] >= threshold}
    return only(probs, set(range(len(probs))) - removed)


def drawn(raw, probs, u):
    """Return the id that u selects, the likeliest by the network first."""
    total = 0.0
    for id_ in sorted(range(len(raw)), key=lambda id_: (-raw[id_], id_)):
        total += probs[id_]
        if u < total:
            return id_
    raise AssertionError("u lies within rounding of 1")


def ban_and_bias(probs, banned, bias):
    return softmax([
        -math.inf if id_ in banned else score + bias.get(id_, 0.0) for id_, score in enumerate(logs(probs))
    ])  # fmt: skip


def most_likely_continuation(probs_after, size, length):
    """Return the likeliest of all texts of a length, by trying every one."""

    def score(text):
        return math.fsum(math.log(probs_after(text[:place])[id_]) for place, id_ in enumerate(text))

    return max(itertools.product(range(size), repeat=length), key=score)
