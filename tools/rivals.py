"""An environment for the libraries that `make bench` measures the course against.

Apart from the course's own, so that nothing of it can leak into what is measured.
"""

from own_environment import OwnEnvironment

RIVALS = OwnEnvironment("rivals", "bench", "the rivals")
ready = RIVALS.ready
