"""Runs that take long: each measured once, kept with its seed and seconds, and shown again."""
