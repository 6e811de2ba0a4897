"""Metrics, baselines and the ladder."""
