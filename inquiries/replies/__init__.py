"""Answers that are often written: their words per language, and the placeholders that are filled in."""
