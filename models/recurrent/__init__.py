"""Recurrent cells: one step each, and the ways to take many."""
