"""The walkthrough: open or resume, run the checks, answer, attach evidence, seal, sign, commit.

One engine behind the terminal interface, the plain mode and the headless commands. It draws and
prints nothing. Start with `Visit.open`, which needs neither key nor identity, then
`visit.begin(...)` for a `Walkthrough`.
"""
