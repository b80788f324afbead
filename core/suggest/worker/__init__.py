"""The process that asks a provider, and the only one that imports litellm; only ``__main__`` and its own load here."""
