"""The view "Nothing left to learn" of the Read page: what networks learned of a text's bits, in three codes."""
