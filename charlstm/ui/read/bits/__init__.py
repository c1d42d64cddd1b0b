"""The view "As bits" of the Read page: the text's code, and what a decoder writes from it and from other bits."""
