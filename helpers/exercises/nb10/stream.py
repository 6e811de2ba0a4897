"""10-stream: show text while byte-level tokens arrive, and never half a character."""

from functools import cache
from itertools import pairwise

import numpy as np

from helpers.exercises.against import Case, against
from helpers.exercises.answer import Answer
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.plain import as_list
from helpers.sources import corpora
from helpers.text.subwords import Subwords

SMALL = (
    [b"low", b" rates"],
    [b"caf", b"\xc3", b"\xa9"],
    [b"\xe9\x93", b"\xb6", b"!"],
    [],
    [b"\xf0", b"\x9f", b"\x99", b"\x82"],
    [b"a\xe9", b"\x93\xb6b\xc3", b"\xa9"],
    ["银行".encode()],
    [b"x", "é".encode(), b"y\xe8\xa1", b"\x8c"],
    [b"\xf0\x9f", b"\x99\x82 \xf0\x9f\x99", b"\x82"],
    [b"ok \xe9", b"\x93"],
    [b"\xc3"],
    [b"\n", b" \t", b"\x00"],
)


def shown(
    tokens: list[bytes], end: str = "\ufffd", wait: bool = True, again: bool = True
) -> list[str]:
    """Return what each token adds and what the end adds, or those of a known mistake."""
    found, held = [], b""
    for token in tokens:
        if not wait:
            found.append(token.decode("utf-8", errors="replace"))
            continue
        held += token
        try:
            found.append(held.decode())
            held = b""
            continue
        except UnicodeDecodeError as error:
            whole = held[: error.start] if again else b""
        found.append(whole.decode())
        held = held[len(whole) :]
    return [*found, end if held else ""]


def _at_once(tokens: list[bytes]) -> list[str]:
    return [*[""] * len(tokens), b"".join(tokens).decode("utf-8", errors="replace")]


def _ignored(tokens: list[bytes]) -> list[str]:
    return [*[token.decode("utf-8", errors="ignore") for token in tokens], ""]


def _so_far(tokens: list[bytes]) -> list[str]:
    pieces = shown(tokens)
    return ["".join(pieces[: i + 1]) for i in range(len(pieces))]


def _never_emptied(tokens: list[bytes], end: str = "") -> list[str]:
    found, spelled = [], b""
    for token in tokens:
        spelled += token
        try:
            found.append(spelled.decode())
        except UnicodeDecodeError:
            found.append("")
    return [*found, end if tokens and not found[-1] else ""]


def _longer_by(tokens: list[bytes]) -> list[str]:
    """Cut off as many characters as were there before; a half one was among them, as a mark."""
    found, before = [], ""
    for i in range(len(tokens)):
        text = b"".join(tokens[: i + 1]).decode("utf-8", errors="replace")
        found.append(text[len(before) :])
        before = text
    return [*found, ""]


def _mark_a_byte(tokens: list[bytes]) -> list[str]:
    pieces = shown(tokens)
    held = len(b"".join(tokens)) - len("".join(pieces[:-1]).encode())
    return [*pieces[:-1], "\ufffd" * held]


def _rest_at_the_end(tokens: list[bytes]) -> list[str]:
    pieces = shown(tokens, again=False)[:-1]
    held = b"".join(tokens)[len("".join(pieces).encode()) :]
    return [*pieces, held.decode("utf-8", errors="replace")]


MISTAKES = {
    "half a character is shown as �; hold its bytes back until the rest has come": (
        lambda t: shown(t, wait=False),
        lambda t: shown(t, wait=False)[:-1],
        _longer_by,
        lambda t: _longer_by(t)[:-1],
    ),
    "bytes that are left over at the end are half a character; the last item is � then": (
        lambda t: shown(t, end="")
    ),
    "the bytes of a character in two tokens are thrown away; hold them back for the next": _ignored,
    "whole characters before a half one are held back too; show them at once": (
        lambda t: shown(t, again=False),
        _rest_at_the_end,
    ),
    "what was shown is shown again; once it is shown, it is no longer held back": (
        _never_emptied,
        lambda t: _never_emptied(t, "\ufffd"),
    ),
    "that is all the text so far; only what is new is asked for": (
        _so_far,
        lambda t: [*_so_far(t)[:-1], ""],
        lambda t: [*_so_far(t)[:-1], shown(t)[-1]],
    ),
    "everything is shown at the end; show what can be shown with each token": _at_once,
    "the last item is missing: what the end adds, � or nothing": (
        lambda t: shown(t)[:-1],
        lambda t: shown(t) if shown(t)[-1] else shown(t)[:-1],
    ),
    "the end is one �, however many bytes are held back": _mark_a_byte,
}


