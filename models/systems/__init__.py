"""Systems: whole networks of the papers, made of layers, each with what defines it."""
