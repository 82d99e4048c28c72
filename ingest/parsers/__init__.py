"""Pure readers of source files: text in, frozen dataclasses out. No Django, no database."""
