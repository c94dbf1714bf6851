"""One file per projection method; each is registered by one line in projection.registry."""
