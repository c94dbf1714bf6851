"""Counts, scores and the signature that goes with every figure."""
