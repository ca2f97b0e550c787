"""``make bench``: is the pipeline fast? Imports ``generate``; nothing imports it."""
