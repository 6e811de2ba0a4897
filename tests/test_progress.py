"""Bars that a reader sees, on the error stream only, and none while a notebook is stored."""

import pytest

from helpers.progress import progress


def go_through(capsys):
    assert list(progress(range(3), "counting")) == [0, 1, 2]
    return capsys.readouterr()


@pytest.mark.parametrize("quiet", ["1", "yes"])
def test_quiet_prints_nothing(monkeypatch, capsys, quiet):
    monkeypatch.setenv("COURSE_QUIET", quiet)
    assert go_through(capsys) == ("", "")


@pytest.mark.parametrize("quiet", [None, "", "0"])
def test_a_bar_goes_to_the_error_stream(monkeypatch, capsys, quiet):
    monkeypatch.delenv("COURSE_QUIET", raising=False)
    if quiet is not None:
        monkeypatch.setenv("COURSE_QUIET", quiet)
    out, err = go_through(capsys)
    assert out == ""
    assert "counting" in err and "0/3" in err


def test_a_bar_can_be_moved_by_hand_and_counted_in_bytes(monkeypatch, capsys):
    monkeypatch.delenv("COURSE_QUIET", raising=False)
    with progress(
        description="fetching", total=2000, unit="B", unit_scale=True, mininterval=0
    ) as bar:
        bar.update(2000)
    assert "2.00k/2.00k" in capsys.readouterr().err
