"""Auto-checks: what a repository proves without running anything from it.

`base.run` reads a `RepoView` and yields one `Finding` per check. Each check is a module named
as a statement; what several checks read out of the same file lives in `facts`.
"""
