"""Values to text, one file per format. No input, no output, no drawing."""
