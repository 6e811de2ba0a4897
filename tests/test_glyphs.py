"""Any text can be drawn: dollar signs stay, missing characters become boxes, long texts are cut."""

import io

import matplotlib.pyplot as plt
import pytest
from matplotlib import font_manager
from matplotlib.cbook import is_math_text

from helpers.plots import glyphs, style


@pytest.fixture(autouse=True)
def _fresh():
    with plt.rc_context():
        glyphs.families.cache_clear()
        yield
    glyphs.families.cache_clear()
    plt.close("all")


def drawn(text, recwarn):
    """Draw a text; return the warnings that it caused."""
    figure = plt.figure()
    figure.text(0.5, 0.5, text)
    figure.savefig(io.BytesIO(), format="png")
    return [str(warning.message) for warning in recwarn]


@pytest.mark.parametrize(
    "text",
    [
        "Fund pays $40m, 50% of $80m",
        "costs $5 and $6",
        r"$\frac{",
        r"already \$5 and \$6",
        "沪指涨 3%",
        "ships 🚢 🚀 👩‍🚀",
        "\ud83d half an emoji",
        "\x00\x07 bell",
        "العربية हिन्दी",
        "",
    ],
)
def test_any_text_is_drawn_without_a_warning_and_never_as_mathematics(text, recwarn):
    style.use_style()
    shown = glyphs.drawable(text)
    assert drawn(shown, recwarn) == []
    mathematics, plain = is_math_text(shown), shown.replace(r"\$", "$")
    assert not mathematics or "$" not in plain
    assert plain.count("$") == text.count("$")


def test_without_the_boxes_there_would_be_warnings(recwarn):
    assert any("missing from font" in warning for warning in drawn("\ue000", recwarn))
    assert glyphs.drawable("a\ue000b") == "a□b"


def test_chinese_is_drawn_where_a_font_has_it_and_boxed_where_none_has(monkeypatch, recwarn):
    style.use_style()
    some = len(glyphs.families()) == 2
    assert glyphs.drawable("股票") == ("股票" if some else "□□")
    monkeypatch.setattr(glyphs, "CHINESE", {"No Such Family": "no-such-file"})
    glyphs.families.cache_clear()
    style.use_style()
    assert plt.rcParams["font.family"] == ["DejaVu Sans"]
    assert glyphs.drawable("A股") == "A□"
    assert drawn(glyphs.drawable("A股"), recwarn) == []


def test_a_font_that_came_after_matplotlibs_list_is_found(monkeypatch, tmp_path):
    """Two made-up entries: a file of that name on the disk, and a manager that learns of it."""
    file, asked = tmp_path / "wqy-zenhei.ttc", []
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [str(file), "/x/other.ttf"])
    known = [[], ["WenQuanYi Zen Hei"]]
    monkeypatch.setattr(glyphs, "_installed", lambda: known.pop(0))
    monkeypatch.setattr(font_manager.fontManager, "addfont", asked.append)
    assert glyphs.families() == ("DejaVu Sans", "WenQuanYi Zen Hei")
    assert asked == [str(file)]


def test_a_figure_before_the_style_is_set_works_too(recwarn):
    assert plt.rcParams["font.family"] == ["sans-serif"]
    assert drawn(glyphs.drawable("costs $5, \ue000 $6"), recwarn) == []


@pytest.mark.parametrize(
    ("text", "columns", "shown"),
    [("abcdef", 6, "abcdef"), ("abcdefg", 6, "abcde…"), ("ab\n\n cd", 9, "ab cd"), ("", 3, "")],
)
def test_texts_are_cut_to_columns_and_put_in_one_line(text, columns, shown):
    assert glyphs.drawable(text, columns) == shown


def test_a_chinese_character_takes_two_columns():
    style.use_style()
    mark = "股" if len(glyphs.families()) == 2 else glyphs.BOX
    assert len(glyphs.drawable("股" * 1000, 21)) == (11 if mark == "股" else 21)
