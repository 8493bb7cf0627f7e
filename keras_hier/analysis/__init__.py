"""What a trained network tells about its data and about itself.

`quality` finds classes and labels at fault, `evidence` tells differences from
chance. NumPy and SciPy only.
"""
