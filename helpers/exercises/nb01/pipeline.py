"""01-pipeline: from raw text to batches by stated rules, in four parts."""

from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.nb01.pipeline_check import part_1, part_2, part_3, part_4

SOLUTION = """
import html
import re
import unicodedata
from collections import Counter


def clean(text):
    # Comments before tags, since a comment may hold tags; both before entities, since &lt;b&gt;
    # is text. Hidden characters last, because an entity (&shy;) can bring one.
    text = re.sub(r"<!--.*?-->", " ", text, flags=re.DOTALL)
    text = re.sub(r"</?[A-Za-z][^<>]*>", " ", text)
    text = unicodedata.normalize("NFKC", html.unescape(text))
    text = text.replace("’", "'").replace("‘", "'").replace("“", '"').replace("”", '"')
    text = text.replace("\\u00ad", "").replace("\\u200b", "")
    return " ".join(text.split())


def cut(text):
    # findall tries the alternatives from left to right: a number, a word, any other character.
    pattern = r"\\d+(?:[.,]\\d+)*|[^\\W\\d_]+(?:['-][^\\W\\d_]+)*|\\S"
    tokens = []
    for token in re.findall(pattern, text.lower()):
        if token.endswith("n't") and len(token) > 3:
            tokens += [token[:-3], token[-3:]]
        else:
            tokens.append(token)
    return tokens


def smallest(training, held_out, bound):
    counts = Counter(token for tokens in training for token in tokens)
    ordered = sorted(counts, key=lambda token: (-counts[token], token))
    # One pass: begin with everything unknown, and let each further type take its tokens away.
    asked = Counter(token for tokens in held_out for token in tokens)
    unknown = total = sum(asked.values())
    for size, token in enumerate([None, *ordered]):
        unknown -= asked[token]
        if unknown / total <= bound:
            break
    return size, unknown / total


def plan(lengths, places):
    batches = []
    for i in sorted(range(len(lengths)), key=lambda i: lengths[i]):  # sorted keeps equals in order
        # In rising order, the text that comes is the longest of its batch.
        if batches and (len(batches[-1]) + 1) * lengths[i] <= places:
            batches[-1].append(i)
        else:
            batches.append([i])
    return batches


steps = (clean, cut, smallest, plan)
# Another way for part 3: give each held-out token the rank of its type, and sort the ranks.
"""

BY_HAND = """
import html
import unicodedata


def clean(text):
    while "<!--" in text and "-->" in text[text.index("<!--") + 4 :]:
        start = text.index("<!--")
        text = text[:start] + " " + text[text.index("-->", start + 4) + 3 :]
    kept, i = "", 0
    while i < len(text):
        if text[i] == "<":
            j = i + 1 + (text[i + 1 : i + 2] == "/")
            named = text[j : j + 1].isascii() and text[j : j + 1].isalpha()
            ends = [k for k in range(j, len(text)) if text[k] in "<>"]
            if named and ends and text[ends[0]] == ">":
                kept, i = kept + " ", ends[0] + 1
                continue
        kept, i = kept + text[i], i + 1
    text = unicodedata.normalize("NFKC", html.unescape(kept))
    pairs = {"’": "'", "‘": "'", "“": '"', "”": '"', "\\u00ad": "", "\\u200b": ""}
    return " ".join("".join(pairs.get(letter, letter) for letter in text).split())


def run(text, i, of, joints):
    while i < len(text) and of(text[i]):
        i += 1
        if text[i : i + 1] and text[i] in joints and i + 1 < len(text) and of(text[i + 1]):
            i += 1
    return i


def cut(text):
    text, i = text.lower(), 0
    while i < len(text):
        j = i + 1
        if text[i].isdigit():
            j = run(text, i, str.isdigit, ".,")
        elif text[i].isalpha():
            j = run(text, i, str.isalpha, "'-")
        token, i = text[i:j], j
        if token.endswith("n't") and token != "n't":
            yield token[:-3]
            yield "n't"
        elif not token.isspace():
            yield token


def smallest(training, held_out, bound):
    tokens = [token for tokens in training for token in tokens]
    counts = {token: tokens.count(token) for token in set(tokens)}
    ordered = sorted(sorted(counts), key=counts.get, reverse=True)
    asked = [token for tokens in held_out for token in tokens]
    known, size = set(), 0
    while True:
        share = sum(token not in known for token in asked) / len(asked)
        if share <= bound or size == len(ordered):
            return [size, share]
        known.add(ordered[size])
        size += 1


def plan(lengths, places):
    texts = sorted((length, i) for i, length in enumerate(lengths))
    batch = []
    for length, i in texts:
        if batch and (len(batch) + 1) * length > places:
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch


steps = [clean, cut, smallest, plan]
"""

