"""The only place that loads models: every backend imports its library on first use."""
