"""Train fastText on one file and print what it took, as JSON on the last line.

Runs in the environment of the rivals, which has fastText and not the course:
``python fasttext_worker.py TRAIN TEST '{"lr": 0.5, "epoch": 25}'``. Both files are in
fastText's own format, one ``__label__NAME text`` a line, in random order: fastText reads them
as they come.
"""

import json
import sys
import time

import fasttext


def main() -> None:
    """Train, test, print."""
    train_file, test_file, options = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
    began, worked = time.perf_counter(), time.process_time()
    try:
        model = fasttext.train_supervised(train_file, thread=2, verbose=0, **options)
    except RuntimeError as error:  # "Encountered NaN": its threads write without locks
        print(json.dumps({"failed": str(error)}))
        return
    times = {
        "seconds": time.perf_counter() - began,
        "processor": time.process_time() - worked,
    }
    _, accuracy, _ = model.test(test_file)
    print(json.dumps(times | {"accuracy": accuracy}))


if __name__ == "__main__":
    main()
