"""Pure readers of source files: bytes or text in, frozen dataclasses out. No Django, no database."""
