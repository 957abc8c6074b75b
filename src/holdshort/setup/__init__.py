"""How a repository begins: its trust root, and the sample to try holdshort on."""
