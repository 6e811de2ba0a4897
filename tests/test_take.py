"""Every piece is taken into a folder of its own and works there, the course being out of reach."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.take import __main__ as command
from helpers.take import catalogue, copying, graph, pieces
from helpers.take.copying import LICENCE, take
from helpers.take.rewriting import TakeError

ROOT = Path(__file__).resolve().parent.parent

# Runs where the pieces lie. Reads [[package, module, code], …], tells what became of each.
EXERCISE = """
import contextlib, doctest, importlib, io, json, sys, traceback
from pathlib import Path

told = {}
for package, module, code in json.load(sys.stdin):
    said, tests = io.StringIO(), None
    with contextlib.redirect_stdout(said):
        try:
            names = [f"{package}.{file.stem}" for file in Path(package).glob("*.py")]
            files = {importlib.import_module(name).__file__ for name in names}
            assert all(Path(file).parent == Path.cwd() / package for file in files), files
            tests = doctest.testmod(sys.modules[f"{package}.{module}"])
            exec(code.replace("PACKAGE", package), {})
        except BaseException:
            traceback.print_exc(file=sys.stdout)
            tests = None
    told[package] = [tests.failed if tests else 1, tests.attempted if tests else 0, said.getvalue()]
assert not [name for name in sys.modules if name.partition(".")[0] == "helpers"]
print(json.dumps(told))
"""

# What somebody would do with some of them.
USES = {
    "vectors.word_vectors": """
import numpy as np
from PACKAGE.word_vectors import UnknownWord, WordVectors
vectors = WordVectors(["up", "down", "left"], np.array([[0, 2.0], [0, -1.0], [-3.0, 0.1]]))
assert [word for word, _ in vectors.neighbours("up")] == ["left", "down"]
try:
    vectors["downn"]
except UnknownWord as error:
    assert "'down'" in str(error)
else:
    raise AssertionError("a word without a vector was found")
""",
    "text.vocabulary": """
from collections import Counter
from PACKAGE.vocabulary import Vocabulary
vocabulary = Vocabulary(Counter("to be or not to be".split()))
assert vocabulary["to"] != vocabulary["be"] and vocabulary["moon"] == vocabulary["sun"]
""",
    "text.own_csv": """
from pathlib import Path
from PACKAGE import own_csv
rows = "".join(f"{name} {i},{name}\\n" for name in ("red", "blue") for i in range(5))
Path("mine.csv").write_text("text,label\\n" + rows, encoding="utf-8")
corpus = own_csv.read("mine.csv")
assert corpus.label_names == ["blue", "red"] and len(corpus.train) + len(corpus.test) == 8
Path("mine.csv").write_text("text;label\\n", encoding="utf-8")
try:
    own_csv.read("mine.csv")
except ValueError as error:
    assert "semicolons" in str(error)
else:
    raise AssertionError("another delimiter was taken")
""",
    "text.preprocess": """
from PACKAGE.preprocess import clean, remove_stop_words, simple_tokens, tokenize
assert simple_tokens(clean("<p>Caf&eacute;s don\u2019t sell 3</p>")) == ["cafés", "don't", "sell"]
assert remove_stop_words(tokenize("the price did not fall")) == ["price", "not", "fall"]
""",
    "models.classifiers": """
import torch
from PACKAGE.classifiers import PooledClassifier, TenWordClassifier
torch.manual_seed(0)
ids = torch.randint(2, 100, (8, 10))
for model in (PooledClassifier((100, 5), classes=3), TenWordClassifier((100, 5), 3)):
    model(ids).sum().backward()
    assert model(ids).shape == (8, 3) and model.vectors.weight.grad.abs().sum() > 0
""",
    "training.loop": """
import torch
from PACKAGE.loop import TrainSettings, train
torch.manual_seed(0)
inputs = torch.randn(64, 3)
batches = [(inputs, (inputs[:, 0] > 0).long())]
model = torch.nn.Linear(3, 2)
settings = TrainSettings(epochs=60, learning_rate=0.1)
history = train(model, batches, batches, settings, device="cpu", checkpoint_path="run.pt")
right = (model(batches[0][0]).argmax(1) == batches[0][1]).float().mean()
assert right > 0.9 and history.epochs == 60, (right, history.epochs)
again = torch.nn.Linear(3, 2)
train(again, batches, batches, settings, device="cpu", checkpoint_path="run.pt", resume=True)
assert torch.equal(again.weight, model.weight)
""",
    "evaluation.metrics": """
