"""Training: one loop for every family; runs that are trained, finished, resumed."""
