"""One file a family: configuration, networks, losses and step."""
