"""Brochures and cards: a treatment page as a designed PDF and as a picture, from the same words as the page.

`content` gathers what a page says as plain data, the `.typ` files lay it out, `typesetting` runs Typst, `store` keeps
what was made.
"""
