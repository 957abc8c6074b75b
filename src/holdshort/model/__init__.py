"""Pure values: what a checklist, a finding, a review, a policy and a dossier are.

No disk, git, clock, randomness, YAML or subprocess. Values are frozen; a transition returns a
new value. Documents are validated once, at the border, by `storage.documents`.
"""
