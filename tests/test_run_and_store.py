"""Running notebooks into web pages, and storing them: cleanly, whole, and only if they ran."""

import json
import os
import sys
from pathlib import Path

import book_environment
import kernels
import nbformat
import pytest
import run_notebooks
import store_notebooks
from execute_notebook import execute
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from test_notebook_hygiene import CHECKED, PLAIN, good, store


def small(path, *cells):
    notebook = new_notebook(cells=[new_markdown_cell("# 05 A <title>")])
    notebook.cells += [new_code_cell(source) for source in cells]
    nbformat.write(notebook, path)
    return path


@pytest.fixture
def tools():
    if not book_environment.is_whole(kernels.ROOT, Path(sys.executable)):
        pytest.skip("build/book-tools is not set up: make book and make test do it")


LINK = "from IPython.display import Markdown\nMarkdown('[next](06_wrong.ipynb)')"


def test_pages_an_index_and_a_line_each_though_one_fails(tools, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COURSE_SIZE", "full")
    fine = small(
        tmp_path / "05_fine.ipynb",
        "import os\nprint(os.environ['COURSE_SIZE'], os.environ['COURSE_QUIET'], 6 * 7)",
        "held = bytearray(b'x') * 200_000_000\nimport time; time.sleep(0.5)",
        LINK,
    )
    wrong = small(tmp_path / "06_wrong.ipynb", "1 / 1", "1 / 0", "print('unreached')")
    gone = small(tmp_path / "07_gone.ipynb", "import os; os._exit(1)")
    pages = tmp_path / "pages"
    assert run_notebooks.main([fine, wrong, gone], pages) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[0] == "05_fine" and lines[0].endswith("fine")
    assert int(lines[0].split()[3]) > 200  # MB
    assert lines[1].endswith("FAILED at cell 3: ZeroDivisionError: division by zero")
    assert "FAILED at cell 2: the kernel died" in lines[2]
    assert lines[3].startswith("1 of 3 fine")
    assert sorted(page.name for page in pages.glob("*.html")) == [
        *("05_fine.html", "06_wrong.html", "07_gone.html", "index.html", "search.html")
    ]
    page = (pages / "05_fine.html").read_text(encoding="utf-8")
    assert "full 1 42" in page and 'href="06_wrong.html"' in page
    assert "ZeroDivisionError" in (pages / "06_wrong.html").read_text(encoding="utf-8")
    index = (pages / "index.html").read_text(encoding="utf-8")
    assert '<a href="05_fine.html">05 A &lt;title&gt;</a>' in index
    assert "size full" in index and "division by zero" in index


def test_all_fine_is_exit_code_0_and_old_pages_go(tools, tmp_path):
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "99_old.html").touch()
    assert run_notebooks.main([small(tmp_path / "05_fine.ipynb", "1")], pages) == 0
    assert not (pages / "99_old.html").exists()


def test_a_kernel_of_the_same_name_elsewhere_is_not_taken(tmp_path, monkeypatch):
    foreign = tmp_path / "kernels" / "python3"
    foreign.mkdir(parents=True)
    spec = {"argv": ["/bin/false", "{connection_file}"], "display_name": "x", "language": "python"}
    (foreign / "kernel.json").write_text(json.dumps(spec))
    for name in ("JUPYTER_PATH", "JUPYTER_DATA_DIR"):
        monkeypatch.setenv(name, str(tmp_path))
    run = execute(small(tmp_path / "05_a.ipynb", "import sys\nprint(sys.executable)"))
    assert run.fault is None
    assert Path(run.notebook.cells[1].outputs[0].text.strip()).samefile(sys.executable)


def test_storing_twice_gives_the_same_file(tmp_path, capsys):
    before = good()
    before.cells[PLAIN].metadata["execution"] = {"iopub.execute_input": "2026"}
    before.cells[PLAIN].execution_count = 7
    before.metadata["language_info"] = {"name": "python", "version": "3.11.7"}
    path = store(before, tmp_path)
    assert store_notebooks.main([path]) == 0
    assert capsys.readouterr().out.rstrip().endswith("stored")
    once = path.read_bytes()
    assert store_notebooks.main([path]) == 0
    assert path.read_bytes() == once
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    after = nbformat.read(path, as_version=4)
    assert after.metadata == {
        "kernelspec": store_notebooks.KERNEL,
        "language_info": {"name": "python"},
    }
    assert [cell.id for cell in after.cells] == [cell.id for cell in before.cells]
    assert after.cells[CHECKED].outputs[0].text == "1\n"
    assert after.cells[CHECKED].metadata == {"tags": ["nbval-check-output"]}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("1 / 0", "cell 19: ZeroDivisionError: division by zero"),
        (
            "import warnings; warnings.warn('beware')",
            "clean_outputs: cell 19 stores text of the err",
        ),
    ],
)
def test_what_fails_or_breaks_a_rule_is_not_stored(tmp_path, capsys, source, said):
    notebook = good()
    notebook.cells[PLAIN].source += f"\n{source}"
    path = store(notebook, tmp_path)
    before = path.read_bytes()
    assert store_notebooks.main([path]) == 1
    printed = capsys.readouterr().out
    assert "NOT stored" in printed and said in printed
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_notebooks_are_chosen_by_the_beginning_of_their_names():
    every = kernels.course_notebooks()
    assert kernels.course_notebooks([every[0].name[:2]]) == every[:1]
    with pytest.raises(SystemExit, match="no notebook's name begins with 98 or 99"):
        kernels.course_notebooks(["98", "99"])


def test_a_users_own_settings_do_not_reach_a_run(monkeypatch, tmp_path):
    for name in kernels.DROPPED:
        monkeypatch.setenv(name, "mine")
    variables = kernels.environment(tmp_path, COURSE_OFFLINE="1")
    assert "mine" not in variables.values()
    assert variables["IPYTHONDIR"] == str(tmp_path) and variables["COURSE_OFFLINE"] == "1"
    assert variables["COURSE_QUIET"] == "1" and variables["PATH"] == os.environ["PATH"]