@cache
def real_tokens() -> list[list[bytes]]:
    """Return items as tokens of a small vocabulary, and random characters in pieces."""
    subwords = Subwords.train(corpora.load("newsroom").train.texts[:80], 400)
    texts = corpora.load("newsroom").validation.texts[:20]
    texts = [text.replace("a", "á").replace("bank", "银行") for text in texts]
    rows = [[subwords.tokens[i] for i in subwords.encode(text)] for text in texts]
    random = np.random.default_rng(110)
    for _ in range(20):
        spelled = "".join(random.choice(list("eé银🙂 "), 12)).encode()
        cuts = [
            0,
            *sorted(random.choice(np.arange(1, len(spelled)), 7, replace=False)),
            len(spelled),
        ]
        rows.append([spelled[a:b] for a, b in pairwise(cuts)][: random.integers(4, 9)])
    return rows


def _read(result: object, expected: object) -> list[str]:
    return as_list(result, str, "texts")


def _values(answer: Answer) -> None:
    against(answer, shown, [(list(tokens),) for tokens in SMALL], ["tokens"], MISTAKES, _read)


def _real(answer: Answer) -> None:
    cases = [
        Case((tokens,), f"the tokens {b'|'.join(tokens)[:100]!r} (a bar between two)")
        for tokens in real_tokens()
    ]
    against(answer, shown, cases, mistakes=MISTAKES, read=_read)


# Shows nothing until all that has come is whole.
WHOLE_ONLY = """
def shown(tokens):
    found, held = [], b""
    for token in tokens:
        held += token
        try:
            found.append(held.decode())
            held = b""
        except UnicodeDecodeError:
            found.append("")
    return found + [held.decode(errors="replace")]
"""

