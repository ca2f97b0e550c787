"""Results of the chapter "On a line": trained here, in seconds, of no run's weights."""
