"""Evaluation of networks and of the texts they generate."""
