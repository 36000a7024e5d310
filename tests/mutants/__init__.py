"""Break what keeps the promises, one piece at a time, and see the tests turn red.

A test suite that stays green when fencing is off proves nothing about fencing. Each mutant is a
small change to a copy of the source and the tests that must notice it; `python -m tests.mutants`
runs them. The change is made by exact text, so it fails loudly when the text is no longer there.
"""
