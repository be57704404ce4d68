"""From pictures and findings to one offline page."""
