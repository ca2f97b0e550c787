"""What results of several chapters share."""
