"""One setting, two sizes, and a clear word when it is neither."""

import pytest

from helpers import course_size


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (None, "default"),
        ("", "default"),
        ("default", "default"),
        ("full", "full"),
        (" FULL ", "full"),
    ],
)
def test_the_size_is_what_the_variable_asks_for(monkeypatch, asked, expected):
    monkeypatch.delenv("COURSE_SIZE", raising=False)
    if asked is not None:
        monkeypatch.setenv("COURSE_SIZE", asked)
    assert course_size.size() == expected
    assert course_size.choose(default=3, full=30) == {"default": 3, "full": 30}[expected]


def test_another_size_is_refused_with_the_remedy(monkeypatch):
    monkeypatch.setenv("COURSE_SIZE", "huge")
    said = "COURSE_SIZE is 'huge'; set it to 'default' or 'full', or unset it"
    with pytest.raises(ValueError, match=said):
        course_size.size()
    with pytest.raises(ValueError, match=said):
        course_size.choose(1, 2)
