"""From the activity table to named float arrays for the models."""
