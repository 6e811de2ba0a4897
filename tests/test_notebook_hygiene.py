"""Every stored notebook keeps the rules of the house, and every rule can be broken."""

import base64
import json
import re
from pathlib import Path

import nbformat
import pytest
from exercise_cells import exercise_cells
from kernels import course_notebooks
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from notebook_rules import RULES, faults

from helpers.exercises import bank

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = course_notebooks()
pytestmark = [  # nbformat mends such notebooks with a warning; the rules are stricter
    pytest.mark.filterwarnings("ignore::nbformat.warnings.MissingIDFieldWarning"),
    pytest.mark.filterwarnings("ignore::nbformat.warnings.DuplicateCellId"),
]

FIRST = """\
# 06 A title

A promise. **Needs:** notebook 02. **After this notebook you can**

1. do this;
2. do that;
3. do a third thing.

**Time:** 20 minutes to read, about 9 seconds to run, 0.5 GB. A *word vector (词向量)* is a row.
"""


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook(notebook):
    assert faults(notebook) == []


def test_the_notebooks_are_there():
    assert {path.name[:2] for path in NOTEBOOKS} >= {
        "00",
        "01",
        "02",
        "03",
        "04",
        "05",
        "06",
        "07",
        "08",
        "09",
    }


def code(source, printed="", *tags):
    outputs = [new_output("stream", name="stdout", text=printed)] if printed else []
    return new_code_cell(source, outputs=outputs, metadata={"tags": list(tags)} if tags else {})


def good():
    """Return a small notebook that keeps every rule."""
    sentence = "Sentence {} says in words enough " + "and more " * 10 + "what is seen."
    told = [new_markdown_cell(sentence.format(i)) for i in range(16)]
    cells = [
        new_markdown_cell(FIRST),
        *told,
        code("print(1)", "1\n", "nbval-check-output"),
        code("print(2)", "2\n"),
        new_markdown_cell("## Check yourself"),
        *exercise_cells("06"),
        new_markdown_cell("## Take it with you"),
        code("b = 2", "", "standalone"),
        new_markdown_cell("## Next\n\nOn to [notebook 06](06_optimizers.ipynb)."),
        new_markdown_cell("## References\n\n- Bridle (1990). [Softmax](https://doi.org/10/1)."),
    ]
    for count, cell in enumerate((c for c in cells if c.cell_type == "code"), 1):
        cell.execution_count = count
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


# Places of cells in good(), from 0.
CHECKED, PLAIN, CHECK_YOURSELF, EXERCISE = 17, 18, 19, 21
DUE = len(exercise_cells("06"))
TAKE_IT, ALONE, NEXT, REFERENCES = (CHECK_YOURSELF + DUE + i for i in range(1, 5))
CODES = 3 + DUE // 2
MINUTES = sum(exercise.minutes for exercise in bank.of_notebook("06"))


def store(notebook, folder):
    path = folder / "06_a_title.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


def test_a_good_notebook_breaks_no_rule(tmp_path):
    assert faults(store(good(), tmp_path)) == []


WIDGET = "application/vnd.jupyter.widget-view+json"


def source(place, text):
    return lambda n: n.cells[place].update(source=text)


def output(place, *args, **options):
    return lambda n: n.cells[place].outputs.append(new_output(*args, **options))


def printed(text, name="stdout"):
    return output(PLAIN, "stream", name=name, text=text)


def picture(size):
    data = {"image/png": base64.b64encode(bytes(size)).decode()}
    return output(PLAIN, "display_data", data=data)


def tags(place, *names):
    return lambda n: n.cells[place].metadata.update(tags=list(names))


