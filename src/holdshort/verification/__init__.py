"""Verification: do the signed reviews clear this release? Fail closed, every duty reported.

Reads git objects only, never the work tree, and never writes. Start with `verify.verify`; the
duties are numbered as in `docs/trust.md`.
"""
