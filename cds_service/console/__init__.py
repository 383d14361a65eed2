"""What the command line prints: the explanation of one call, the list of rows, the check of the knowledge."""
