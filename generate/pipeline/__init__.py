"""How runs, results and figures are declared, keyed and stored. Knows no data set and no model."""
