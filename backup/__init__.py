"""The whole of an installation as one file, and back, on either database."""
