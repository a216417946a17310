"""How many bytes an object keeps alive, with all that hangs on it and belongs to nobody else."""

import re
import sys
from enum import Enum
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

from pydantic import BaseModel

from devices.signal import Setup

# A line's or the program's, not the connection's. Small numbers and one-byte texts are the interpreter's own.
SHARED = (type, ModuleType, FunctionType, BuiltinFunctionType, MethodType, re.Pattern, Enum, BaseModel, Setup)


def weight(owner: Any) -> int:
    """Bytes of everything ``owner`` holds, each object once."""
    seen: set[int] = set()
    waiting: list[Any] = [owner]
    total = 0
    while waiting:
        one = waiting.pop()
        if id(one) in seen or isinstance(one, SHARED):
            continue
        seen.add(id(one))
        total += sys.getsizeof(one)
        waiting += _inside(one)
    return total


def _inside(one: Any) -> list[Any]:
    if isinstance(one, (str, bytes, bytearray, int, float)):
        return []
    if isinstance(one, dict):
        return [*one.keys(), *one.values()]
    if isinstance(one, (list, tuple, set, frozenset)):
        return list(one)
    slots = [name for cls in type(one).__mro__ for name in getattr(cls, "__slots__", ())]
    return [*getattr(one, "__dict__", {}).values(), *(getattr(one, name) for name in slots if hasattr(one, name))]
