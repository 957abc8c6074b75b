"""The screens and the windows above them, one file each."""