RANKS = """
def smallest(training, held_out, bound):
    import numpy as np

    tokens, counts = np.unique([t for text in training for t in text], return_counts=True)
    ordered = tokens[np.lexsort((tokens, -counts))].tolist()
    rank = {token: place for place, token in enumerate(ordered, 1)}
    ranks = np.array([rank.get(t, 10**9) for text in held_out for t in text])
    shares = (ranks[None, :] > np.arange(len(ordered) + 1)[:, None]).mean(axis=1)
    size = int(np.argmax(shares <= bound)) if (shares <= bound).any() else len(ordered)
    return np.array([size, shares[size]])


steps = (clean, cut, smallest, plan)
"""

PIPELINE = Exercise(
    name="01-pipeline",
    title="Build it: from raw text to batches",
    difficulty=4,
    minutes=50,
    prompt="""
Write the whole pipeline to these rules, in four functions. Each part is checked by itself, in this
order; small cases come first, then real texts.

1. **`clean(text)`**, in the order of these rules. Everything from `<!--` to the next `-->` becomes
   a space. So does each tag: `<` or `</`, right after it a letter from a to z in either case, then
   anything but `<` and `>` up to a `>`. Entities are decoded (`html.unescape`). The text takes the
   form NFKC, curly quotes become straight. Soft hyphens (`\\u00ad`) and zero-width spaces
   (`\\u200b`) vanish. White space becomes single spaces, none at the ends.
2. **`cut(text)`** takes a clean text, makes it lower-case and returns its tokens. A *number* is
   digits, with a single `.` or `,` allowed between two digits. A *word* is letters of any alphabet,
   with a single `'` or `-` allowed between two letters. If a word ends in *n't* and has something
   before it, that is cut off: *isn't* gives *is*, *n't*. Any other character but white space is a
   token.
3. **`smallest(training, held_out, bound)`** takes two lists of texts, which are lists of tokens.
   Return the smallest $V$ such that, with the $V$ most frequent types of `training` (equal counts
   in the order of the characters), a share of at most `bound` of the tokens of `held_out` is
   unknown; and that share. If no $V$ is enough, take the largest.
4. **`plan(lengths, places)`** plans batches that fit into memory. Go through the texts by rising
   length (equal ones by their number) and add each to the batch, unless its rectangle, texts times
   longest, would have more than `places` places: then begin a new batch. A text that is too long by
   itself has one to itself. Return the batches as lists of text numbers, which begin at 0.
""",
    answer="steps",
    starter='''
def clean(text):
    """Example: "<p>It’s &lt;b&gt;</p>" gives "It's <b>"."""
    return ...  # part 1


def cut(text):
    """Example: "He isn't 3.5 m tall." gives ["he", "is", "n't", "3.5", "m", "tall", "."]."""
    return ...  # part 2


def smallest(training, held_out, bound):
    """Example: [["a", "b", "a"]], [["a", "b", "a", "c"]] and 0.5 give (1, 0.5)."""
    return ...  # part 3


def plan(lengths, places):
    """Example: [3, 1, 2] and 4 give [[1, 2], [0]]: 2 × 2 places, then 1 × 3."""
    return ...  # part 4


steps = (clean, cut, smallest, plan)
''',
    hints=(
        "Parts 1 and 2 are longer forms of this notebook's `clean` and WORD; in a pattern, A|B|C "
        "tries A first. In part 3, ask what one more type takes away from the unknown tokens. In "
        "part 4, which text of a batch is the longest if they come by rising length?",
        r"For a comment over several lines give re.sub flags=re.DOTALL. A number is "
        r"\d+(?:[.,]\d+)*, and \S is any character but white space. Count part 3's held-out tokens "
        "once, and subtract. In part 4 compare (len(batch) + 1) * length with places.",
    ),
    solution=SOLUTION,
    stages={"part 1": part_1, "part 2": part_2, "part 3": part_3, "part 4": part_4},
    wrong=(
        Wrong(
            "leaves a function out",
            "leave its line as it is",
            ("steps = (clean, cut, smallest, plan)", "steps = (clean, cut, smallest)"),
            fails="part 1",
        ),
        Wrong(
            "eats what is between < and >",
            "yours eats everything",
            ('r"</?[A-Za-z][^<>]*>"', 'r"<[^<>]*>"'),
            fails="part 1",
        ),
        Wrong(
            "keeps comments",
            "comments go with all",
            ('text = re.sub(r"<!--.*?-->", " ", text, flags=re.DOTALL)', "pass"),
            fails="part 1",
        ),
        Wrong(
            "stops at the end of the line",
            "stand in a later line",
            (", flags=re.DOTALL", ""),
            fails="part 1",
        ),
        Wrong(
            "leaves no space for a tag",
            "grow together",
            ('[^<>]*>", " ", text)', '[^<>]*>", "", text)'),
            fails="part 1",
        ),
        Wrong("takes the form NFC", "should be NFKC", ('"NFKC"', '"NFC"'), fails="part 1"),
        Wrong(
            "leaves hidden characters",
            "zero-width spaces are still there",
            ('text = text.replace("\\u00ad", "").replace("\\u200b", "")', "pass"),
            fails="part 1",
        ),
        Wrong(
            "keeps the case",
            "should be in lower case",
            ("re.findall(pattern, text.lower())", "re.findall(pattern, text)"),
            fails="part 2",
        ),
        Wrong(
            "drops marks",
            "marks are tokens too",
            (r"(?:['-][^\W\d_]+)*|\S", r"(?:['-][^\W\d_]+)*"),
            fails="part 2",
        ),
        Wrong(
            "keeps n't on",
            "n't is a token of its own",
            ("if token.endswith", "if False and token.endswith"),
            fails="part 2",
        ),
        Wrong(
            "cuts n't alone as well",
            "expected",
            (" and len(token) > 3", ""),
            fails="part 2",
        ),
        Wrong(
            "cuts numbers", "point and the comma", (r"\d+(?:[.,]\d+)*|", r"\d+|"), fails="part 2"
        ),
        Wrong(
            "asks for less than the bound",
            "equal to the bound is small enough",
            ("unknown / total <= bound", "unknown / total < bound"),
            fails="part 3",
        ),
        Wrong(
            "begins with one type",
            "no type at all is a size",
            ("enumerate([None, *ordered])", "enumerate(ordered, 1)"),
            fails="part 3",
        ),
        Wrong(
            "leaves equal counts as they come",
            "order of the characters",
            ("(-counts[token], token)", "-counts[token]"),
            fails="part 3",
        ),
        Wrong(
            "returns the known share",
            "share of known tokens",
            ("return size, unknown / total", "return size, 1 - unknown / total"),
            fails="part 3",
        ),
        Wrong(
            "stops after part 3",
            "the starter's dots",
            ("    return batches", "    return ..."),
            fails="part 4",
        ),
        Wrong(
            "begins with the longest",
            "expected",
            ("key=lambda i: lengths[i])", "key=lambda i: -lengths[i])"),
            fails="part 4",
        ),
        Wrong(
            "leaves a place free",
            "exactly `places` places",
            ("* lengths[i] <= places", "* lengths[i] < places"),
            fails="part 4",
        ),
        Wrong(
            "adds words up",
            "count the places",
            (
                "(len(batches[-1]) + 1) * lengths[i] <= places",
                "sum(lengths[j] for j in batches[-1]) + lengths[i] <= places",
            ),
            fails="part 4",
        ),
        Wrong(
            "numbers from 1",
            "numbered from 0",
            ("    return batches", "    return [[i + 1 for i in batch] for batch in batches]"),
            fails="part 4",
        ),
    ),
    right=(
        Right("letter by letter, as generators", code=BY_HAND),
        Right(
            "with ranks in NumPy",
            ("steps = (clean, cut, smallest, plan)\n", RANKS.strip("\n") + "\n"),
        ),
        Right(
            "returns arrays",
            (
                "    return tokens\n",
                "    import numpy as np\n\n    return np.array(tokens, dtype=object)\n",
            ),
        ),
        Right("returns tuples", ("    return batches", "    return tuple(map(tuple, batches))")),
    ),
    shows="Rules that are written down can be checked, on toys and on real texts, one by one.",
)
