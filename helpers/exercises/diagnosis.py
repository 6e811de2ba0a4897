"""What a check can say about an answer: a diagnosis, or that nothing was attempted yet."""


class Diagnosis(Exception):
    """What is wrong with an answer, as one or two sentences for the learner."""


class NotAttempted(Exception):
    """The answer is still the starter."""
