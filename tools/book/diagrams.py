"""Draws a Mermaid flowchart as inline SVG, in the page's own colours, at build time.

No script is needed to see it, it follows light and dark, and its text can be found and selected.
Each diagram is drawn twice, along the line for wide screens and downwards for narrow ones; the
style sheet shows one. Words are broken into shorter lines until a drawing fits its column, so that
its letters stay as large as the text's. Reading is flowchart.py's job, placing layout.py's.
"""

import html
import itertools
import re
import unicodedata

from .flowchart import Arrow, Flowchart, read
from .layout import Layout, place

SIZE, SMALL = 15.0, 13.0  # pixels of the letters, in boxes and on arrows
LINE = 20.0
WRAPS = (24, 17, 13)  # letters after which a label goes on in the next line: the first that fits
ROOM = {"LR": 800.0, "TB": 360.0}  # pixels: a little more than a page's text is wide; a phone
BLOCK = re.compile(r"^```mermaid\n(.*?)^```[ \t]*$", re.DOTALL | re.MULTILINE)


def drawn(source: str) -> str:
    """Return the HTML of a Mermaid block: a figure with the wide and the narrow drawing."""
    chart = read(source)
    wide, narrow = fitting(chart, chart.direction), fitting(chart, "TB")
    both = f'<div class="for-wide">{wide}</div><div class="for-narrow">{narrow}</div>'
    return f'<figure class="diagram">{both}</figure>'


def fitting(chart: Flowchart, direction: str) -> str:
    """Return the drawing with the longest lines that are narrow enough, or the narrowest one.

    The heads of arrows have room beside their labels, unless no such drawing is narrow enough.
    """
    for beside, wrap in itertools.product((22.0, 0.0), WRAPS):
        drawing = svg(chart, direction, wrap, beside)
        if float(re.search(r' width="(\d+)"', drawing)[1]) <= ROOM[direction]:
            break
    return drawing


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


def lines(label: str, wrap: int) -> list[str]:
    """Return a label's lines, those of over ``wrap`` letters broken between words."""
    out: list[str] = []
    for part in re.split(r"<br\s*/?>", label):
        line = ""
        for word in re.split(r"(?<!·)\s+(?!·)", part.strip()):
            if line and len(line) + 1 + len(word) > wrap:
                out.append(line)
                line = word
            else:
                line = f"{line} {word}".strip()
        out.append(line)
    return out


def svg(chart: Flowchart, direction: str, wrap: int = WRAPS[0], beside: float = 0.0) -> str:
    """Return one drawing, ``LR`` or ``TB``, as an SVG element with its text in words.

    Parameters
    ----------
    beside
        Pixels between boxes that an arrow gets beyond its label's width, in ``LR``.
    """
    texts = {node: lines(label, wrap) for node, label in chart.nodes.items()}
    boxes = {
        node: (max(map(width, text)) + 24, LINE * len(text) + 16) for node, text in texts.items()
    }
    across = direction == "TB"
    sizes = {n: (h, w) if across else (w, h) for n, (w, h) in boxes.items()}
    if across:
        make_room_for_labels(chart, sizes)
    labelled = {i: lines(a.label, max(wrap, 15)) for i, a in enumerate(chart.arrows) if a.label}
    labels = {
        i: LINE * len(text) + 4 if across else label_width(text) + beside
        for i, text in labelled.items()
    }
    layout = place(chart, sizes, labels, (30.0, 18.0))
    if across:
        turn(layout)
    parts = [edge(chart, layout, boxes, i, arrow, across) for i, arrow in enumerate(chart.arrows)]
    parts += [box(texts[node], layout.centres[node], boxes[node]) for node in chart.nodes]
    parts += [label(chart, layout, boxes, i, text, across) for i, text in labelled.items()]
    left, top, right, bottom = frame(chart, layout, boxes, labelled, across)
    said = html.escape(chart.in_words(), quote=True)
    return (
        f'<svg role="img" aria-label="{said}" width="{right - left:.0f}" '
        f'height="{bottom - top:.0f}" viewBox="{left:.0f} {top:.0f} {right - left:.0f} '
        f'{bottom - top:.0f}" xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'
    )


def make_room_for_labels(chart: Flowchart, sizes: dict) -> None:
    """Let nodes that a labelled fan of arrows reaches stand far enough apart for the labels."""
    for arrow in chart.arrows:
        if len(fan(chart, arrow)) > 1:
            along, wide = sizes[arrow.end]
            sizes[arrow.end] = (along, max(wide, 1.3 * width(arrow.label, SMALL)))


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


