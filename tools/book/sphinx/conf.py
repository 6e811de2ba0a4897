"""Sphinx's settings for the book: pages from stored notebooks, nothing executed or fetched."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

project = "From word vectors to fine-tuning"
author = copyright = "the authors of the course; prose CC BY 4.0, code MIT"
language = "en"
html_title = os.environ.get("BOOK_TITLE", project)

extensions = ["myst_nb", "sphinx_copybutton", "book.mathematics", "book.sphinx_pages"]
nb_execution_mode = "off"
nb_render_markdown_format = "myst"  # or the tables that cells print stay raw
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_dmath_double_inline = True
myst_heading_anchors = 4
exclude_patterns = ["static"]
suppress_warnings = ["mystnb.unknown_mime_type"]

html_theme = "furo"
html_theme_options = {
    "top_of_page_buttons": [],
    "navigation_with_keys": False,  # the arrows are for scrolling
    "light_css_variables": {"color-brand-primary": "#0b5394", "color-brand-content": "#0b5394"},
    "dark_css_variables": {
        "color-brand-primary": "#8ab8f5",
        "color-brand-content": "#8ab8f5",
        "figure-filter": "brightness(0.86)",
        "figure-padding": "0.6em",
    },
}
html_math_renderer = "mathml"
html_static_path = ["static", os.environ["BOOK_MADE"]]
html_css_files = ["book.css"]
html_js_files = ["book.js"]
html_extra_path = [os.environ["BOOK_EXTRA"]]
html_copy_source = False  # each page offers its notebook instead
html_show_sphinx = False
html_use_index = False
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
