"""From activities to tidy tables on disk, and back to frames: the only room that knows the files."""
