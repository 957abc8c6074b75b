"""The room that reads and writes: documents, drafts, records and the git repository.

Only `storage.git` starts git; everything that needs a repository goes through `storage.repo`.
"""
