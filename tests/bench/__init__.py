"""Measurements on the machine at hand: each is a ratio to a baseline taken in the same run, in turn with it."""
