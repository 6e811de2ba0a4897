"""The pages that are no notebook: cover, ladder, glossary, catalogue and the teacher's page.

Each is made from what the project already has (README, notebook 00's map, data/ladder.csv, the
terms in the notebooks, helpers/README.md, notebooks/TEACHING.md), so none can fall behind.
"""

import csv
import html
import re
from pathlib import Path

import nbformat
from myst_parser.slugs import github_slugify

from . import diagrams, flowchart
from .chapter import Facts
from .links import Links
from .terms import Term

QUESTION = re.compile(r"^\| \[(\d\d) [^|]*\]\([^)]*\) \| (.+?) \|$", re.MULTILINE)
NAMES = {"reuters-r8": "Reuters R8", "reuters-r52": "Reuters R52"}


def the_map(start: nbformat.NotebookNode) -> str:
    """Return the Mermaid text of notebook 00's map of the course.

    Raises
    ------
    ValueError
        If no diagram there names notebooks by their numbers.
    """
    for cell in start.cells:
        for block in diagrams.BLOCK.findall(cell.source):
            if len(re.findall(r"\b\d\d · \d\d\b", block)) > 1:
                return block
    raise ValueError("notebook 00 has no diagram that names the parts with their notebooks")


def parts(start: nbformat.NotebookNode, numbers: list[str]) -> dict[str, list[str]]:
    """Return the parts of the course with the numbers of their notebooks, from the map.

    Notebook 00 comes first, alone; notebooks that the map doesn't name come last.
    """
    found = {"To begin": ["00"]}
    for label in flowchart.read(the_map(start)).nodes.values():
        english, chinese, *rest = re.split(r"<br\s*/?>", label)
        inside = re.findall(r"\d\d", " ".join(rest))
        found[f"{english[0].upper()}{english[1:]} · {chinese}"] = inside
    named = {number for inside in found.values() for number in inside}
    found["More"] = [number for number in numbers if number not in named]
    return {
        part: [number for number in inside if number in numbers]
        for part, inside in found.items()
        if set(inside) & set(numbers)
    }


def cover(root: Path, start: nbformat.NotebookNode, known: dict[str, Facts], links: Links) -> str:
    """Return the cover: the promise, the map, the parts with their chapters, and how to run them.

    ``known`` holds the facts of each chapter by the notebook's file name.
    """
    readme = (root / "README.md").read_text(encoding="utf-8").split("\n")
    promise = next(line for line in readme[1:] if line.strip())
    names = {facts.number: name for name, facts in known.items()}
    questions = dict(pair for cell in start.cells for pair in QUESTION.findall(cell.source)) | {
        "00": "What will you see, and how do you use a notebook?"
    }
    reading = sum(facts.reading or 0 for facts in known.values())
    practice = sum(facts.exercises or 0 for facts in known.values())
    english, _, chinese = readme[0].partition(" · ")
    text = [
        english,
        f'<p class="subtitle" lang="zh">{chinese}</p>',
        promise,
        f"This book shows all {len(known)} notebooks with their results: about "
        f"{reading / 60:.0f} hours of reading and {practice / 60:.0f} of exercises. Everything on "
        "these pages can be run, but not here: see [below](#run).",
        "## The map",
        diagrams.drawn(the_map(start)),
        "## The chapters",
    ]
    inside = parts(start, sorted(names))
    for part, numbers in inside.items():
        rows = [row(known[names[number]], names[number], questions) for number in numbers]
        text += [f"### {part}", f'<ol class="chapters">{"".join(rows)}</ol>']
    text += [
        "(run)=\n## To run it yourself",
        "A page shows what its notebook's cells printed when they last ran. To run them, to change "
        "them and to have your answers checked, you need the course's folder, with its code and "
        "data. With Python 3.11 or newer, pip and make, this sets it up and opens notebook 00:",
        "```\nmake lab\n```",
        links.rewritten(
            "[The README](README.md) tells how to do without make, how long things take and how "
            "much room they need. A notebook that you download from a chapter belongs in the "
            "folder `notebooks` of the course: it uses the code beside it. Only its cell *Take it "
            "with you* runs anywhere.",
            ".",
        ),
        "## Beside the chapters",
        "- [The ladder](ladder.md): the same news, classified by every method of the course\n"
        "- [Glossary](glossary.md): the key terms in English and Chinese (术语表)\n"
        "- [The pieces](catalogue.md): what the notebooks build, to take into a project of yours\n"
        "- [For teachers](teaching.md): plans with minutes, and exercises that grade themselves",
    ]
    for part, numbers in inside.items():
        text.append(tree(part, [names[number].removesuffix(".ipynb") for number in numbers]))
    text.append(tree("Beside the chapters", ["ladder", "glossary", "catalogue", "teaching"]))
    return "\n\n".join(text) + "\n"


