"""The terminal interface: Textual screens over one `Visit` and one `Walkthrough`.

A screen holds no rules: a key is one method call of the engine, and the screen is painted from
what comes back. `app.run` is the only way in. Start with `actions`, the one table of keys.
"""
