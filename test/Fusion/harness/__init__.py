"""Runs modules: fusion, stock passes, compilation, comparison, counting."""
