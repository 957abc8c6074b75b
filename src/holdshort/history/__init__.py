"""The verb `history`: when did each check stop passing?

`trace` wires the rooms together: storage lists a first-parent line, `search` chooses the commits
to look at, `crew` and `looking` run the checks there, `known` keeps what that told, and `story`
folds it into spans.
"""
