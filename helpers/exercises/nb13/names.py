"""13-names: from a name in a BERT file to the name in our encoder."""

from helpers.exercises.against import against, as_expected
from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.plain import short
from helpers.models.published_weights import our_names
from helpers.sources import published_encoders

NAMES = our_names(layers=12)
NO_PLACE = (
    "pooler.dense.weight",
    "embeddings.position_ids",
    "encoder.layer.0.crossattention.self.query.weight",
)


def renamed(name: str) -> str:
    """Return our name, or the empty text."""
    return NAMES.get(name.removeprefix("bert."), "")


def _shape(answer: Answer) -> None:
    got = answer.result("encoder.layer.0.attention.self.query.weight")
    if not isinstance(got, str):
        raise Diagnosis(f"You return a {type(got).__name__}; a name is a text (str).")


def _read(result: object, expected: object) -> object:
    """Say of any name for a tensor without a place, whatever it is, what it should be."""
    if expected == "" and isinstance(result, str) and result:
        raise Diagnosis(
            f'You return {short(result)}; it should be the empty text "", since this tensor has '
            "no place in our encoder."
        )
    return as_expected(result, expected)


def _values(answer: Answer) -> None:
    names = ["encoder.layer.0.attention.self.query.weight", "encoder.layer.3.output.dense.bias"]
    names += ["encoder.layer.3.attention.output.dense.bias", "encoder.layer.10.output.dense.weight"]
    names += ["encoder.layer.2.output.LayerNorm.weight", *NO_PLACE]
    names += [f"bert.{name}" for name in (*names[:5], *NO_PLACE[:2])]
    names += ["encoder.layer.11.attention.output.LayerNorm.bias", "embeddings.LayerNorm.weight"]
    names += ["embeddings.word_embeddings.weight", "embeddings.position_embeddings.weight"]
    names += [f"encoder.layer.7.intermediate.dense.{kind}" for kind in ("weight", "bias")]

    def wrongly(change: dict[str, str]):
        def other(name: str) -> str:
            right = renamed(name)
            for old, new in change.items():
                right = right.replace(old, new)
            return right

        return other

    mistakes = {
        "query and key have changed places": wrongly(
            {".query": ".x", ".key": ".query", ".x": ".key"}
        ),
        "the layer behind the heads and the second of the feed-forward half have changed places": (
            wrongly(
                {
                    "attention.output": "x",
                    "feed_forward.down": "attention.output",
                    "x": "feed_forward.down",
                }
            )
        ),
        "the two normalisations have changed places": wrongly(
            {"attention_norm": "x", "feed_forward_norm": "attention_norm", "x": "feed_forward_norm"}
        ),
        "only one digit of the layer's number is read": (
            lambda name: renamed(name.replace("layer.10", "layer.1").replace("layer.11", "layer.1"))
        ),
        "some files put 'bert.' in front; take it off first": (
            lambda name: "" if name.startswith("bert.") else renamed(name),
            lambda name: ("bert." if name.startswith("bert.") else "") + renamed(name),
        ),
        "weight or bias is missing at the end": (
            lambda name: renamed(name).rpartition(".")[0],
            lambda name: renamed(name).rpartition(".")[0] if ".layer." in name else renamed(name),
        ),
        "every tensor becomes a weight; some are biases": wrongly({".bias": ".weight"}),
        "that leaves out what stands outside the layers: embeddings and their normalisation": (
            lambda name: renamed(name) if ".layer." in name else ""
        ),
    }
    against(answer, renamed, [(name,) for name in names], ["name"], mistakes, _read)


def _real(answer: Answer) -> None:
    own = published_encoders.load().encoder.state_dict()
    found = [answer.result(name) for name in our_names(layers=6)]
    if missing := sorted(set(own) - set(found)):
        raise Diagnosis(f"In MiniLM's encoder {missing[0]} gets nothing.")
    if len(set(found)) < len(found):
        raise Diagnosis("Two tensors of MiniLM's file get the same name.")


FILE = """
OUTSIDE = {
    "embeddings.word_embeddings.weight": "tokens.weight",
    "embeddings.position_embeddings.weight": "positions.weight",
    "embeddings.LayerNorm.weight": "norm.weight",
    "embeddings.LayerNorm.bias": "norm.bias",
}
IN_BLOCK = {
    "attention.self.query": "attention.query",
    "attention.self.key": "attention.key",
    "attention.self.value": "attention.value",
    "attention.output.dense": "attention.output",
    "attention.output.LayerNorm": "attention_norm",
    "intermediate.dense": "feed_forward.up",
    "output.dense": "feed_forward.down",
    "output.LayerNorm": "feed_forward_norm",
}
"""
SOLUTION = f"""{FILE}

def renamed(name):
    name = name.removeprefix("bert.")
    if name in OUTSIDE:
        return OUTSIDE[name]
    if not name.startswith("encoder.layer."):
        return ""
    # The number ends at the first dot, the kind begins at the last: no digit count is assumed.
    number, _, rest = name.removeprefix("encoder.layer.").partition(".")
    part, _, kind = rest.rpartition(".")
    return f"blocks.{{number}}.{{IN_BLOCK[part]}}.{{kind}}" if part in IN_BLOCK else ""


# Another way: make a dictionary of all names of a model, as the notebook does, and look up.
"""

