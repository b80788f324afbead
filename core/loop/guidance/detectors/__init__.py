"""Our own detectors, each pure and in a module of its own: what the rules want asked before work goes on."""
