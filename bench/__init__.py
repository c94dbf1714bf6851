"""Measurements: one script per claim, each prints a table and its signature."""
