"""From similarity matrices to word links: pure functions on numpy arrays."""
