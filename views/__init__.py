"""Pure functions from domain values to HTML, plotly figures and data frames; the cached resources of the app."""
