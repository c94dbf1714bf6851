"""Reading, writing and splitting text; no models."""
