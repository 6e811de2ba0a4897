"""The pages of full-size results say what the stored rows say."""

import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]


@pytest.fixture
def fine_tuning(monkeypatch):
    monkeypatch.syspath_prepend(PROJECT / "benchmarks")
    sys.modules.pop("fine_tuning", None)
    import fine_tuning

    yield fine_tuning
    sys.modules.pop("fine_tuning", None)


def test_the_page_of_full_size_results_is_made_from_the_stored_rows(fine_tuning):
    page = (PROJECT / "benchmarks" / "fine_tuning.md").read_text(encoding="utf-8")
    assert page == fine_tuning.table(), "run python benchmarks/fine_tuning.py"


def test_readme_shows_the_stored_means(fine_tuning):
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    assert fine_tuning.summary() in readme, "put the lines of fine_tuning.summary() into README"
