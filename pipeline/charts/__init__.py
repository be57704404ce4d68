"""From small tables to pictures: one picture a file, ``draw_x(ax, frame, *, …) -> Axes``."""
