"""One file per command; each is named in `cli.main` and imported when it is called."""
