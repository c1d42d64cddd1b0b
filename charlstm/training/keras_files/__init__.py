"""Keras files as model folders, and model folders' networks as Keras files.

A file is read on the command line only, and without any code of its own; every layer is one that this program knows,
and what is imported is compared with the file's own network before anything is written.
"""
