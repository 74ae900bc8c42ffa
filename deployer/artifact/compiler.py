"""Compiles Python sources in a process of its own: `python compiler.py < jobs.json`.

It is started by its path, in an interpreter that has loaded nothing else, with a fixed hash seed: what an interpreter
holds already shows in the bytes of what it compiles. A job is [source, bytecode file, path on Lambda]. Sources that do
not compile (templates, code for another Python) are left as they are, as installers do.
"""

from __future__ import annotations

import json
import py_compile
import sys
from py_compile import PycInvalidationMode

if __name__ == "__main__":
    for source, bytecode, shown in json.load(sys.stdin):
        try:
            # A zip's date says nothing, so neither date nor size may decide whether bytecode is current.
            py_compile.compile(source, bytecode, shown, True, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)
        except (py_compile.PyCompileError, ValueError, RecursionError):
            continue
