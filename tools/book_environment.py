"""An environment with Sphinx and what else `make book` needs, beside the course's packages."""

from own_environment import OwnEnvironment

BOOK = OwnEnvironment("book-tools", "book", "the book's tools", "118 MB of disk")
ready, is_whole, python_of = BOOK.ready, BOOK.is_whole, BOOK.python_of
