"""Canvases for pictures: of pixels, of SVG and of PDF."""
