"""Benchmarks: what the promises are worth, measured. ``python -m bench`` runs them all."""
