"""Axe in a page, the dark theme, and a small window."""

from importlib.resources import files

AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
SMALL = {"width": 1024, "height": 768}
# A new theme, or a new size, is drawn a frame later.
DRAWN = """() => new Promise((done) =>
  requestAnimationFrame(() => requestAnimationFrame(done)))"""


def findings(frame):
    """Returns the serious and critical findings of axe."""
    frame.evaluate(DRAWN)
    frame.evaluate(AXE)
    result = frame.evaluate(
        "axe.run(document, { resultTypes: ['violations'] })"
    )
    return [
        (each["id"], each["impact"], [n["html"] for n in each["nodes"]][:3])
        for each in result["violations"]
        if each["impact"] in ("serious", "critical")
    ]


def darken(screen):
    """Switches a screen to the dark theme."""
    screen.page.evaluate("document.body.classList.add('dark-mode')")
    screen.frame.wait_for_function(
        "document.documentElement.style.colorScheme === 'dark'"
    )
