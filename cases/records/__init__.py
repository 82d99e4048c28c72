"""A record as canonical data and back: dump, plan, apply, and the revisions they leave.

A record (a case with all its statements, an actor, a term …) has one canonical form as plain data,
with codes instead of ids and nothing empty in it. `plan` compares incoming data with what is
stored and finds every difference and every error without saving; `apply` saves a plan in one
transaction and writes one revision a record. Seeds, imports, history and restoring stand on it.
"""

from cases.records.engine import (
    Conflict,
    Plan,
    Provenance,
    apply,
    dump,
    note_belonging,
    note_deleted,
    note_saved,
    plan,
    provenance,
)
from cases.records.kinds import EVERY_KIND, KINDS
from cases.records.shapes import Data, Index, Problem

__all__ = [
    "EVERY_KIND",
    "KINDS",
    "Conflict",
    "Data",
    "Index",
    "Plan",
    "Problem",
    "Provenance",
    "apply",
    "dump",
    "note_belonging",
    "note_deleted",
    "note_saved",
    "plan",
    "provenance",
]
