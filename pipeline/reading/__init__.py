"""From the bytes of an archive to activities: the only room that knows what Google writes."""
