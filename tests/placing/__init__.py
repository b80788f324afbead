"""Edits made up by the thousand, on files as messy as people leave them, each with what it must make of its file."""
