"""Build nbgrader's assignments from the exercise bank and prove that they grade: make assignments

Writes source, learners' release, settings and gradebook into a folder, then proves the circle in
copies of it: solutions score full marks, the empty notebook none, wrong answers what the stages
before their mistakes are worth. Prints a table for each assignment; exits with 1 if any point
differs. Runs in the grading environment (grading_environment.py).
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

import grading_circle as circle
from forked_kernels import ForkedKernels
from grading_proof import Proof

from helpers.exercises import bank

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "assignments"
AT_ONCE = 2


def main(arguments: list[str]) -> int:
    """Build, prove and report; return 1 if something differs."""
    began = time.monotonic()
    asked = parsed(arguments)
    if any((asked.into / name).exists() for name in ("submitted", "autograded")):
        print(
            f"error: {asked.into} holds hand-ins, which building it anew would delete: move the "
            "folder elsewhere first, then call again.",
            file=sys.stderr,
        )
        return 1
    # nbgrader calls alembic by its name; and a kernel of the user's is not the one to grade with
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    try:
        build(asked.into, asked.numbers)
        proofs = prove_all(asked.into, asked.numbers, asked.at_once)
    except circle.CircleError as error:
        print(f"error: the assignments could not be built: nbgrader stopped: {error}")
        return 1
    report = {proof.number: proof.as_dict() for proof in proofs}
    (asked.into / "proof.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
    problems = [problem for proof in proofs for problem in proof.problems]
    for problem in problems:
        print(f"error: {problem}", file=sys.stderr)
    hand_ins = sum(len(proof.earned) for proof in proofs)
    held = f"{len(problems)} things are wrong" if problems else "each got its points"
    took = time.monotonic() - began
    print(f"\nAssignments: {len(proofs)}. Hand-ins: {hand_ins}, {held} ({took:.0f} s).")
    print(f"They are in {asked.into}; notebooks/TEACHING.md says how to use them.")
    return 1 if problems else 0


def parsed(arguments: list[str]) -> argparse.Namespace:
    """Return the folder and the notebooks' numbers that the command line asks for."""
    parser = argparse.ArgumentParser(prog="make assignments")
    parser.add_argument("numbers", nargs="*", metavar="NN", help="notebooks; all without any")
    parser.add_argument("--into", type=Path, default=FOLDER, metavar="FOLDER")
    parser.add_argument("--at-once", type=int, default=AT_ONCE, choices=range(1, 17))
    asked = parser.parse_args(arguments)
    asked.into = asked.into.resolve()
    unknown = set(asked.numbers) - set(bank.notebooks())
    if unknown:
        known = ", ".join(bank.notebooks())
        parser.error(f"no exercises for {', '.join(sorted(unknown))}; there are some for {known}")
    asked.numbers = asked.numbers or bank.notebooks()
    return asked


def build(folder: Path, numbers: list[str]) -> None:
    """Write the assignments of these notebooks into a folder, which is made anew."""
    shutil.rmtree(folder, ignore_errors=True)
    course = circle.course_in(folder)
    for number in numbers:
        circle.release(course, number)


def prove_all(course: Path, numbers: list[str], at_once: int) -> list[Proof]:
    """Prove the assignments, some at once; print each table when it is there."""
    proofs = []
    linux = sys.platform == "linux"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, kernels(numbers) as k:
        # a forked process has imported everything already; elsewhere forking is not safe
        context = get_context("fork" if linux else "spawn")
        with ProcessPoolExecutor(at_once, mp_context=context) as pool:
            jobs = [pool.submit(circle.prove, n, course, Path(folder) / n, k) for n in numbers]
            for job in as_completed(jobs):
                proofs.append(job.result())
                print(f"\n{proofs[-1].table()}", flush=True)
    return sorted(proofs, key=lambda proof: proof.number)


@contextmanager
def kernels(numbers: list[str]) -> Iterator[str | None]:
    """Give the name of quick kernels where the system has them, else None."""
    if sys.platform != "linux":
        yield None
        return
    answers = [f"helpers.exercises.nb{number}" for number in numbers]
    first_steps = ["torch._dynamo"]  # an optimizer's first step imports it, for over a second
    with ForkedKernels([*answers, *first_steps]) as name:
        yield name


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
