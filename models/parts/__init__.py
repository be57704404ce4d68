"""Parts of nets: layers that know their parameters, to be put in a row by ``models.net``."""
