"""What figures of several chapters share."""
