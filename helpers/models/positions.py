"""Where a token stands: sinusoidal and rotary positions.

Notebook 11 builds them. Learned positions are an ``nn.Embedding`` of the model that has them.
"""

import torch


def sinusoids(length: int, width: int, base: float = 10_000.0) -> torch.Tensor:
    """Return a fixed vector for each position, shape (length, width): sines, then cosines.

    Source: Vaswani et al. (2017), section 3.5, with the two halves side by side instead of
    interleaved, which is the same up to the order of columns.

    >>> sinusoids(2, 2).round(decimals=3).tolist()
    [[0.0, 1.0], [0.8410000205039978, 0.5400000214576721]]
    """
    angles = _angles(torch.arange(length), width, base)
    return torch.cat([angles.sin(), angles.cos()], dim=-1)


class Rotary:
    """Turns queries and keys by angles that grow with their position.

    The product of a turned query and a turned key depends on how far apart they are, not on where.
    Coordinate i of a head's first half is turned together with coordinate i of its second half,
    as Llama's published code does it.

    Parameters
    ----------
    width
        Numbers of a head; even.
    length
        Most positions.
    base
        The slowest pair takes about ``base`` positions for a radian.
    device
        Where the angles are kept: that of the model.

    Source: Su et al. (2021), RoFormer.

    >>> turn = Rotary(width=2, length=8)
    >>> turn(torch.tensor([[1.0, 0.0]]).expand(8, 2))[0].tolist()  # position 0 stays
    [1.0, 0.0]
    """

    def __init__(
        self,
        width: int,
        length: int,
        base: float = 10_000.0,
        device: torch.device | str | None = None,
    ):
        angles = _angles(torch.arange(length, device=device), width, base)
        self.width = width
        self.cos, self.sin = angles.cos(), angles.sin()  # (length, width / 2)

    def __call__(self, vectors: torch.Tensor, first: int = 0) -> torch.Tensor:
        """Turn vectors of shape (..., length, width), which begin at position ``first``."""
        length, width = vectors.shape[-2:]
        if width != self.width:
            raise ValueError(
                f"vectors have {width} numbers each; these angles are for {self.width}"
            )
        last = first + length
        if first < 0 or last > len(self.cos):
            raise ValueError(
                f"positions {first} to {last - 1} are asked for; there are 0 to "
                f"{len(self.cos) - 1}: make a Rotary of greater length, or cut the texts"
            )
        cos, sin = self.cos[first:last].to(vectors.dtype), self.sin[first:last].to(vectors.dtype)
        left, right = vectors.chunk(2, dim=-1)
        return torch.cat([left * cos - right * sin, right * cos + left * sin], dim=-1)


def _angles(positions: torch.Tensor, width: int, base: float) -> torch.Tensor:
    """Return position times frequency, shape (positions, width / 2), in radians."""
    if width < 2 or width % 2:
        raise ValueError(f"{width} numbers can't be paired; use an even width")
    pairs = torch.arange(0, width, 2, device=positions.device)
    return positions[:, None] / base ** (pairs / width)
