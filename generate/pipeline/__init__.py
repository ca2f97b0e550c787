"""Runs, results and figures as a pipeline: registry, keys and store. Knows no data set and no model."""
