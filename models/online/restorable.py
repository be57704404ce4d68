"""What lives across calls is saved as settings and arrays, and comes back from them to the bit."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from models.errors import InputError, SavedModelError
from models.types import Array


class Restorable(ABC):
    """What can be listed, made again from its lists, and copied."""

    SETTINGS: ClassVar[tuple[str, ...]]  # the arguments of __init__, each an attribute

    @abstractmethod
    def list_arrays(self) -> dict[str, Array]:
        """Return all that was learned, by name; copies."""

    @abstractmethod
    def _set_arrays(self, arrays: Mapping[str, Array]) -> None:
        """Take copies of such arrays; raise ``KeyError`` or ``ValueError`` for others."""

    def list_settings(self) -> dict[str, Any]:
        """Return the settings by name, for the header of a saved file."""
        return {name: getattr(self, name) for name in self.SETTINGS}

    @classmethod
    def restore(cls, settings: Mapping[str, Any], arrays: Mapping[str, Array]) -> Self:
        """Make again what had these settings and arrays, of which it keeps copies."""
        try:
            made = cls(**settings)
            made._set_arrays(arrays)
        except (ArithmeticError, AttributeError, LookupError, MemoryError, TypeError, ValueError) as error:
            raise SavedModelError(
                "The settings or the arrays are not its own", where=cls.__name__, remedy="Make it anew."
            ) from error
        return made

    def copy(self) -> Self:
        """Return one that has learned the same and shares nothing with this one."""
        return self.restore(self.list_settings(), self.list_arrays())

    def _refuse(self, what: str, remedy: str) -> InputError:
        return InputError(what, where=type(self).__name__, remedy=remedy)
