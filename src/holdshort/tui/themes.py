"""The three themes: dark, light and high contrast.

Every pair of a text colour and a ground has a contrast of at least 4.5, in `review-contrast` 7.
Source: WCAG 2.2, success criteria 1.4.3 and 1.4.6. Painters name only the roles of `ROLES`.
"""

from __future__ import annotations

from textual.theme import Theme

ROLES = ("text", "muted", "key", "pass", "warn", "fail", "brand")
"""Text colours by what they say; `text` is the default and needs no name."""

GROUNDS = ("ground", "raised", "row")
"""Backgrounds: the screen, a window above it, the row in focus."""

_COLOURS = {
    "review-dark": {
        "ground": "#12161b",
        "raised": "#1b2129",
        "row": "#25303c",
        "rule": "#465361",
        "text": "#dde4ea",
        "muted": "#9aa8b5",
        "key": "#7cc4ff",
        "pass": "#86dba0",
        "warn": "#f0c464",
        "fail": "#ff9a91",
        "brand": "#ffd75f",
    },
    "review-light": {
        "ground": "#fcfbf8",
        "raised": "#f1efe9",
        "row": "#e3e8ee",
        "rule": "#a9afb5",
        "text": "#1c2228",
        "muted": "#515b65",
        "key": "#0a5598",
        "pass": "#17602f",
        "warn": "#6f4900",
        "fail": "#a81e18",
        "brand": "#6f4900",
    },
    "review-contrast": {
        "ground": "#000000",
        "raised": "#000000",
        "row": "#2b2b2b",
        "rule": "#ffffff",
        "text": "#ffffff",
        "muted": "#dcdcdc",
        "key": "#8fd6ff",
        "pass": "#8cffad",
        "warn": "#ffe37a",
        "fail": "#ffc2bc",
        "brand": "#ffe37a",
    },
}
NAMES = tuple(_COLOURS)


def themes() -> tuple[Theme, ...]:
    """Return the themes to register."""
    return tuple(_theme(name, colours) for name, colours in _COLOURS.items())


def colours_of(name: str) -> dict[str, str]:
    """Return a theme's colours by role and ground."""
    return dict(_COLOURS[name])


def _theme(name: str, colours: dict[str, str]) -> Theme:
    return Theme(
        name=name,
        primary=colours["key"],
        secondary=colours["muted"],
        accent=colours["key"],
        foreground=colours["text"],
        background=colours["ground"],
        surface=colours["ground"],
        panel=colours["raised"],
        success=colours["pass"],
        warning=colours["warn"],
        error=colours["fail"],
        dark=name != "review-light",
        variables={
            **{f"hs-{role}": colour for role, colour in colours.items()},
            "foreground-muted": colours["muted"],
            "text-muted": colours["muted"],
            "border": colours["rule"],
            "border-blurred": colours["rule"],
            "input-cursor-background": colours["text"],
            "input-cursor-foreground": colours["ground"],
            "input-selection-background": colours["row"],
            "block-cursor-foreground": colours["text"],
            "block-cursor-background": colours["row"],
            "block-cursor-text-style": "bold",
            "scrollbar": colours["rule"],
            "scrollbar-background": colours["ground"],
        },
    )
