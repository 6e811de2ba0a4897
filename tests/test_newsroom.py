"""data/newsroom.csv is what its data card says: varied, written one by one, split once, learnable.

"No templates" and "no near-duplicates" are measured, with the thresholds below. The same measures
are taken of a corpus made from a template, where each of them has to be broken: a measure that
finds nothing there would find nothing here.
"""

import csv
import hashlib
import random
import re
import unicodedata
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer
from sklearn.linear_model import LogisticRegression

DATA = Path(__file__).parents[1] / "data"
LABELS = ("technology", "finance", "entertainment")
SHARES = {"train": 0.60, "validation": 0.15, "test": 0.25}
# The split is fixed: which id is in which class and part. A typing error in a text may be mended
# without touching this; adding items or moving them may not, and results before and after such a
# change can't be compared.
SPLIT_SHA256 = "fc0f9b2a599c47b13c3b7b829ac4b3e9c5c9ee85d12265ba9e0a7d73e6d499de"

HIGHEST = {
    "cosine of character 4-grams": 0.5,  # TF-IDF, between any two items
    "Jaccard of word 3-grams": 0.15,  # between any two items
    "items with one opening": 2,  # the same first three words
    "items with one word 4-gram": 3,  # "for the first time" is English, not a template
    "share with a shared skeleton": 0.02,  # the same text once content words are blanked
}
# Names that a reader would take for real news. Compared as whole words, in the case given.
FAMOUS = """Adele Adobe Airbnb Alibaba Alphabet Amazon AMD Android Apple Barclays Beatles Beyonce
Beyoncé Bitcoin Boeing BTS ChatGPT Citigroup Coca-Cola Coinbase Disney Drake eBay Ericsson Ethereum
Facebook Foxconn Gates Goldman Google Hitachi HBO HSBC Huawei Hulu IBM Ikea Instagram Intel iPhone
JPMorgan Lenovo LinkedIn Linux Marvel Mastercard McDonald's Meta Microsoft Musk Netflix Nike
Nintendo Nokia Nvidia OpenAI Oracle Paramount PayPal Philips Pixar PlayStation Qualcomm Rihanna
Samsung SAP Santander Siemens Sony SpaceX Spielberg Spotify Starbucks Tencent Tesla TikTok Toyota
Twitter Uber UBS Unilever Visa Volkswagen Vodafone Walmart WhatsApp Wikipedia Xbox YouTube Zoom
Nasdaq Nikkei FTSE Broadway Eurovision Oscars Grammy Oprah Bowie Zuckerberg Bezos""".split()


def read() -> list[dict[str, str]]:
    with open(DATA / "newsroom.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def rows():
    return read()


@pytest.fixture(scope="module")
def texts(rows):
    return [row["text"] for row in rows]


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:'[^\W_]+)?", text.lower())


def ngrams(text: str, n: int) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[i : i + n]) for i in range(len(found) - n + 1)}


def skeleton(text: str) -> str:
    return " ".join(w if w in ENGLISH_STOP_WORDS else "_" for w in words(text))


def highest_cosine(texts: list[str]) -> float:
    tfidf = TfidfVectorizer(analyzer="char_wb", ngram_range=(4, 4)).fit_transform(texts)
    cosines = (tfidf @ tfidf.T).toarray()
    np.fill_diagonal(cosines, 0)
    return float(cosines.max())


def highest_jaccard(texts: list[str]) -> float:
    grams = [ngrams(text, 3) for text in texts]
    pairs = ((a, b) for i, a in enumerate(grams) for b in grams[:i])
    return max(len(a & b) / len(a | b) for a, b in pairs)


def measures(texts: list[str]) -> dict[str, float]:
    openings = Counter(tuple(words(text)[:3]) for text in texts)
    four_grams = Counter(gram for text in texts for gram in ngrams(text, 4))
    skeletons = Counter(map(skeleton, texts))
    values = (
        highest_cosine(texts),
        highest_jaccard(texts),
        max(openings.values()),
        max(four_grams.values()),
        sum(n for n in skeletons.values() if n > 1) / len(texts),
    )
    return dict(zip(HIGHEST, values, strict=True))


def templated(count: int = 500) -> list[str]:
    """A corpus as a program would write it, every text different."""
    rng = random.Random(0)
    who = ["Orlan", "Tamsin", "Brevik", "Quill", "Dorsa", "Helmond", "Ivarsk", "Pell", "Zorba"]
    what = ["bank", "camera", "album", "sensor", "bond", "novel", "tablet", "fund", "series"]
    how = ["critics", "experts", "markets", "fans", "engineers", "lenders", "readers", "users"]
    made: dict[str, None] = {}
    while len(made) < count:
        sentence = f"{rng.choice(who)} announces a new {rng.choice(what)}, and {rng.choice(how)} "
        made[sentence + f"say that it is the best in {rng.randint(2, 90)} years"] = None
    return list(made)


def unclean(text: str) -> list[str]:
    """What is wrong with the characters of a text; nothing for a clean one."""
    allowed = [c for c in text if c.isascii() and c.isprintable()]
    letters = [c for c in text if not c.isascii() and (c.isalpha() or c in "£€")]
    faults = sorted(set(text) - set(allowed) - set(letters))
    faults += ["not NFC"] * (unicodedata.normalize("NFC", text) != text)
    faults += ["spaces"] * (text != " ".join(text.split()))
    return faults


