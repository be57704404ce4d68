"""From the bytes of an archive to activities: the only room that knows what Google writes."""

READER = 2
"""Raised whenever the reader reads more: an archive that an older one read is read anew when given again."""
