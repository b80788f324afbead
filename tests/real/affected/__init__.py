"""A random walk of edits over a real backend: what an affected run says must be what a full run says."""