RENAMED = Exercise(
    name="13-names",
    title="Every name in its place",
    difficulty=2,
    minutes=12,
    prompt="""
Write the table of names as a function, for a BERT of any number of layers. `renamed(name)` gets a
tensor's name in the file and returns the name in our encoder, as in the notebook's table, or the
empty text `""` if it has no place there (pooler, kinds, `position_ids`, and what you don't know).
Some files put `bert.` in front of each name.

`encoder.layer.N` becomes `blocks.N`. In a block the file's names are `attention.self.query`,
`.key`, `.value`, `attention.output.dense`, `attention.output.LayerNorm`, `intermediate.dense`,
`output.dense` and `output.LayerNorm`; ours are `attention.query`, `.key`, `.value`, `.output`,
`attention_norm`, `feed_forward.up`, `feed_forward.down` and `feed_forward_norm`.
Outside, `embeddings.word_embeddings.weight`, `embeddings.position_embeddings.weight`,
`embeddings.LayerNorm.weight` and `embeddings.LayerNorm.bias` become `tokens.weight`,
`positions.weight`, `norm.weight` and `norm.bias`.
""",
    answer="renamed",
    starter='''
def renamed(name):
    """A name in the file -> the name in our encoder, or "".

    Example: "bert.encoder.layer.10.output.dense.bias" -> "blocks.10.feed_forward.down.bias".
    """
    return ...  # your turn
''',
    hints=(
        "Two dictionaries: one for the four names outside, one for the eight parts of a block.",
        'Take "bert." off with removeprefix. Then cut a name of a block into number, part and '
        "kind: the number ends at the first dot, the kind (weight or bias) begins after the last.",
    ),
    solution=SOLUTION,
    stages={"shape": _shape, "values": _values, "real data": _real},
    wrong=(
        Wrong(
            "returns parts",
            "a name is a text",
            ('return f"blocks', 'return 1, f"blocks'),
            fails="shape",
        ),
        Wrong("returns nothing", "returns None", ('return f"blocks', 'f"blocks'), fails="shape"),
        Wrong(
            "swaps query and key",
            "query and key",
            code=SOLUTION.replace('"attention.query"', '"attention.x"')
            .replace('"attention.key"', '"attention.query"')
            .replace('"attention.x"', '"attention.key"'),
            fails="values",
        ),
        Wrong(
            "swaps the output layers",
            "the second of the feed-forward half",
            code=SOLUTION.replace('"attention.output",', '"x",')
            .replace('"feed_forward.down"', '"attention.output"')
            .replace('"x",', '"feed_forward.down",'),
        ),
        Wrong(
            "swaps the normalisations",
            "the two normalisations",
            code=SOLUTION.replace('"attention_norm"', '"x"')
            .replace('"feed_forward_norm"', '"attention_norm"')
            .replace('"x"', '"feed_forward_norm"'),
        ),
        Wrong(
            "reads one digit",
            "only one digit",
            ("blocks.{number}", "blocks.{number[0]}"),
        ),
        Wrong("leaves bert. on", "take it off", ('name = name.removeprefix("bert.")', "pass")),
        Wrong(
            "keeps what has no place",
            "should be the empty text",
            code=SOLUTION.replace('return ""', "return name").replace('else ""', "else name"),
        ),
        Wrong(
            "gives the pooler a name",
            "no place in our encoder",
            (
                'if not name.startswith("encoder.layer."):',
                'if name.startswith("pooler."):\n        return name.replace(".dense", "")\n'
                '    if not name.startswith("encoder.layer."):',
            ),
        ),
        Wrong(
            "forgets the kind", "weight or bias", (".{IN_BLOCK[part]}.{kind}", ".{IN_BLOCK[part]}")
        ),
        Wrong("makes all weights", "some are biases", ("]}.{kind}", "]}.weight")),
        Wrong("forgets the outside", "outside the layers", ("return OUTSIDE[name]", 'return ""')),
        Wrong(
            "stops at what it doesn't know",
            "KeyError",
            (' if part in IN_BLOCK else ""', ""),
        ),
    ),
    right=(
        Right(
            "by a regular expression",
            code=f"""
import re
{FILE}

def renamed(name):
    name = re.sub("^bert[.]", "", name)
    found = re.fullmatch(r"encoder\\.layer\\.(\\d+)\\.(.+)\\.(weight|bias)", name)
    if found and found[2] in IN_BLOCK:
        return f"blocks.{{found[1]}}.{{IN_BLOCK[found[2]]}}.{{found[3]}}"
    return OUTSIDE.get(name, "")
""",
        ),
        Right(
            "by a dictionary of all",
            code=f"""{FILE}
ALL = OUTSIDE | {{
    f"encoder.layer.{{i}}.{{theirs}}.{{kind}}": f"blocks.{{i}}.{{ours}}.{{kind}}"
    for i in range(100) for theirs, ours in IN_BLOCK.items() for kind in ("weight", "bias")
}}


def renamed(name):
    return ALL.get(name[5:] if name[:5] == "bert." else name, "")
""",
        ),
        Right(
            "by splitting",
            code=f"""{FILE}

def renamed(name):
    words = name.split(".")
    if words[0] == "bert":
        words = words[1:]
    if words[:2] == ["encoder", "layer"]:
        ours = IN_BLOCK.get(".".join(words[3:-1]))
        return ".".join(["blocks", words[2], ours, words[-1]]) if ours else ""
    return OUTSIDE.get(".".join(words)) or ""
""",
        ),
        Right(
            "by replacing",
            code=f"""{FILE}

def renamed(name):
    name = name.replace("bert.", "")
    if name in OUTSIDE:
        return OUTSIDE[name]
    head, _, kind = name.rpartition(".")
    for theirs in sorted(IN_BLOCK, key=len, reverse=True):
        if head.startswith("encoder.layer.") and head.endswith("." + theirs):
            place = head[: -len(theirs)].replace("encoder.layer.", "blocks.")
            return place + IN_BLOCK[theirs] + "." + kind
    return ""
""",
        ),
    ),
    shows="All 100 tensors of MiniLM's file find their place, and nothing is left over.",
)
