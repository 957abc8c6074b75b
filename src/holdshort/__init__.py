"""holdshort: hold a model short of its release until the people responsible have signed.

A terminal program for git repositories that hold machine-learning models. See
`docs/architecture.md` for the house: which room may know which, and where a change goes.
"""

__version__ = "0.1.0"
