"""By hand in NumPy: what the derivations derive."""
