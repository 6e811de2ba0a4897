"""A notebook comes with the kernel's words and is stored without them; other files are let be."""

import asyncio

import nbformat
import pytest
from ipykernel.ipkernel import IPythonKernel
from jupyter_client.kernelspec import KernelSpecManager
from nbformat.v4 import new_code_cell, new_notebook

from tools.lab_contents import STORED, CourseContents


@pytest.fixture
def contents(tmp_path):
    return CourseContents(root_dir=str(tmp_path))


def write(path, metadata):
    nbformat.write(new_notebook(cells=[new_code_cell("x = 1")], metadata=metadata), path)


def test_reading_puts_in_what_jupyterlab_would_write(contents, tmp_path):
    write(tmp_path / "a.ipynb", STORED)
    metadata = asyncio.run(contents.get("a.ipynb"))["content"]["metadata"]
    assert metadata["language_info"] == IPythonKernel.language_info
    assert metadata["kernelspec"]["display_name"] == "Python 3 (ipykernel)"


def test_saving_stores_the_bytes_that_were_there(contents, tmp_path):
    path = tmp_path / "a.ipynb"
    write(path, STORED)
    before = path.read_bytes()
    asyncio.run(contents.save(asyncio.run(contents.get("a.ipynb")), "a.ipynb"))
    assert nbformat.read(path, as_version=4).metadata == STORED
    assert path.read_bytes().split() == before.split()


def test_a_notebook_of_another_kernel_and_a_text_are_let_be(contents, tmp_path):
    other = {"kernelspec": {"name": "julia", "display_name": "Julia"}}
    write(tmp_path / "b.ipynb", other)
    assert asyncio.run(contents.get("b.ipynb"))["content"]["metadata"] == other
    (tmp_path / "a.txt").write_text("kernelspec")
    assert asyncio.run(contents.get("a.txt"))["content"] == "kernelspec"
    assert asyncio.run(contents.get("b.ipynb", content=False))["content"] is None


def test_without_the_kernel_the_notebook_comes_as_it_is(contents, tmp_path, monkeypatch):
    monkeypatch.setattr(KernelSpecManager, "_find_spec_directory", lambda self, name: None)
    monkeypatch.setattr(KernelSpecManager, "ensure_native_kernel", False)
    write(tmp_path / "a.ipynb", STORED)
    assert asyncio.run(contents.get("a.ipynb"))["content"]["metadata"] == STORED
