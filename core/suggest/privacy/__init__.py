"""What keeps secrets on this computer: exact values and known shapes, what is never read, and the last look.

Pure: texts and values in, texts and values out. ``core/keyfiles.py`` is what reads the disk and the environment.
"""
