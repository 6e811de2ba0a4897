"""Places the boxes of a flowchart: in ranks along the arrows, few crossings, lines that pass by.

A small form of the layered drawing of Sugiyama, Tagawa and Toda (1981): arrows that close a
circle are set aside, each node's rank is its longest way from a start, arrows over several ranks
get a place to pass in each, and places are sorted and moved towards what they are joined to.
"""

from dataclasses import dataclass
from itertools import pairwise

from .flowchart import Flowchart

Size = tuple[float, float]  # along the arrows, across them


@dataclass
class Layout:
    """Centres of the nodes (along, across), and the points by which each arrow passes.

    ``backward`` holds the numbers of the arrows that lead back to an earlier rank.
    """

    centres: dict[str, tuple[float, float]]
    ways: dict[int, list[tuple[float, float]]]
    backward: set[int]


def ranks(chart: Flowchart) -> tuple[dict[str, int], set[int]]:
    """Return each node's rank, and the numbers of the arrows that lead back.

    >>> from book.flowchart import read
    >>> ranks(read("flowchart LR\\n a --> b --> c\\n c --> a"))
    ({'a': 0, 'b': 1, 'c': 2}, {2})
    """
    after: dict[str, list[tuple[int, str]]] = {node: [] for node in chart.nodes}
    for number, arrow in enumerate(chart.arrows):
        after[arrow.start].append((number, arrow.end))
    backward, done, order = set(), set(), []

    def visit(node: str, above: tuple[str, ...]) -> None:
        for number, end in after[node]:
            if end == node or end in above:
                backward.add(number)
            elif end not in done:
                visit(end, (*above, node))
        if node not in done:
            done.add(node)
            order.append(node)

    for node in chart.nodes:
        if node not in done:
            visit(node, ())
    rank = dict.fromkeys(chart.nodes, 0)
    for node in reversed(order):
        for number, end in after[node]:
            if number not in backward:
                rank[end] = max(rank[end], rank[node] + 1)
    return rank, backward


def place(chart: Flowchart, sizes: dict[str, Size], labels: dict[int, float], gap: Size) -> Layout:
    """Return where everything stands.

    Parameters
    ----------
    sizes
        Of each node, in pixels.
    labels
        Length along the arrows of each arrow's label, by the arrow's number.
    gap
        Least space between two ranks, and between two nodes of a rank.
    """
    rank, backward = ranks(chart)
    columns: list[list] = [[] for _ in range(max(rank.values()) + 1)]
    for node in chart.nodes:
        columns[rank[node]].append(node)
    joined, passing = join(chart, rank, backward, columns)
    across = {item: (sizes[item][1] if item in sizes else 8.0) for c in columns for item in c}
    returning = {chart.arrows[number].start for number in backward}
    for sweep in range(4):
        for column in columns if sweep % 2 == 0 else reversed(columns):
            order_by_neighbours(column, columns, joined, returning)
    spots = stack(columns, across, gap[1])
    for _ in range(24):
        relax(columns, joined, spots, across, gap[1])
    for column, following in reversed(list(pairwise(columns))):
        if len(column) == len(following) == 1:  # a chain is straight
            spots[column[0]] = spots[following[0]]
    along, start = [], 0.0
    for number, column in enumerate(columns):
        width = max((sizes[item][0] for item in column if item in sizes), default=0)
        along.append(start + width / 2)
        room = [
            length
            for i, length in labels.items()
            if i not in backward and rank[chart.arrows[i].start] == number
        ]
        start += width + max([gap[0], *(length + 22 for length in room)])
    centres = {node: (along[rank[node]], spots[node]) for node in chart.nodes}
    ways = {
        number: [(along[r], spots[number, r]) for r in between]
        for number, between in passing.items()
    }
    return Layout(centres, ways, backward)


def join(chart: Flowchart, rank: dict, backward: set, columns: list[list]) -> tuple[dict, dict]:
    """Add the places where long arrows pass; return who is joined to whom, and those places."""
    joined: dict = {item: [] for column in columns for item in column}
    passing = {}
    for number, arrow in enumerate(chart.arrows):
        if number in backward:
            continue
        between = list(range(rank[arrow.start] + 1, rank[arrow.end]))
        passing[number] = between
        chain = [arrow.start, *((number, r) for r in between), arrow.end]
        for r in between:
            columns[r].append((number, r))
            joined[number, r] = []
        for one, other in pairwise(chain):
            joined[one].append(other)
            joined[other].append(one)
    return joined, passing


def order_by_neighbours(column: list, columns: list[list], joined: dict, last: set) -> None:
    """Sort a rank by the mean place of what each is joined to.

    Those in ``last`` come last: on that side arrows back leave, and would pass behind others.
    """
    places = {item: i - len(c) / 2 for c in columns for i, item in enumerate(c)}

    def mean(item) -> float:
        near = [places[other] for other in joined[item] if other not in column]
        return sum(near) / len(near) if near else places[item]

    column.sort(key=lambda item: (item in last, mean(item)))


def stack(columns: list[list], across: dict, gap: float) -> dict:
    """Return first places across: each rank stacked around the middle."""
    spots = {}
    for column in columns:
        at = -(sum(across[item] for item in column) + gap * (len(column) - 1)) / 2
        for item in column:
            spots[item] = at + across[item] / 2
            at += across[item] + gap
    return spots


def relax(columns: list[list], joined: dict, spots: dict, across: dict, gap: float) -> None:
    """Move each towards the mean of what it is joined to, as far as its rank has room."""
    for column in columns:
        wanted = [
            sum(spots[o] for o in joined[item]) / len(joined[item]) if joined[item] else spots[item]
            for item in column
        ]
        at = []
        for item, want in zip(column, wanted, strict=True):
            least = at[-1][0] + at[-1][1] + across[item] / 2 + gap if at else want
            at.append((max(want, least), across[item] / 2))
        shift = sum(want - spot for want, (spot, _) in zip(wanted, at, strict=True)) / len(column)
        for item, (spot, _) in zip(column, at, strict=True):
            spots[item] = spot + shift