from PACKAGE import metrics
assert metrics.accuracy([0, 1, 1, 0], [0, 1, 0, 0]) == 0.75
assert metrics.confusion([0, 1, 1, 0], [0, 1, 0, 0], 2).tolist() == [[2, 0], [1, 1]]
""",
}


def package_of(piece):
    return f"taken_{piece.replace('.', '_')}"


@pytest.fixture(scope="module")
def exercised(tmp_path_factory):
    """Take every piece, each into a folder of its own, and exercise all in one process."""
    folder = tmp_path_factory.mktemp("elsewhere")
    plan = []
    for piece in pieces.pieces():
        take([piece], folder / package_of(piece))
        module = pieces.file_names()[f"helpers.{piece}"]
        plan.append([package_of(piece), module, USES.get(piece, "")])
    # Three that must fail: a file missing, the course used, an example wrong.
    take(["vectors.word_vectors"], folder / "without_a_file")
    (folder / "without_a_file" / "nearest.py").unlink()
    plan.append(["without_a_file", "word_vectors", ""])
    for package, code in {
        "with_the_course": "from helpers.vectors import nearest",
        "with_a_wrong_example": '""">>> 1 + 1\n3\n"""',
    }.items():
        (folder / package).mkdir()
        (folder / package / "piece.py").write_text(code, encoding="utf-8")
        plan.append([package, "piece", ""])
    done = subprocess.run(
        [sys.executable, "-c", EXERCISE],
        cwd=folder,
        env=os.environ | {"COURSE_GUARD_FORBIDS": "helpers"},  # the guard: tests/conftest.py
        input=json.dumps(plan),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("piece", pieces.pieces())
def test_a_piece_works_without_the_course(piece, exercised):
    failed, attempted, said = exercised[package_of(piece)]
    assert not failed, said
    source = pieces.modules()[f"helpers.{piece}"]
    assert attempted >= (">>> " in source)  # its examples were found and run


@pytest.mark.parametrize(
    ("package", "told"),
    [
        ("without_a_file", "No module named 'without_a_file.nearest'"),
        ("with_the_course", "this code is to run without helpers"),
        ("with_a_wrong_example", "Got:\n    2"),
    ],
)
def test_a_copy_that_does_not_work_would_be_found(package, told, exercised):
    failed, _, said = exercised[package]
    assert failed and told in said


def test_the_central_pieces_can_be_taken_and_are_used():
    assert set(USES) <= set(pieces.pieces())


def test_a_copy_works_inside_a_larger_package_too(tmp_path):
    take(["vectors.formats"], tmp_path / "mine" / "inner" / "pieces")
    code = "from mine.inner.pieces import formats; print(formats.read_text.__module__)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=os.environ | {"COURSE_GUARD_FORBIDS": "helpers"},
        capture_output=True,
        text=True,
    )
    assert done.stdout == "mine.inner.pieces.formats\n", done.stderr


# --- what is written ------------------------------------------------------------------------


def files_in(folder):
    return {file.name: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_source_version_and_licence_stand_at_the_top(tmp_path):
    take(["plots.evaluation"], tmp_path / "pieces")
    files = files_in(tmp_path / "pieces")
    assert set(files) == {"__init__.py", "evaluation.py", "glyphs.py", "style.py", LICENCE}
    assert files[LICENCE] == (ROOT / "LICENSE").read_bytes()
    top = files["evaluation.py"].decode().splitlines()[:4]
    assert all(line.startswith("# ") for line in top)
    for told in (
        'the course "From word vectors to fine-tuning", version ' + pieces.course_version(),
        "helpers/plots/evaluation.py",
        "MIT licence: see " + LICENCE,
    ):
        assert told in " ".join(top)
    assert copying.head("helpers.plots").splitlines()[1].startswith("# helpers/plots/__init__.py")
    title = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f'title: "{copying.COURSE}' in title


def test_files_of_one_name_in_two_rooms_do_not_meet(tmp_path):
    names = pieces.file_names()
    assert len(set(names.values())) == len(names)
    assert names["helpers.plots.word_vectors"] == "plots_word_vectors"
    take(["vectors.word_vectors", "plots.word_vectors"], tmp_path / "pieces")
    assert {"word_vectors.py", "plots_word_vectors.py"} <= set(files_in(tmp_path / "pieces"))


def test_pieces_taken_one_after_the_other_share_what_they_share(tmp_path):
    folder = tmp_path / "pieces"
    take(["vectors.formats"], folder)
    before = files_in(folder)
    (folder / "__init__.py").write_text("MINE = 1\n", encoding="utf-8")
    written = take(["evaluation.learning_curve"], folder)
    assert "learning_curve.py" in written
    assert not {"progress.py", "__init__.py", LICENCE} & set(written)  # there already
    after = files_in(folder)
    assert after["progress.py"] == before["progress.py"] and after["__init__.py"] == b"MINE = 1\n"
    assert take(["vectors.formats"], folder) == []


def test_what_is_there_is_never_written_over_and_nothing_is_written_then(tmp_path):
    folder = tmp_path / "pieces"
    folder.mkdir()
    (folder / "progress.py").write_text("mine\n", encoding="utf-8")
    with pytest.raises(
        TakeError, match=r"progress\.py is there already and is another file; nothi"
    ):
        take(["vectors.formats"], folder)
    assert files_in(folder) == {"progress.py": b"mine\n"}
    (folder / "progress.py").unlink()
    (folder / "progress.py").symlink_to(tmp_path / "nowhere")  # a broken link is there as well
    with pytest.raises(TakeError, match=r"progress\.py is there already"):
        take(["vectors.formats"], folder)
    assert files_in(folder) == {}


@pytest.mark.parametrize("fresh", [True, False])
def test_a_disk_that_fills_leaves_nothing_behind(tmp_path, monkeypatch, fresh):
    folder = tmp_path / "pieces"
    if not fresh:
        folder.mkdir()
        (folder / "mine.py").write_text("mine\n", encoding="utf-8")
    rename, calls = os.rename, []

    def full(old, new):
        calls.append(new)
        if fresh or len(calls) == 3:
            raise OSError(28, "No space left on device")
        rename(old, new)

    monkeypatch.setattr(os, "rename", full)
    with pytest.raises(
        TakeError, match=r"cannot write in .*pieces: No space left.*nothing was taken"
    ):
        take(["vectors.formats"], folder)
    assert calls
    kept = [] if fresh else [folder, folder / "mine.py"]
    assert sorted(tmp_path.rglob("*")) == kept


# --- what is refused ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "name a piece; python -m helpers.take --catalogue lists them all"),
        (["progress"], "say where to: --into FOLDER"),
        (
            ["vectors.wordvectors", "--into", "x"],
            "no piece is called 'vectors.wordvectors'; near: ",
        ),
        (["word_vectors", "--into", "x"], "near: plots.word_vectors, vectors.word_vectors"),
        (["--catalogue", "vectors.nearest"], "'vectors.nearest' does not end in .md"),
        (["qqqq", "--into", "x"], "no piece is called 'qqqq'; python -m"),
        (["vectors", "--into", "x"], "vectors is a room; its pieces are vectors.cooccurrence, "),
        (["exercises.bank", "--into", "x"], "the exercise bank belongs to the notebooks"),
        (["evaluation.ladder", "--into", "x"], "it reads files in the course's own folders"),
        (
            ["progress", "--into", "my-pieces"],
            "underscores that begins with a letter, such as 'my_pi",
        ),
        (["progress", "--into", "class"], "such as 'my_class'"),
        (["progress", "--into", "statistics"], "'statistics' would hide the package statistics"),
        (["progress", "--into", "torch"], "'torch' would hide the package torch"),
        (["progress", "--into", str(graph.HELPERS / "mine")], "in the course's own helpers"),
        (["progress", "--into", "a_file"], "a_file is a file; name a folder"),
        (["progress", "--into", "a_file/inside"], "cannot write in "),
    ],
)
def test_a_mistake_is_named_and_nothing_written(arguments, told, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("a_file").write_text("mine", encoding="utf-8")
    assert command.main(arguments) == 1
    assert capsys.readouterr().err.startswith("error: ")
    assert command.main(arguments) == 1
    assert told in capsys.readouterr().err
    assert files_in(tmp_path) == {"a_file": b"mine"}


@pytest.mark.parametrize(
    "name", ["text.vocabulary", "helpers.text.vocabulary", "helpers/text/vocabulary.py"]
)
def test_a_piece_may_be_named_by_its_module_or_its_file(name):
    assert pieces.find(name) == "text.vocabulary"


# --- what is said ---------------------------------------------------------------------------


def test_the_command_says_what_to_import_and_to_install(tmp_path):
    asked = ["training.evaluating", "vectors.nearest", "--into", str(tmp_path / "pieces")]
    done = subprocess.run(
        [sys.executable, "-m", "helpers.take", *asked],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    pins = pieces.pins()
    for line in (
        "    from pieces.evaluating import Evaluation, evaluate, place, to_device",
        "    from pieces.nearest import unit, nearest_rows, near_spellings",
        f"    pip install numpy=={pins['numpy']} torch=={pins['torch']}",
    ):
        assert line in done.stdout.splitlines()


def test_every_package_is_pinned_by_the_course():
    for piece in pieces.everything():
        names = graph.carried(f"helpers.{piece}", pieces.modules())
        assert all(pieces.packages(names).values())  # a package without a pin is a KeyError
    assert pieces.packages(["helpers.evaluation.metrics"])["scikit-learn"]


def test_it_needs_no_package_itself():
    code = "import sys; sys.path = [p for p in sys.path if 'site-packages' not in p]; "
    code += "from helpers.take.__main__ import main; main(['--catalogue'])"
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0 and "# The pieces" in done.stdout, done.stderr


def test_the_stored_catalogue_is_what_the_code_makes(tmp_path):
    stored = (ROOT / "helpers" / "README.md").read_text(encoding="utf-8")
    assert stored == catalogue.catalogue(), "out of date: run make format"
    for piece in pieces.everything():
        assert f"`{piece}`" in stored or piece.partition(".")[0] in pieces.ROOMS_OF_THE_COURSE
    assert command.main(["--catalogue", str(tmp_path / "page.md")]) == 0
    assert (tmp_path / "page.md").read_text(encoding="utf-8") == stored


def test_notebooks_of_the_catalogue_exist_and_rooms_have_an_order():
    page = catalogue.catalogue()
    for link in set(re.findall(r"\((\.\./[^)]*)\)", page)):
        assert (ROOT / "helpers" / link).is_file()
    rooms = {catalogue._room(piece) for piece in pieces.pieces()}
    assert rooms <= set(catalogue._ORDER)
