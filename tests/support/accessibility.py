"""Axe in a page, the dark theme, and a small window."""

import time
from importlib.resources import files

AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
SMALL = {"width": 1024, "height": 768}
# A new theme, or a new size, is not drawn at once.
PATIENCE = 10.0


def findings(frame):
    """Returns the serious and critical findings of axe that stay."""
    frame.evaluate(AXE)
    end = time.monotonic() + PATIENCE
    while (found := _look(frame)) and time.monotonic() < end:
        frame.page.wait_for_timeout(200)
    return found


def _look(frame):
    result = frame.evaluate(
        "axe.run(document, { resultTypes: ['violations'] })"
    )
    return [
        (each["id"], each["impact"], [n["html"] for n in each["nodes"]][:3])
        for each in result["violations"]
        if each["impact"] in ("serious", "critical")
    ]


def findings_in_both_themes(screen):
    """Returns what axe finds in the light theme, then in the dark one."""
    light = findings(screen.frame)
    darken(screen)
    return light + findings(screen.frame)


def darken(screen):
    """Switches a screen to the dark theme."""
    screen.page.emulate_media(color_scheme="dark")
    screen.page.evaluate("document.body.classList.add('dark-mode')")
    screen.frame.wait_for_function(
        "document.documentElement.style.colorScheme === 'dark'"
    )
