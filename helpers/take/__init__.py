"""Take a piece of the course into a project of your own: ``python -m helpers.take``.

``python -m helpers.take vectors.word_vectors --into FOLDER`` copies the piece and every helper
file that it needs. FOLDER becomes a package: all files lie side by side in it and import each
other relatively (``from .nearest import unit``), so it works wherever it is put, also inside a
larger package, and none of its names can meet a package of yours. A script beside FOLDER writes
``from FOLDER.word_vectors import WordVectors``; a script inside FOLDER can't, as always with
relative imports. Where two rooms have a file of one name, that of ``plots`` gets its room in
front (``plots_word_vectors.py``). Standard library only, so it needs no set-up.
"""
