"""The tables on their way out, to other tools: what goes, what redaction leaves of it, and in which form."""