def famous(text: str) -> list[str]:
    return sorted(set(re.findall(r"[\w'-]+", re.sub(r"'s\b", "", text))) & set(FAMOUS))


def baseline_accuracy(rows: list[dict[str, str]]) -> float:
    part = {name: [row for row in rows if row["split"] == name] for name in ("train", "test")}
    tfidf = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    model = LogisticRegression(C=10, max_iter=1000)
    train = tfidf.fit_transform([row["text"] for row in part["train"]])
    model.fit(train, [row["label"] for row in part["train"]])
    test = tfidf.transform([row["text"] for row in part["test"]])
    return model.score(test, [row["label"] for row in part["test"]])


def test_file_is_plain_utf8_csv(rows):
    raw = (DATA / "newsroom.csv").read_bytes()
    assert not raw.startswith(b"\xef\xbb\xbf"), "byte-order mark"
    assert b"\r" not in raw and raw.endswith(b"\n")
    assert raw.decode("utf-8").splitlines()[0] == "id,text,label,split"
    assert len(raw.decode("utf-8").splitlines()) == len(rows) + 1, "a text holds a line break"
    assert all(set(row) == {"id", "text", "label", "split"} for row in rows)
    assert [row["id"] for row in rows] == [f"n{i:04}" for i in range(1, len(rows) + 1)]
    assert {row["label"] for row in rows} == set(LABELS)
    assert {row["split"] for row in rows} == set(SHARES)


def test_enough_items_of_each_class_split_alike(rows):
    counts = Counter((row["label"], row["split"]) for row in rows)
    for label in LABELS:
        total = sum(counts[label, split] for split in SHARES)
        assert total >= 150
        for split, share in SHARES.items():
            assert abs(counts[label, split] - share * total) <= 1, (label, split)


def test_split_is_the_one_that_was_drawn(rows):
    lines = "\n".join(f"{row['id']} {row['label']} {row['split']}" for row in rows)
    assert hashlib.sha256(lines.encode()).hexdigest() == SPLIT_SHA256


def test_order_tells_nothing_of_the_class(rows):
    for start in range(0, len(rows) - 60, 60):
        seen = Counter(row["label"] for row in rows[start : start + 60])
        assert min(seen[label] for label in LABELS) >= 8, f"rows {start + 1} to {start + 60}"


@pytest.fixture(scope="module")
def measured(texts):
    return {"newsroom": measures(texts), "templated": measures(templated())}


@pytest.mark.parametrize("name", HIGHEST)
def test_no_templates_no_near_duplicates(measured, name):
    assert measured["newsroom"][name] <= HIGHEST[name]


@pytest.mark.parametrize("name", HIGHEST)
def test_each_measure_sees_a_template(measured, name):
    assert measured["templated"][name] > HIGHEST[name]


def test_one_near_duplicate_is_enough_to_be_seen(texts):
    reworded = texts[7].replace(words(texts[7])[4], "another", 1)
    assert reworded != texts[7]
    assert highest_cosine([*texts, reworded]) > HIGHEST["cosine of character 4-grams"]
    assert highest_jaccard([*texts, reworded]) > HIGHEST["Jaccard of word 3-grams"]


def test_lengths_are_wide(texts):
    lengths = np.array([len(text.split()) for text in texts])
    assert lengths.min() >= 8 and lengths.max() <= 45
    assert (lengths <= 12).mean() > 0.08 and (lengths >= 30).mean() > 0.20
    assert lengths.std() > 7


def test_no_word_gives_a_class_away_in_every_item(rows):
    for label in LABELS:
        of_class = [set(words(row["text"])) for row in rows if row["label"] == label]
        seen = Counter(word for found in of_class for word in found - ENGLISH_STOP_WORDS)
        word, count = seen.most_common(1)[0]
        assert count <= len(of_class) / 3, (
            f"{word!r} is in {count} of {len(of_class)} {label} items"
        )


def test_characters_are_clean(texts):
    assert {text: unclean(text) for text in texts if unclean(text)} == {}
    assert unclean("a\u00a0b") and unclean("e\u0301") and unclean(" a") and unclean("\u201ca\u201d")


def test_nobody_famous_is_in_the_news(texts):
    assert {text: famous(text) for text in texts if famous(text)} == {}
    assert famous("Nvidia's shares rose") == ["Nvidia"] and not famous("An apple a day")


def test_baseline_is_good_and_not_perfect(rows):
    assert 0.85 <= baseline_accuracy(rows) <= 0.97


def test_baseline_would_fail_on_labels_without_meaning(rows):
    labels = [row["label"] for row in rows]
    random.Random(0).shuffle(labels)
    shuffled = [{**row, "label": label} for row, label in zip(rows, labels, strict=True)]
    assert baseline_accuracy(shuffled) < 0.6


def test_data_card_counts_what_the_file_holds(rows):
    card = (DATA / "README.md").read_text(encoding="utf-8")
    counts = Counter((row["label"], row["split"]) for row in rows)
    for label in LABELS:
        numbers = [counts[label, split] for split in SHARES]
        line = f"| {label} | {' | '.join(map(str, numbers))} | {sum(numbers)} |"
        assert line in card, f"data/README.md lacks {line}"
    listed = re.findall(r"\bn\d{4}\b", card.split("### Between the classes")[1].split("\n### ")[0])
    assert len(set(listed)) == len(listed) and set(listed) <= {row["id"] for row in rows}
    assert 0.15 <= len(listed) / len(rows) <= 0.20
