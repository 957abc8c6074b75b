"""The screens: Textual only here. A key is one call of a verb, the screen shows what it returns.

Knows the verbs and the model; never YAML, git, paths, the clock or validation.
"""
