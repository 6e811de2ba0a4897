"""An environment with nbgrader, for `make assignments` and its test.

Apart from the course's own, so that a learner's JupyterLab gets no teacher's menus. It sees the
course's packages, so notebooks are graded by the same versions that the learners have.
"""

from pathlib import Path

import setup_environment as setup
from own_environment import OwnEnvironment

GRADING = OwnEnvironment("grading", "teaching", "the grading", "about 140 MB")
python_of = GRADING.python_of


def ready(root: Path, course: Path) -> Path:
    """Return the Python of the grading environment; make it first if it is not there, whole."""
    return GRADING.ready(root, course, finish=add_kernel)


def add_kernel(python: Path, root: Path) -> None:
    """Give it a kernel of its own, or a user's other kernel of the name python3 would be taken."""
    done = setup.run([python, "-m", "ipykernel", "install", "--sys-prefix"], cwd=root)
    if done.returncode:
        raise setup.SetupError(f"The grading's kernel cannot be installed: {done.stdout.strip()}")
