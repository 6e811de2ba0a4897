"""Draws a Mermaid flowchart as inline SVG, in the page's own colours, at build time.

No script is needed to see it, it follows light and dark, and its text can be found and selected.
Each diagram is drawn twice, along the line for wide screens and downwards for narrow ones; the
style sheet shows one. Reading is flowchart.py's job, placing layout.py's.
"""

import html
import re
import unicodedata
from itertools import pairwise

from .flowchart import Arrow, Flowchart, read
from .layout import Layout, place

SIZE = 15.0  # pixels of the letters
LINE = 20.0
WRAP = 24  # letters after which a label goes on in the next line
BLOCK = re.compile(r"^```mermaid\n(.*?)^```[ \t]*$", re.DOTALL | re.MULTILINE)


def drawn(source: str) -> str:
    """Return the HTML of a Mermaid block: a figure with the wide and the narrow drawing."""
    chart = read(source)
    wide, narrow = svg(chart, chart.direction), svg(chart, "TB")
    both = f'<div class="for-wide">{wide}</div><div class="for-narrow">{narrow}</div>'
    return f'<figure class="diagram">{both}</figure>'


def replace_blocks(markdown: str) -> str:
    """Return Markdown with each Mermaid block drawn."""
    return BLOCK.sub(lambda found: f"\n{drawn(found[1])}\n", markdown)


def width(text: str, size: float = SIZE) -> float:
    """Return about how wide a line of text is in a sans-serif font, in pixels.

    >>> width("词向量") > width("abc")
    True
    """
    wide = {"W": 1.02, "F": 1.02, "A": 0.6}
    letters = (wide.get(unicodedata.east_asian_width(letter), 0.54) for letter in text)
    return size * sum(letters)


def lines(label: str) -> list[str]:
    """Return a label's lines, long ones broken between words."""
    out: list[str] = []
    for part in re.split(r"<br\s*/?>", label):
        line = ""
        for word in part.split():
            if line and len(line) + 1 + len(word) > WRAP:
                out.append(line)
                line = word
            else:
                line = f"{line} {word}".strip()
        out.append(line)
    return out


def svg(chart: Flowchart, direction: str) -> str:
    """Return one drawing, ``LR`` or ``TB``, as an SVG element with its text in words."""
    texts = {node: lines(label) for node, label in chart.nodes.items()}
    boxes = {
        node: (max(map(width, text)) + 24, LINE * len(text) + 16) for node, text in texts.items()
    }
    across = direction == "TB"
    sizes = {n: (h, w) if across else (w, h) for n, (w, h) in boxes.items()}
    if across:
        make_room_for_labels(chart, sizes)
    labelled = {i: a.label for i, a in enumerate(chart.arrows) if a.label}
    labels = {i: LINE + 4 if across else width(text, 13) for i, text in labelled.items()}
    layout = place(chart, sizes, labels, (30.0, 18.0))
    if across:
        turn(layout)
    parts = [edge(chart, layout, boxes, i, arrow, across) for i, arrow in enumerate(chart.arrows)]
    parts += [box(texts[node], layout.centres[node], boxes[node]) for node in chart.nodes]
    parts += [label(chart, layout, boxes, i, across) for i in labelled]
    left, top, right, bottom = frame(chart, layout, boxes, across)
    said = html.escape(chart.in_words(), quote=True)
    return (
        f'<svg role="img" aria-label="{said}" width="{right - left:.0f}" '
        f'height="{bottom - top:.0f}" viewBox="{left:.0f} {top:.0f} {right - left:.0f} '
        f'{bottom - top:.0f}" xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'
    )


def make_room_for_labels(chart: Flowchart, sizes: dict) -> None:
    """Let nodes that a labelled fan of arrows reaches stand far enough apart for the labels."""
    for arrow in chart.arrows:
        fan = [a for a in chart.arrows if a.start == arrow.start and a.label]
        if arrow.label and len(fan) > 1:
            along, wide = sizes[arrow.end]
            sizes[arrow.end] = (along, max(wide, 1.7 * width(arrow.label, 13)))


def turn(layout: Layout) -> None:
    """Let the ranks run downwards."""
    layout.centres.update({n: (y, x) for n, (x, y) in layout.centres.items()})
    layout.ways.update({i: [(y, x) for x, y in way] for i, way in layout.ways.items()})


def box(text: list[str], centre: tuple[float, float], size: tuple[float, float]) -> str:
    """Return a node: a rounded box with centred lines."""
    (x, y), (w, h) = centre, size
    first = y - LINE * (len(text) - 1) / 2
    words = "".join(
        f'<text x="{x:.1f}" y="{first + LINE * i:.1f}" dy="0.35em">{html.escape(line)}</text>'
        for i, line in enumerate(text)
    )
    rect = (
        f'<rect x="{x - w / 2:.1f}" y="{y - h / 2:.1f}" width="{w:.1f}" height="{h:.1f}" rx="6"/>'
    )
    return f'<g class="node">{rect}{words}</g>'


