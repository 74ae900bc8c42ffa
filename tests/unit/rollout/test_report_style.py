"""Letters can be read in both themes: WCAG 2.1, success criterion 1.4.3, asks for a contrast of 4.5."""

import re
from importlib.resources import files

import pytest

STYLE = files("deployer.rollout.report").joinpath("report.css").read_text(encoding="utf-8")
LEAST = 4.5


def theme(dark: bool) -> dict[str, str]:
    light, after = STYLE.split("@media screen and (prefers-color-scheme: dark)")
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", after if dark else light))


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("letters", "ground"),
    [
        *((letters, "page") for letters in ("ink", "quiet", "good", "bad", "warn", "new", "old")),
        *((letters, f"{letters}-tint") for letters in ("good", "bad", "warn")),
        ("ink", "plain-tint"),
    ],
)
def test_letters_stand_out_from_what_they_are_on(letters: str, ground: str, dark: bool) -> None:
    colours = theme(dark)
    assert contrast(colours[letters], colours[ground]) >= LEAST


def test_both_themes_set_the_same_colours() -> None:
    assert theme(dark=False).keys() == theme(dark=True).keys()
