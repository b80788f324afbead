"""Stand-ins for every port, for tests and for authors of adapters; they pass the adapters' own contracts."""
