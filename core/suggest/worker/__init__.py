"""The process that asks a provider; only ``__main__`` and what it imports are ever loaded there."""
