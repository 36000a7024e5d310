"""Estimated waits beside the truth: simulated traffic through the real engine, on a virtual clock.

``python -m tests.estimates`` prints the figures.
"""
