"""A second backend, unlike the demo, and what drives the drafter through a backend."""
