"""The pieces of the book one by one: diagrams, mathematics, texts of figures, links, terms."""

import re
from pathlib import Path

import nbformat
import pytest
from book import chapter, diagrams, figures, flowchart, folded, layout, links, terms
from kernels import course_notebooks
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers.exercises import bank

ROOT = Path(__file__).resolve().parent.parent


def all_diagrams():
    for path in course_notebooks():
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                yield from diagrams.BLOCK.findall(cell.source)


def test_a_flowchart_is_read_with_its_labels():
    chart = flowchart.read('flowchart LR\n a["x<br/>y"] -->|"W, b"| b -.-> a\n b --> c[z]\n')
    assert chart.nodes == {"a": "x<br/>y", "b": "b", "c": "z"}
    assert [(a.start, a.end, a.label, a.dotted) for a in chart.arrows] == [
        ("a", "b", "W, b", False),
        ("b", "a", "", True),
        ("b", "c", "", False),
    ]
    assert chart.in_words() == "Flowchart: x y leads by “W, b” to b; b leads to x y; b leads to z."


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("sequenceDiagram\n a->>b: hi", "begins with 'sequenceDiagram'; the book draws 'flowchart"),
        ("flowchart LR\n a --> b{choice}", "cannot draw the diagram's line 'a --> b{choice}'"),
        ("flowchart LR\n subgraph one", "cannot draw the diagram's line 'subgraph one'"),
        ("flowchart LR\n a", "has no arrow"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_its_line(source, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        diagrams.drawn(source)


def test_no_two_boxes_of_any_diagram_touch():
    found = list(all_diagrams())
    assert len(found) > 10
    for source in found:
        chart = flowchart.read(source)
        sizes = dict.fromkeys(chart.nodes, (80.0, 40.0))
        placed = layout.place(chart, sizes, {}, (30.0, 18.0)).centres
        for one in placed:
            for other in placed:
                (x1, y1), (x2, y2) = placed[one], placed[other]
                assert one == other or abs(x1 - x2) >= 80 or abs(y1 - y2) >= 40 - 1e-6, source


def test_arrows_lead_forward_but_for_those_that_close_a_circle():
    for source in all_diagrams():
        chart = flowchart.read(source)
        rank, backward = layout.ranks(chart)
        for number, arrow in enumerate(chart.arrows):
            assert (rank[arrow.end] > rank[arrow.start]) != (number in backward)


def test_words_are_broken_so_that_letters_stay_large_and_no_label_lies_on_a_box():
    number = r'="(-?[\d.]+)"'
    for source in all_diagrams():
        chart = flowchart.read(source)
        for direction, most in (("LR", 860), ("TB", 360)):
            drawing = diagrams.fitting(chart, direction)
            assert float(re.search(f"width{number}", drawing)[1]) < most, source
            box = f"<rect x{number} y{number} width{number} height{number}"
            boxes = [tuple(map(float, found)) for found in re.findall(box, drawing)]
            for x, y in re.findall(f'class="label" x{number} y{number}', drawing):
                for left, top, wide, high in boxes:
                    inside = left < float(x) < left + wide and top < float(y) < top + high
                    assert not inside, (source, direction)


def test_an_arrow_back_leaves_on_its_own_side_and_a_chain_is_straight():
    chart = flowchart.read("flowchart LR\n a --> b --> c\n c --> step --> b\n c --> d --> e")
    sizes = dict.fromkeys(chart.nodes, (80.0, 40.0))
    placed = layout.place(chart, sizes, {}, (30.0, 18.0)).centres
    assert placed["a"][1] == placed["b"][1] == placed["c"][1]
    assert placed["step"][1] > placed["d"][1]  # arrows back run below


def test_what_lists_numbers_is_broken_between_words_only():
    assert diagrams.lines("pre-trained models<br/>13 · 14 · 15 · 16", 13) == [
        "pre-trained",
        "models",
        "13 · 14 · 15 · 16",
    ]


def test_a_drawing_holds_each_label_once_a_direction_and_is_safe():
    html = diagrams.drawn('flowchart LR\n a["1 < 2 & x"] -->|softmax| b\n')
    assert html.count(">1 &lt; 2 &amp; x<") == 2 == html.count(">softmax<")
    assert 'aria-label="Flowchart: 1 &lt; 2 &amp; x leads by' in html


def test_every_figure_says_its_title_unless_its_function_has_none():
    without = set()
    for path in course_notebooks():
        for cell in nbformat.read(path, as_version=4).cells:
            if any("image/png" in output.get("data", {}) for output in cell.get("outputs", [])):
                text = figures.alternative_text(cell.source, "Section")
                if "; its title: " not in text:
                    without.add(text.partition(";")[0].partition(" of ")[0])
    assert without == {"One text's probability", "Both losses"}


@pytest.mark.parametrize(
    "cell",
    [
        'plots.line_panels(x, y, "the words below", "One of two")',
        'plots.line_panels(x, *both, "the words below", "One of two")',
        'title, n = "One" " of two", 3\nplots.line_panels(x, y, "the words below", title, "log")',
        'plots.line_panels(x, y, "the words below", title="One of two")',
    ],
)
def test_a_title_is_found_by_its_place_its_name_or_where_it_is_assigned(cell):
    assert "numbers; its title: One of two; in" in figures.alternative_text(cell, "Measured")


def test_a_figures_text_is_what_its_function_draws_with_the_title_that_is_known():
    cell = 'x = 1\nfigure = plots.intervals(rows, f"Recall of {x} models, shown", "recall")'
    text = figures.alternative_text(cell, "Measured")
    assert text.startswith("Values with their intervals; its title: Recall of … models, shown; in")
    with pytest.raises(ValueError, match="is drawn by no function of plots"):
        figures.alternative_text("plt.plot([1])", "Measured")


def test_an_exercise_is_folded_with_or_without_its_solution():
    exercise = bank.of_notebook("04")[0]
    whole, part = (folded.below(exercise.name, solutions) for solutions in (True, False))
    assert exercise.solution.strip() in whole and exercise.shows in whole
    assert exercise.hints[1] in part and exercise.solution.strip() not in part
    assert exercise.shows not in part


def test_links_lead_to_pages_files_or_become_words():
    book = links.Links(ROOT, {"00_start_here.ipynb"}, links.PAGES)

    def made(text):
        return book.rewritten(text, "notebooks")

    assert made("[0](00_start_here.ipynb#why)") == "[0](00_start_here.ipynb#why)"
    assert made("[9](09_evaluation.ipynb)") == "9"
    assert made("[h](../helpers/README.md)") == "[h](catalogue.md)"
    assert made("[`R`](../README.md)") == '<a href="files/README.md">R</a>'
    assert made("[d](../data)") == "d"
    assert made("[w](https://x.org/a)") == "[w](https://x.org/a)"
    assert made("`[9](09_evaluation.ipynb)`") == "`[9](09_evaluation.ipynb)`"
    assert made("$f[x](texts)$") == "$f[x](texts)$"
    assert book.files == {"README.md"}


def test_terms_are_found_in_all_forms_and_once():
    cells = [
        "# 05 X\n\n## One\n\nWe count *tokens* (词元). A *token* (词元) is short.",
        "**Cleaning** (文本清洗, a habit) helps a lot when texts come from pages; cleaning costs.",
        "Cut it in four (*cross-validation*, 交叉验证). And *label smoothing (标签平滑)*.",
        "```\n*code* (代码)\n```\n\n| *table* (表格) |",
    ]
    found = {t.english: t for t in terms.terms([("05_x.ipynb", cells)])}
    assert set(found) == {"tokens", "cleaning", "cross-validation", "label smoothing"}
    assert found["cleaning"].chinese == "文本清洗" and found["tokens"].section == "One"
    assert found["cleaning"].sentence.startswith("Cleaning (文本清洗")


def said(text):
    return {t.english: t.sentence for t in terms.terms([("05_x.ipynb", [text])])}


def test_an_entry_holds_what_its_sentence_needs():
    text = "Cut it up. That is *chopping* (切碎) of wood. Then burn it."
    assert said(text) == {"chopping": "Cut it up. That is *chopping* (切碎) of wood."}
    text = "*Chopping* (切碎) helps. It makes wood short. Then burn it."
    assert said(text) == {"chopping": "*Chopping* (切碎) helps. It makes wood short."}
    text = "Take two. Its *square* (平方) is\n\n$$\\boxed{x^2}$$\n\nand so on."
    assert said(text) == {"square": "Take two. Its *square* (平方) is $x^2$"}
    text = (
        "**From one to many.** The *sum* (和) of many is what remains when they are put together."
    )
    assert said(text)["sum"].startswith("The *sum*")
    text = "Two things:\n- *one* (一个) is the first of the things that we have here;\n- another."
    assert said(text)["one"].startswith("*one*") and "another" not in said(text)["one"]
    text = "Take two. Their *sum* (和) is exact; ε is tiny:\n\n$$\\begin{aligned}a\\end{aligned}$$"
    assert said(text) == {"sum": "Take two. Their *sum* (和) is exact."}
    text = (
        "Weights are shared with *the table* (*tied weights*, 权重共享), as Press et al. (2017) do."
    )
    assert list(said(text)) == ["tied weights"] and "Press et al. (2017)" in said(text).popitem()[1]


def test_the_courses_own_terms_are_found():
    pages = [
        (p.name, [c.source for c in nbformat.read(p, as_version=4).cells if chapter.prose(c)])
        for p in course_notebooks()
    ]
    found = {term.english: term.chinese for term in terms.terms(pages)}
    assert len(found) > 150
    assert found["softmax"] == "softmax 函数" and found["fine-tuning"] == "微调"
    assert found["Jacobian matrix"] == "雅可比矩阵" and "cleaning" in found


def notebook(*cells):
    return new_notebook(cells=[new_markdown_cell("# 05 Title\n\n**Time:** 9 minutes to read")])


def test_a_chapter_names_the_cell_that_it_cannot_show_unless_it_is_a_readers_run():
    drawn = new_output("display_data", data={"image/png": "iVBORw0KGgo="})
    wrong = notebook()
    wrong.cells.append(new_code_cell("plt.plot([1])", outputs=[drawn]))
    own = links.Links(ROOT, set(), {})
    with pytest.raises(ValueError, match=r"05_title.ipynb, cell 2: the figure of the cell 'plt"):
        chapter.chapter(wrong, "05_title.ipynb", own, solutions=True)
    made = chapter.chapter(wrong, "05_title.ipynb", own, solutions=True, strict=False)
    assert made.cells[1].metadata["mystnb"]["image"]["alt"] == "Figure in the section “05 Title”"
    assert "9 min to read" in made.cells[0].source and "min to read" not in wrong.cells[0].source
