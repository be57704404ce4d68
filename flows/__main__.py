"""``python -m flows`` is ``almanac``."""

from flows.commands import main

if __name__ == "__main__":
    main()
