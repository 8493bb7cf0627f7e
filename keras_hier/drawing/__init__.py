"""The block matrix as a picture, drawn by Pillow: no browser, no Keras."""
