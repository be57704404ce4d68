"""The ways in which Almanac says no.

AlmanacError
├── ArchiveError            an archive that cannot be opened or holds no activity
├── SettingsError           an option, a variable or a line of almanac.toml
├── StoreError              tables or run.json that are damaged or from another version
├── LockedError             another run is writing to the same folder
└── ScheduleError           Prefect does not serve a schedule (flows/schedule_keeper.py)

A bad *entry* is data (``records.Skipped``); only a bad archive, setting or folder raises.
Each message says what is wrong, where, and what to do, and never quotes the owner's own text.
"""

from __future__ import annotations


class AlmanacError(Exception):
    """The base of all errors that the command line shows as one line, with exit status 2.

    Parameters
    ----------
    what : the fault, in a few words.
    where : the file, option or folder it was found in.
    remedy : what the owner can do about it.
    """

    def __init__(self, what: str, *, where: str, remedy: str) -> None:
        self.what, self.where, self.remedy = what, where, remedy
        super().__init__(what, where, remedy)

    def __str__(self) -> str:
        return f"{self.what} ({self.where}). {self.remedy}"


class ArchiveError(AlmanacError):
    """An archive that cannot be opened, or that holds no activity."""


class SettingsError(AlmanacError):
    """A setting that is unknown or has a value that cannot be used."""


class StoreError(AlmanacError):
    """Tables that are damaged, or that a later version has written."""


class LockedError(AlmanacError):
    """Another run is writing to the same output folder."""
