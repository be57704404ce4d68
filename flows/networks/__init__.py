"""The work of each network, and what it adds to the classical model of the same question."""
