"""Candidates, their scores and the solvers that choose among them; numpy only."""
