"""Recipes: everything a training run needs to know besides the corpus."""
