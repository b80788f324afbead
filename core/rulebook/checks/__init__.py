"""Code held against the rules: deterministic checks over syntax trees, each tied to one section of one rule."""
