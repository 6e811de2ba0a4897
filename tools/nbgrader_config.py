"""The course's settings for nbgrader; `make assignments` lays a copy beside the assignments."""

import warnings
from pathlib import Path

c = get_config()  # noqa: F821 (nbgrader defines it)
c.CourseDirectory.root = str(Path(__file__).parent)  # so the folder may be copied elsewhere
c.CourseDirectory.course_id = "word-vectors-to-fine-tuning"
# The starter stands above the solution, so nothing has to take the solution's place.
c.ClearSolutions.code_stub = {"python": ""}
# A test that a learner deleted comes back; one that was changed does so anyway.
c.OverwriteCells.add_missing_cells = True
# Seconds that one cell may take before it is stopped and the next one runs.
c.Execute.timeout = 60
c.Execute.extra_arguments = ["--HistoryManager.hist_file=:memory:", "--IPKernelApp.log_level=40"]
# nbgrader's own use of its database and of cells' ids makes its libraries warn at every hand-in.
warnings.filterwarnings("ignore", module=r"nbgrader\.|nbformat\.")
# What learning platforms call the files that they give out together: NAME_…exercises-04.ipynb
c.FileNameCollectorPlugin.named_regexp = (
    r".*[\\/](?P<student_id>[^_\\/]+)_(?:.*_)?(?P<file_id>exercises-\d\d)\.ipynb"
)
