"""An encoder that fills in missing tokens: scores for what belongs at a place, from both sides.

Notebook 12 builds it. Which tokens are hidden is ``text.masking``'s business.
"""

import torch
from torch import nn


class MaskedLanguageModel(nn.Module):
    """BERT's head on an encoder: a layer, a normalisation, then the encoder's own table as scores.

    Parameters
    ----------
    encoder
        As ``encoder.Encoder``: called with (ids, lengths), and its table ``tokens`` also scores
        them, with a bias for each.
    epsilon
        What keeps normalising from dividing by 0.

    Source: Devlin et al. (2019), section 3.1 and appendix A.

    >>> class Alone(nn.Module):  # tokens that don't see one another, in place of an encoder
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.tokens = nn.Embedding(100, 8)
    ...
    ...     def forward(self, ids, lengths):
    ...         return self.tokens(ids)
    >>> model, lengths = MaskedLanguageModel(Alone()), torch.tensor([3, 1])
    >>> ids = torch.tensor([[5, 7, 2], [9, 0, 0]])
    >>> model(ids, lengths).shape
    torch.Size([2, 3, 100])
    >>> model(ids, lengths, places=ids == 7).shape
    torch.Size([1, 100])
    """

    def __init__(self, encoder: nn.Module, epsilon: float = 1e-12):
        super().__init__()
        vocabulary, width = encoder.tokens.weight.shape
        self.encoder = encoder
        self.layer = nn.Linear(width, width)
        self.norm = nn.LayerNorm(width, epsilon)
        self.bias = nn.Parameter(torch.zeros(vocabulary))
        nn.init.normal_(self.layer.weight, std=0.02)
        nn.init.zeros_(self.layer.bias)

    def forward(
        self, ids: torch.Tensor, lengths: torch.Tensor, places: torch.Tensor | None = None
    ) -> torch.Tensor:
        """Score every token of the vocabulary at each place.

        Parameters
        ----------
        ids, lengths
            As the encoder takes them: int64, (batch, longest) and (batch,).
        places
            True where scores are wanted, (batch, longest). Most of the work is scoring, and in
            training few places are asked for.

        Returns
        -------
        Scores, (batch, longest, vocabulary); with ``places``, (places, vocabulary), row by row.
        """
        vectors = self.encoder(ids, lengths)  # (batch, longest, width)
        if places is not None:
            if places.dtype != torch.bool or places.shape != ids.shape:
                raise ValueError(
                    f"places have shape {tuple(places.shape)} and type {places.dtype}; give True "
                    f"or False for each of the ids, {tuple(ids.shape)}"
                )
            vectors = vectors[places]  # (places, width)
        vectors = self.norm(nn.functional.gelu(self.layer(vectors)))
        return vectors @ self.encoder.tokens.weight.T + self.bias
