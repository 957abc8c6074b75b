"""Values as text, one file per format: a value goes in, a string comes out, no I/O."""