def label(
    chart: Flowchart, layout: Layout, boxes: dict, number: int, text: list[str], across: bool
) -> str:
    """Return the label of an arrow, its lines around its place."""
    x, y = label_place(chart, layout, boxes, number, text, across)
    first = y - (SMALL + 3) * (len(text) - 1) / 2
    return "".join(
        f'<text class="label" x="{x:.1f}" y="{first + (SMALL + 3) * i:.1f}" dy="0.35em">'
        f"{html.escape(line)}</text>"
        for i, line in enumerate(text)
    )


def label_place(
    chart: Flowchart, layout: Layout, boxes: dict, number: int, text: list[str], across: bool
) -> tuple[float, float]:
    """Return the middle of an arrow's label: that of the arrow's first part.

    Downwards, labels of arrows that fan out lie nearer to the ends, where there is more room, and
    that of an arrow back lies beside the boxes.
    """
    arrow = chart.arrows[number]
    points, controls = course(layout, boxes, number, arrow, across)
    at = 0.7 if across and len(fan(chart, arrow)) > 1 else 0.5
    shares = ((1 - at) ** 3, 3 * at * (1 - at) ** 2, 3 * at**2 * (1 - at), at**3)
    four = zip(points[0], *controls[0], points[1], strict=True)
    x, y = (sum(s * c for s, c in zip(shares, along, strict=True)) for along in four)
    if across and number in layout.backward:
        x = max(x, beside(layout, boxes, arrow, across) + 6 + label_width(text) / 2)
    return x, y


def label_width(text: list[str]) -> float:
    """Return how wide the lines of an arrow's label are."""
    return max(width(line, SMALL) for line in text)


def fan(chart: Flowchart, arrow: Arrow) -> list[Arrow]:
    """Return the labelled arrows that leave the node where this one does, if it is labelled."""
    return [a for a in chart.arrows if arrow.label and a.label and a.start == arrow.start]


def course(
    layout: Layout, boxes: dict, number: int, arrow: Arrow, across: bool
) -> tuple[list, list]:
    """Return the points of an arrow, and for each part of it the two points it is drawn towards."""
    points = route(layout, boxes, number, arrow, across)
    if number in layout.backward:
        far = bend(layout, boxes, arrow, across)
        return points, [[(far, y) if across else (x, far) for x, y in points]]
    controls = []
    for (x1, y1), (x2, y2) in itertools.pairwise(points):
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
    other = 0 if across else 1
    ends = (arrow.start, arrow.end)
    near = sum(layout.centres[n][other] + boxes[n][other] / 2 for n in ends) / 2
    far = beside(layout, boxes, arrow, across) + 20
    return near + (far - near) / 0.75  # a cubic gets 3/4 of the way


def beside(layout: Layout, boxes: dict, arrow: Arrow, across: bool) -> float:
    """Return where the boxes end that an arrow back passes, its own two included."""
    along, other = (1, 0) if across else (0, 1)
    ends = sorted(layout.centres[node][along] for node in (arrow.start, arrow.end))
    between = [n for n, c in layout.centres.items() if ends[0] - 1 <= c[along] <= ends[1] + 1]
    return max(layout.centres[n][other] + boxes[n][other] / 2 for n in between)


def head(tip: tuple[float, float], heading: tuple[int, int]) -> str:
    """Return an arrow's head, a triangle at ``tip``."""
    (x, y), (dx, dy) = tip, heading
    corners = [(x, y), (x - 9 * dx - 4.5 * dy, y - 9 * dy - 4.5 * dx)]
    corners.append((x - 9 * dx + 4.5 * dy, y - 9 * dy + 4.5 * dx))
    return f'<polygon points="{" ".join(f"{a:.1f},{b:.1f}" for a, b in corners)}"/>'


def frame(
    chart: Flowchart, layout: Layout, boxes: dict, labelled: dict[int, list[str]], across: bool
) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of the drawing, arcs and labels included."""
    xs, ys = [], []
    for node, (x, y) in layout.centres.items():
        w, h = boxes[node]
        xs += [x - w / 2, x + w / 2]
        ys += [y - h / 2, y + h / 2]
    for number, text in labelled.items():
        x, y = label_place(chart, layout, boxes, number, text, across)
        w, h = label_width(text), (SMALL + 3) * len(text)
        xs += [x - w / 2, x + w / 2]
        ys += [y - h / 2, y + h / 2]
    for number in layout.backward:
        far = beside(layout, boxes, chart.arrows[number], across) + 20
        (xs if across else ys).append(far)
    return min(xs) - 3, min(ys) - 3, max(xs) + 3, max(ys) + 3
