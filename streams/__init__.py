"""Fold the published decisions into figures for the people who run the centre.

Reads `routing.assignments` and nothing else; knows the shapes of the contract, not the router that
decided. Imports no stream library by itself.
"""
