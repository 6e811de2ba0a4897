"""The static book: notebooks and the project's own pages made into a Sphinx source folder.

tools/build_book.py puts the pieces together. Each module knows one thing: diagrams, mathematics,
figures, exercises, links, terms, own pages.
"""
