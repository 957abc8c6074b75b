"""What checks ask of Python code, topic by topic: which calls, stores and texts tell something.

A topic is a module with any of these tables, whose functions return a `Sighting` or None:
`CALLS`, by the last name of what is called; `KEYWORDS`, by the name of an argument of any call;
`REFERENCES`, by the last name of what is named without being called or assigned to a name;
`STORES`, by the attribute or the constant key that is assigned to, in a dict too; `STRINGS`,
pairs of pieces and a function that is asked of a text with such a piece, docstrings left out. Its
`WORDS` are what a file must hold for it to have anything to see: in a large repository other
files, and bodies of functions, are not parsed. A topic that is
`FOLLOWED` may ask whether a place is reached; one that is `FLOWING` how values flow around it,
and tells in the detail `at` where its calls stand. All topics are listed in `registry`.
"""