STREAM = Exercise(
    name="10-stream",
    title="Text while it arrives",
    difficulty=3,
    minutes=15,
    prompt="""
A language model writes one token after another, and a chat window shows the text as it grows. At
the level of bytes a token may end inside a character, and the window must not flash a �. Write
`shown(tokens)`: from a list of tokens, each a `bytes` object, return for each token the text that
can be shown *in addition* once it has come, as a list of strings. Show each character as soon as it
is whole, and hold back the bytes of one that isn't. At the end comes one more string: `"\\ufffd"`,
the mark �, if bytes are still held back, otherwise `""`. The tokens together are UTF-8, except that
the end may be missing.
""",
    answer="shown",
    starter='''
def shown(tokens):
    """Tokens (bytes) -> what each adds to the text on the screen, and what the end adds.

    Example: [b"caf", b"\\xc3", b"\\xa9!"] gives ["caf", "", "é!", ""].
    """
    return ...  # your turn
''',
    hints=(
        "Keep a bytes object with what is held back. Add the token to it and try to decode. What "
        "does the error say if the last character isn't whole?",
        "UnicodeDecodeError has an attribute start: the place of the first byte that couldn't be "
        "decoded. Everything before it is whole.",
    ),
    solution="""
def shown(tokens):
    found, held = [], b""
    for token in tokens:
        held += token
        try:
            end = len(held)
            held.decode("utf-8")
        except UnicodeDecodeError as error:
            end = error.start  # what comes before it is whole; the rest waits
        found.append(held[:end].decode("utf-8"))
        held = held[end:]
    return [*found, "\\ufffd" if held else ""]


# Another way: Python's codecs.getincrementaldecoder("utf-8") does the holding back.
""",
    stages={"values": _values, "real data": _real},
    wrong=(
        Wrong(
            "decodes each token alone",
            "half a character is shown",
            code="def shown(tokens):\n"
            "    return [str(t, 'utf8', 'replace') for t in tokens] + ['']",
        ),
        Wrong(
            "ignores what it can't read",
            "are thrown away",
            code="def shown(tokens):\n    return [*(str(t, 'utf8', 'ignore') for t in tokens), '']",
        ),
        Wrong("holds everything back", "show them at once", ("end = error.start", "end = 0")),
        Wrong(
            "holds everything back and reads it at the end",
            "show them at once",
            code=WHOLE_ONLY,
        ),
        Wrong(
            "never takes away what was shown",
            "shown again",
            code=WHOLE_ONLY.replace('            held = b""\n', "").replace(
                'held.decode(errors="replace")', '""'
            ),
        ),
        Wrong(
            "returns the text so far",
            "only what is new",
            (
                'return [*found, "\\ufffd" if held else ""]',
                'found.append("\\ufffd" if held else "")\n'
                '    return ["".join(found[: i + 1]) for i in range(len(found))]',
            ),
        ),
        Wrong(
            "returns the text so far, and the end alone",
            "only what is new",
            (
                "return [*found,",
                'return [*("".join(found[: i + 1]) for i in range(len(found))),',
            ),
        ),
        Wrong(
            "waits for the end",
            "show what can be shown with each token",
            code="def shown(tokens):\n"
            "    return [''] * len(tokens) + [str(b''.join(tokens), 'utf-8', 'replace')]",
        ),
        Wrong(
            "forgets the end",
            "the last item is missing",
            ('[*found, "\\ufffd" if held else ""]', "found"),
        ),
        Wrong(
            "has an end only where bytes are left",
            "the last item is missing",
            ('[*found, "\\ufffd" if held else ""]', 'found + ["\\ufffd"] * bool(held)'),
        ),
        Wrong(
            "marks each byte",
            "however many",
            ('"\\ufffd" if held else ""', '"\\ufffd" * len(held)'),
        ),
        Wrong(
            "compares lengths",
            "half a character is shown",
            code="""
def shown(tokens):
    found, before = [], ""
    for i in range(len(tokens)):
        text = b"".join(tokens[: i + 1]).decode("utf-8", "replace")
        found.append(text[len(before):])
        before = text
    return found + [""]
""",
        ),
        Wrong("drops what is left", "left over at the end", ('"\\ufffd" if held else ""', '""')),
        Wrong(
            "decodes strictly",
            "stopped",
            code='def shown(tokens):\n    return [t.decode() for t in tokens] + [""]',
        ),
    ),
    right=(
        Right(
            "with an incremental decoder",
            code="""
import codecs


def shown(tokens):
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    return [decoder.decode(token) for token in tokens] + [decoder.decode(b"", final=True)[:1]]
""",
        ),
        Right(
            "from the text so far",
            code="""
def shown(tokens):
    found, before, spelled = [], "", b""
    for token in tokens:
        spelled += token
        text = spelled.decode("utf-8", errors="replace").rstrip("\\ufffd")
        found.append(text[len(before):])
        before = text
    return found + ["" if before.encode() == spelled else "\\ufffd"]
""",
        ),
        Right(
            "byte by byte",
            code="""
def shown(tokens):
    found, held, due = [], [], 0
    for token in tokens:
        text = ""
        for byte in token:
            if not held:
                due = 1 if byte < 128 else 2 if byte < 224 else 3 if byte < 240 else 4
            held.append(byte)
            if len(held) == due:
                text, held = text + bytes(held).decode(), []
        found.append(text)
    return found + ["\\ufffd" * bool(held)]
""",
        ),
        Right(
            "as a generator",
            (
                'return [*found, "\\ufffd" if held else ""]',
                'yield from found\n    yield "\\ufffd" if held else ""',
            ),
        ),
    ),
    shows="Bytes wait until their character is whole: that's how chat windows show growing text.",
)
