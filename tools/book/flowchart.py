"""Reads a Mermaid flowchart: the nodes with their labels, and the arrows between them.

Only what the course's diagrams use; anything else is refused with its line. Knows nothing of
how a diagram looks: see layout.py and diagrams.py.
"""

import re
from dataclasses import dataclass, field

NODE = re.compile(
    r"\s*([A-Za-z]\w*)\s*(?:\[\"(.*?)\"\]|\[([^\]\"]*)\]|\(\"(.*?)\"\)|\(([^)\"]*)\))?"
)
ARROW = re.compile(r"\s*(-->|-\.->|==>|---)\s*(?:\|\"?(.*?)\"?\|)?")
LOOKS = re.compile(r"\s*(linkStyle|classDef|class|style)\b|\s*%%")  # the book has its own look


@dataclass(frozen=True)
class Arrow:
    """From a node to another, by their ids; ``dotted`` for what flows back."""

    start: str
    end: str
    label: str = ""
    dotted: bool = False


@dataclass
class Flowchart:
    """Labels by the nodes' ids, in the order of their first mention, and the arrows."""

    direction: str
    nodes: dict[str, str] = field(default_factory=dict)
    arrows: list[Arrow] = field(default_factory=list)

    def in_words(self) -> str:
        """Return what the diagram says, for those who hear the page.

        >>> read("flowchart LR\\n a[text] -->|cut| b[tokens]").in_words()
        'Flowchart: text leads by “cut” to tokens.'
        """
        said = []
        for arrow in self.arrows:
            by = f" by “{arrow.label}”" if arrow.label else ""
            said.append(f"{self.plain(arrow.start)} leads{by} to {self.plain(arrow.end)}")
        return f"Flowchart: {'; '.join(said)}."

    def plain(self, node: str) -> str:
        """Return a node's label on one line."""
        return re.sub(r"\s*<br\s*/?>\s*", " ", self.nodes[node]).strip()


def read(source: str) -> Flowchart:
    """Read the text of a Mermaid block.

    Raises
    ------
    ValueError
        If it is no flowchart, or a line holds what is not known here; the message quotes it.
    """
    lines = [line for line in source.strip().splitlines() if line.strip()]
    head = re.fullmatch(r"\s*(?:flowchart|graph)\s+(LR|TD|TB)\s*", lines[0] if lines else "")
    if not head:
        first = lines[0].strip() if lines else "nothing"
        raise ValueError(
            f"a diagram begins with {first!r}; the book draws 'flowchart LR' and 'flowchart TD'"
        )
    chart = Flowchart("LR" if head[1] == "LR" else "TB")
    for line in lines[1:]:
        if not LOOKS.match(line):
            read_line(chart, line)
    if not chart.arrows:
        raise ValueError(f"the diagram {source.strip()[:60]!r} has no arrow")
    return chart


def read_line(chart: Flowchart, line: str) -> None:
    """Add one line, ``a --> b -->|label| c``, to the chart."""
    found, at = NODE.match(line), 0
    start = None
    label, dotted = "", False
    while found:
        node = found[1]
        text = next((part for part in found.groups()[1:] if part is not None), None)
        if text is not None or node not in chart.nodes:
            chart.nodes[node] = text if text is not None else node
        if start is not None:
            chart.arrows.append(Arrow(start, node, label, dotted))
        at = found.end()
        arrow = ARROW.match(line, at)
        if not arrow:
            break
        start, label, dotted = node, (arrow[2] or "").strip(), arrow[1] == "-.->"
        at = arrow.end()
        found = NODE.match(line, at)
    if not found or line[at:].strip().rstrip(";"):
        raise ValueError(f"the book cannot draw the diagram's line {line.strip()!r}")
