"""Texts to learn from: in memory or on disk, named or local, and passages that two of them share."""
