"""From the activity table to small tables that each answer one question, each with its finding."""