def edge(
    chart: Flowchart, layout: Layout, boxes: dict, number: int, arrow: Arrow, across: bool
) -> str:
    """Return an arrow: a smooth line with its head."""
    points, controls = course(layout, boxes, number, arrow, across)
    way = "M{:.1f},{:.1f}".format(*points[0])
    for pair, end in zip(controls, points[1:], strict=True):
        way += "C" + " ".join(f"{x:.1f},{y:.1f}" for x, y in (*pair, end))
    heading = (0, 1) if across else (1, 0)
    if number in layout.backward:
        heading = (-1, 0) if across else (0, -1)
    kind = "edge dotted" if arrow.dotted else "edge"
    return f'<g class="{kind}"><path d="{way}"/>{head(points[-1], heading)}</g>'


def label(chart: Flowchart, layout: Layout, boxes: dict, number: int, across: bool) -> str:
    """Return the label of an arrow, in the middle of its first part."""
    arrow = chart.arrows[number]
    points, controls = course(layout, boxes, number, arrow, across)
    four = zip(points[0], *controls[0], points[1], strict=True)
    x, y = (a / 8 + 3 * b / 8 + 3 * c / 8 + d / 8 for a, b, c, d in four)
    words = html.escape(arrow.label)
    return f'<text class="label" x="{x:.1f}" y="{y:.1f}" dy="0.35em">{words}</text>'


def course(
    layout: Layout, boxes: dict, number: int, arrow: Arrow, across: bool
) -> tuple[list, list]:
    """Return the points of an arrow, and for each part of it the two points it is drawn towards."""
    points = route(layout, boxes, number, arrow, across)
    if number in layout.backward:
        far = bend(layout, boxes, arrow, across)
        return points, [[(far, y) if across else (x, far) for x, y in points]]
    controls = []
    for (x1, y1), (x2, y2) in pairwise(points):
        x, y = (x1 + x2) / 2, (y1 + y2) / 2
        controls.append([(x1, y), (x2, y)] if across else [(x, y1), (x, y2)])
    return points, controls


def route(layout: Layout, boxes: dict, number: int, arrow: Arrow, across: bool) -> list:
    """Return the points of an arrow, from the border of its first box to that of its last."""
    (x1, y1), (x2, y2) = layout.centres[arrow.start], layout.centres[arrow.end]
    (w1, h1), (w2, h2) = boxes[arrow.start], boxes[arrow.end]
    if number in layout.backward:
        if across:
            return [(x1 + w1 / 2, y1), (x2 + w2 / 2 + 2, y2)]
        return [(x1, y1 + h1 / 2), (x2, y2 + h2 / 2 + 2)]
    between = layout.ways.get(number, [])
    if across:
        return [(x1, y1 + h1 / 2), *between, (x2, y2 - h2 / 2 - 2)]
    return [(x1 + w1 / 2, y1), *between, (x2 - w2 / 2 - 2, y2)]


def bend(layout: Layout, boxes: dict, arrow: Arrow, across: bool) -> float:
    """Return how far out an arrow back must aim to pass beside all the boxes between."""
    along, other = (1, 0) if across else (0, 1)
    ends = sorted(layout.centres[node][along] for node in (arrow.start, arrow.end))
    between = [n for n, c in layout.centres.items() if ends[0] - 1 <= c[along] <= ends[1] + 1]
    sides = [layout.centres[n][other] + boxes[n][other] / 2 for n in between]
    near = [layout.centres[n][other] + boxes[n][other] / 2 for n in (arrow.start, arrow.end)]
    return sum(near) / 2 + (max(sides) + 20 - sum(near) / 2) / 0.75  # a cubic gets 3/4 of the way


def head(tip: tuple[float, float], heading: tuple[int, int]) -> str:
    """Return an arrow's head, a triangle at ``tip``."""
    (x, y), (dx, dy) = tip, heading
    corners = [(x, y), (x - 9 * dx - 4.5 * dy, y - 9 * dy - 4.5 * dx)]
    corners.append((x - 9 * dx + 4.5 * dy, y - 9 * dy + 4.5 * dx))
    return f'<polygon points="{" ".join(f"{a:.1f},{b:.1f}" for a, b in corners)}"/>'


def frame(chart: Flowchart, layout: Layout, boxes: dict, across: bool) -> tuple:
    """Return left, top, right and bottom of the drawing, arcs and labels included."""
    xs, ys = [], []
    for node, (x, y) in layout.centres.items():
        w, h = boxes[node]
        xs += [x - w / 2, x + w / 2]
        ys += [y - h / 2, y + h / 2]
    right, bottom = max(xs), max(ys)
    for i in layout.backward:
        arrow = chart.arrows[i]
        far = bend(layout, boxes, arrow, across)
        if across:
            right = max(right, far + (width(arrow.label, 13) / 2 if arrow.label else 0))
        else:
            bottom = max(bottom, far + (4 if arrow.label else 0))
    if across:  # labels beside a narrow column
        half = max([width(a.label, 13) / 2 for a in chart.arrows if a.label], default=0)
        middle = (min(xs) + max(xs)) / 2
        xs.append(middle - half)
        right = max(right, middle + half)
    return min(xs) - 3, min(ys) - 3, right + 3, bottom + 3
