"""The editors' desk: every model in Django's admin, with a revision for whatever is saved there."""

from cases.admin import actors, cases, documents, history, old_codes, people, vocabulary

__all__ = ["actors", "cases", "documents", "history", "old_codes", "people", "vocabulary"]
