"""Worlds made by chance, and what must hold in every one of them."""
