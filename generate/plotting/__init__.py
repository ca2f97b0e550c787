"""How figures look: theme, panels, animation and bytes. Knows no data set, no model and no result."""