def row(facts: Facts, name: str, questions: dict[str, str]) -> str:
    """Return a chapter's entry on the cover, as HTML."""
    page = name.removesuffix(".ipynb") + ".html"
    said = [(facts.reading, "min to read"), (facts.exercises, "min of exercises")]
    minutes = ", ".join(f"{number} {words}" for number, words in said if number)
    question = html.escape(questions.get(facts.number, ""))
    return (
        f'<li><a href="{page}">{facts.number} {html.escape(facts.title)}</a>'
        f"<span>{question}</span><small>{minutes}</small></li>"
    )


def tree(caption: str, pages: list[str]) -> str:
    """Return a part of the sidebar."""
    inside = "\n".join(pages)
    return f"```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{inside}\n```"


def ladder(root: Path, folder: Path, links: Links) -> str:
    """Return the page of the ladder; draw its pictures into ``folder``."""
    import matplotlib

    matplotlib.use("Agg")
    from helpers import plots

    plots.use_style()
    with (root / "data" / "ladder.csv").open(encoding="utf-8", newline="") as file:
        rungs = sorted(csv.DictReader(file), key=lambda rung: float(rung["accuracy"]))
    text = [
        "# The ladder",
        "The same news is classified again and again, each time with the tool that a notebook has "
        "just built. Each result is one rung: a single run, scored on the test part, which chose "
        "nothing. Times are those of the machine named below the table.",
    ]
    for corpus in dict.fromkeys(rung["corpus"] for rung in rungs):
        here = [rung for rung in rungs if rung["corpus"] == corpus]
        name = NAMES.get(corpus, corpus)
        methods = [rung["method"] for rung in here]
        accuracies = [float(rung["accuracy"]) for rung in here]
        figure = plots.ladder(methods, accuracies, f"{name}, test part: errors")
        figure.savefig(folder / f"ladder-{corpus}.png", dpi=130)
        said = ", ".join(
            f"{m} {100 * (1 - a):.1f} %" for m, a in zip(methods, accuracies, strict=True)
        )
        alt = f"Errors on the test part of {name}: {said}"
        text += [f"## {name}", f'```{{image}} ladder-{corpus}.png\n:alt: "{alt}"\n```']
        text.append(links.rewritten(table(here, links), "notebooks"))
        text.append(f"*Machine: {', '.join(dict.fromkeys(rung['machine'] for rung in here))}.*")
    return "\n\n".join(text) + "\n"


def table(rungs: list[dict], links: Links) -> str:
    """Return rungs as a Markdown table."""
    names = {name[:2]: name for name in links.notebooks}
    rows = [
        "| method | accuracy | macro F1 | parameters | training, s | model, MB | notebook |",
        "| --- | --: | --: | --: | --: | --: | --- |",
    ]
    for rung in rungs:
        number = rung["notebook"]
        link = f"[{number}]({names[number]})" if number in names else number
        shares = f"{float(rung['accuracy']):.1%} | {float(rung['macro_f1']):.3f}"
        size = f"{int(rung['parameters']):,} | {float(rung['seconds']):,.1f}"
        mega = f"{float(rung['megabytes']):.1f}"
        rows.append(f"| {rung['method']} | {shares} | {size} | {mega} | {link} |")
    return "\n".join(rows)


def glossary(terms: list[Term]) -> str:
    """Return the glossary: English first with its sentence, then the list by the Chinese."""
    text = [
        "# Glossary",
        f"The {len(terms)} key terms of the course, each with the Chinese term (中文), the words "
        "that introduce it, and the chapter they come from. The [second table](#chinese) is sorted "
        "by the Chinese.",
        "## English",
        "| term | 中文 | introduced as | chapter |\n| --- | --- | --- | --- |",
    ]
    text[-1] += "".join(
        f"\n| {t.english} | {zh(t.chinese)} | {cell(t.sentence)} | {where(t)} |" for t in terms
    )
    text += ["(chinese)=\n## 中文 (Chinese)", "| 中文 | English | chapter |\n| --- | --- | --- |"]
    text[-1] += "".join(
        f"\n| {zh(t.chinese)} | {t.english} | {where(t)} |"
        for t in sorted(terms, key=lambda t: t.chinese.encode("gb18030"))  # mostly by the sound
    )
    return "\n\n".join(text) + "\n"


def where(term: Term) -> str:
    """Return a link to the section that introduces a term."""
    words = re.sub(r"\$[^$]*\$|[`*]", "", term.section)
    return f"[{term.page[:2]}]({term.page}#{github_slugify(words)})"


def zh(words: str) -> str:
    """Return Chinese words marked as such, for browsers and screen readers."""
    return f'<span lang="zh">{words}</span>'


def cell(sentence: str) -> str:
    """Return a sentence that may stand in a table: short, its bars escaped."""
    return re.sub(r"(?<!\\)\|", r"\\|", sentence)


def catalogue(root: Path, links: Links) -> str:
    """Return the catalogue of the helpers."""
    return links.rewritten((root / "helpers" / "README.md").read_text(encoding="utf-8"), "helpers")


def teaching(root: Path, links: Links) -> str:
    """Return the teacher's page."""
    page = (root / "notebooks" / "TEACHING.md").read_text(encoding="utf-8")
    return links.rewritten(page, "notebooks")
