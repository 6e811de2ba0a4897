"""Published word vectors by name, opened from the files that the course fetches.

Notebook 02 opens the first ones. What can be asked of them is in ``helpers.vectors.word_vectors``.
"""

from helpers.sources import assets
from helpers.vectors import word_vectors
from helpers.vectors.word_vectors import WordVectors


def load(name: str = "glove-6b-50d") -> WordVectors:
    """Open an asset's word vectors; its files are fetched at the first use.

    Parameters
    ----------
    name
        An asset that holds vectors: ``glove-6b-50d``.

    Returns
    -------
    Vectors whose matrix is memory-mapped: numbers are read from disk when they are first used.

    Raises
    ------
    AssetError
        If there is no such asset, it can't be had, or it holds no vectors.

    >>> load().dimensions
    50
    """
    folder = assets.path(name)
    if not (folder / "vectors.npy").is_file():
        raise assets.AssetError(name, "this asset holds no word vectors", "Use 'glove-6b-50d'.")
    return word_vectors.load(folder)
