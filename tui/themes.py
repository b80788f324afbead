"""Our themes: one dark, one light, one that is told apart without red and green; colour is never the only sign."""

from __future__ import annotations

from collections.abc import Mapping

from textual.theme import Theme

DARK = Theme(
    name="beai-dark",
    primary="#82a8d0",
    secondary="#8d9bb0",
    accent="#d3b274",
    success="#8fc093",
    warning="#dbb56c",
    error="#e0868a",
    foreground="#d3d9e2",
    background="#12151a",
    surface="#161a20",
    panel="#20262f",
    dark=True,
    variables={
        "edge": "#2f3743",
        "muted": "#7d8898",
        "diff-add": "#16271d",
        "diff-cut": "#2d1b20",
        "diff-add-word": "#25502f",
        "diff-cut-word": "#5a2a32",
        "code-keyword": "#a9b7e0",
        "code-string": "#b9c894",
        "code-number": "#d9ac84",
        "code-comment": "#727d8e",
        "code-call": "#9cc6cf",
        "input-cursor-text-style": "reverse",
    },
)

LIGHT = Theme(
    name="beai-light",
    primary="#2f5f93",
    secondary="#5a6675",
    accent="#8a6414",
    success="#2c6e3a",
    warning="#8a6100",
    error="#a9323a",
    foreground="#23282f",
    background="#f7f5f0",
    surface="#fbfaf7",
    panel="#e9e6de",
    dark=False,
    variables={
        "edge": "#cdc8bc",
        "muted": "#75736b",
        "diff-add": "#e3f1e2",
        "diff-cut": "#f9e3e2",
        "diff-add-word": "#b5dcb6",
        "diff-cut-word": "#efbcbb",
        "code-keyword": "#4b4a9a",
        "code-string": "#4d6b1c",
        "code-number": "#99501c",
        "code-comment": "#8a8a82",
        "code-call": "#1d6670",
        "input-cursor-text-style": "reverse",
    },
)

CLEAR = Theme(
    name="beai-clear",
    primary="#9db4d0",
    secondary="#93a0b2",
    accent="#cc79a7",
    success="#56b4e9",  # sky blue and vermilion of Okabe & Ito's colour-universal palette
    warning="#f0e442",
    error="#e8833a",
    foreground="#dde2ea",
    background="#101318",
    surface="#14181e",
    panel="#1f2631",
    dark=True,
    variables={
        "edge": "#37414f",
        "muted": "#8591a3",
        "diff-add": "#122536",
        "diff-cut": "#33210f",
        "diff-add-word": "#1f4d70",
        "diff-cut-word": "#6b4011",
        "code-keyword": "#b4bfe6",
        "code-string": "#c9c9a6",
        "code-number": "#d6bfa0",
        "code-comment": "#7b8798",
        "code-call": "#a8cdd6",
        "input-cursor-text-style": "reverse",
    },
)

THEMES = (DARK, LIGHT, CLEAR)

TITLES = {
    DARK.name: "dark",
    LIGHT.name: "light",
    CLEAR.name: "told apart without red and green, for the colour blind",
    "ansi-dark": "the terminal's own sixteen colours, on dark",
    "ansi-light": "the terminal's own sixteen colours, on light",
}
"""Each theme in words that it is looked for by."""

TINTS = {
    "edge": "#80808066",
    "muted": "#8a8f98",
    "diff-add": "#4ebf7122",
    "diff-cut": "#ba3c5b22",
    "diff-add-word": "#4ebf7155",
    "diff-cut-word": "#ba3c5b55",
    "code-keyword": "#8f9fd8",
    "code-string": "#8fa86a",
    "code-number": "#c08a5a",
    "code-comment": "#808890",
    "code-call": "#5fa0aa",
}
"""What our own variables are in a theme that is not ours."""

ANSI_TINTS = {
    "edge": "ansi_bright_black",
    "muted": "ansi_bright_black",
    "diff-add": "ansi_default",
    "diff-cut": "ansi_default",
    "diff-add-word": "ansi_default",
    "diff-cut-word": "ansi_default",
    "code-keyword": "ansi_blue",
    "code-string": "ansi_green",
    "code-number": "ansi_magenta",
    "code-comment": "ansi_bright_black",
    "code-call": "ansi_cyan",
}
"""The same on a terminal's own sixteen colours."""


def theme_for(environment: Mapping[str, str], wanted: str = "") -> str:
    """The theme to start in: the one asked for, else the terminal's own colours where it has no more than those.

    ``NO_COLOR`` (no-color.org) needs nothing here: Textual drops the colours, glyphs and weight carry the meaning.
    """
    if wanted:
        return wanted
    term = environment.get("TERM", "")
    rich = "256" in term or environment.get("COLORTERM", "") in ("truecolor", "24bit") or "direct" in term
    return DARK.name if rich or not term or "kitty" in term or "ghostty" in term else "ansi-dark"
