"""The command line: the only room that prints, picks an exit code or catches broadly."""
