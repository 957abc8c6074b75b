"""Plain mode: the walk as lines of text, for a screen reader, a dumb terminal or a serial line.

One fact is one line of at most 80 columns, broken between words. There is no colour, no cursor
movement and no drawing, and nothing is printed while a person types. Textual is never loaded.
Start with `walk.run`.
"""
