"""What a hierarchy does for training: see README.md, protocol.md, results.md.

`training` trains one network and writes a line of figures; `tables` makes the
tables and pictures of study/results.md of such lines; `layers` asks what the
layers of kept networks know. The scripts beside them answer one question each.
`training` imports neither of the other rooms, but for its own command, which
prints a table too.
"""