BROKEN = [
    ("first cell lacks '# NN Title'", source(0, FIRST.replace("# 06", "# 05"))),
    ("first cell lacks what it needs", source(0, FIRST.replace("Needs", "Wants"))),
    ("first cell lacks 'After this", source(0, FIRST.replace("you can", "you may"))),
    ("first cell lacks minutes", source(0, FIRST.replace("minutes", "hours"))),
    ("first cell lacks seconds", source(0, FIRST.replace("seconds", "hours"))),
    ("first cell lacks gigabytes", source(0, FIRST.replace("GB", "bytes"))),
    (
        f"says 7 minutes for the exercises, the bank {MINUTES}",
        source(
            0, FIRST.replace("20 minutes to read", "20 minutes to read and 7 for the exercises")
        ),
    ),
    ("lists 2 things", source(0, FIRST.replace("2. do that;\n", ""))),
    ("19 cells beside the exercises; 20 to 40", lambda n: n.cells.__delitem__(slice(3, 8))),
    ("it should explain more than it runs", source(PLAIN, "a = '" + "w " * 3000 + "'")),
    ("cell 3 has 221 words; at most 220", source(2, "word " * 221 + "$x y$" * 9)),
    ("the link to 07_b.ipynb leads nowhere", source(2, "Go on to [07](07_b.ipynb).")),
    ("'Next' has no link", source(NEXT, "## Next\n\nOn to notebook 06.")),
    (
        "the reference 'Bridle (1990).' has no",
        source(REFERENCES, "## References\n\n- Bridle (1990)."),
    ),
    ("no heading 'Next'", source(NEXT, "On to notebook 04.")),
    ("no heading 'Take it with you'", source(TAKE_IT, "## To take along")),
    ("no heading 'Check yourself'", source(CHECK_YOURSELF, "Exercises")),
    ("no heading 'References'", source(REFERENCES, "Bridle (1990).")),
    ("cell 3 is a list with no sentence", source(2, "- one\n- two\n  and more")),
    ("cell 3 says 'simply'", source(2, "It is Simply so.")),
    ("cell 3 shows an image from elsewhere", source(2, "See ![a](https://example.org/a.png).")),
    ("cell 3 shows an image from elsewhere", source(2, 'See <img width=3 src="http://a.b/c">.')),
    ("no key term is given in Chinese", source(0, FIRST.replace("词向量", ""))),
    ("cell 19 is empty", source(PLAIN, "# later")),
    ("cell 19 has 21 lines", source(PLAIN, "a = 1\n\n" * 21)),
    (f"cell {ALONE + 1} has 81 lines", source(ALONE, "a = 1\n" * 81)),
    ("cell 19 is not plain Python", source(PLAIN, "!ls")),
    ("cell 19 is not plain Python", source(PLAIN, "%matplotlib inline")),
    ("cell 19 uses sys.path", source(PLAIN, "import sys\nsys.path.append('..')")),
    ("cell 19 uses get_ipython", source(PLAIN, "get_ipython().system('ls')")),
    ("cell 19 uses pip install", source(PLAIN, "os.system('pip install torch')")),
    ("cell 19 uses nltk.download", source(PLAIN, "nltk.download('punkt')")),
    (f"not 1 to {CODES} in order", lambda n: n.cells[PLAIN].update(execution_count=9)),
    (f"not 1 to {CODES} in order", lambda n: n.cells[PLAIN].update(execution_count=None)),
    ("stores an error", output(PLAIN, "error", ename="E", evalue="", traceback=[])),
    ("text of the error stream", printed("100%", "stderr")),
    ("stores a warning", printed("x.py:3: UserWarning: beware")),
    ("stores a widget", output(PLAIN, "display_data", data={WIDGET: {"model_id": "1"}})),
    ("state of widgets", lambda n: n.metadata.update(widgets={})),
    ("stores no text to compare", lambda n: n.cells[CHECKED].update(outputs=[])),
    ("holds a path of a machine", printed("/home/ann/course")),
    ("holds a path of a machine", printed("see /tmp/x")),
    ("holds a path of a machine", source(PLAIN, "open('/root/a')")),
    ("holds a path of a machine", printed("C:\\Users\\ann")),
    ("names a package registry", source(2, "Go to https://pypi" + ".org for it.")),
    (" KB; 500 KB are allowed", printed("a" * 600_000)),
    ("a figure of 101 KB", picture(101_000)),
    ("cell 22 has not the tags of an exercise", tags(EXERCISE)),
    ("cell 22 differs from the exercise bank", source(EXERCISE, "answer = None")),
    (
        f"{DUE - 1} cells below 'Check yourself', {DUE} due",
        lambda n: n.cells.__delitem__(EXERCISE - 1),
    ),
    ("0 cells are tagged standalone", tags(ALONE)),
    ("2 cells are tagged standalone", tags(PLAIN, "standalone")),
    ("kernel is not named python3", lambda n: n.metadata.kernelspec.update(name="my-kernel")),
    ("name the Python version", lambda n: n.metadata.update(language_info={"version": "3"})),
    ("unknown metadata: jupytext", lambda n: n.metadata.update(jupytext={})),
    ("no id, or two have the same", lambda n: n.cells[3].update(id=n.cells[4].id)),
    ("no id, or two have the same", lambda n: n.cells[3].pop("id")),
    ("unknown tags: raises-exception", tags(PLAIN, "raises-exception")),
    ("unknown metadata: execution", lambda n: n.cells[PLAIN].metadata.update(execution={})),
    ("steers nbval by a comment", source(PLAIN, "# NBVAL_SKIP\na = 1")),
]


@pytest.mark.parametrize(("said", "break_it"), BROKEN, ids=[said for said, _ in BROKEN])
def test_what_breaks_a_rule_is_found_and_named(tmp_path, said, break_it):
    notebook = good()
    break_it(notebook)
    found = faults(store(notebook, tmp_path))
    assert len(found) == 1 and said in found[0]


def test_every_rule_was_broken_above(tmp_path):
    broken = set()
    for _, break_it in BROKEN:
        notebook = good()
        break_it(notebook)
        broken |= {fault.partition(":")[0] for fault in faults(store(notebook, tmp_path))}
    assert broken == set(RULES)


def test_imports_do_not_count_as_lines_to_read(tmp_path):
    notebook = good()
    notebook.cells[PLAIN].source = "import math\nfrom os import path\n" * 12 + "a = 1\n" * 20
    assert faults(store(notebook, tmp_path)) == []


def test_notebook_00_needs_no_exercises(tmp_path):
    notebook = good()
    notebook.cells[0].source = FIRST.replace("# 06", "# 00")
    del notebook.cells[EXERCISE - 1 : ALONE - 1]
    for count, cell in enumerate((c for c in notebook.cells if c.cell_type == "code"), 1):
        cell.execution_count = count
    path = tmp_path / "00_start_here.ipynb"
    nbformat.write(notebook, path)
    assert faults(path) == []


def test_helper_files_stay_short():
    files = sorted((ROOT / "helpers").rglob("*.py"))
    assert len(files) > 20
    lengths = {file: len(file.read_text(encoding="utf-8").splitlines()) for file in files}
    # A notebook's exercises are definitions one after another, each to be read alone; one in a file
    # of its own is as long as the answers that it is tried with.
    most = {
        file: 600
        if re.match(r"nb\d\d", file.name)
        else 450
        if re.match(r"nb\d\d", file.parent.name)
        else 270
        for file in files
    }
    assert {file.name: lines for file, lines in lengths.items() if lines > most[file]} == {}
