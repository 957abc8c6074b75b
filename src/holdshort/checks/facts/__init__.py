"""Facts: what the bytes of one file say, before any check judges them.

Everything here is a pure function of bytes and file kind, or a fold over such facts. Facts know
no check; checks know facts and `base`, never each other.
"""
