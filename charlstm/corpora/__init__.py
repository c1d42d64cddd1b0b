"""Corpora: in memory or on disk, named or local, and passages that two texts share."""
