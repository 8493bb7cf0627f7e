"""What a hierarchy does for training: the study of docs/protocol.md.

`training` trains one network and writes a line of figures; `tables` makes the
tables and pictures of docs/results.md of such lines; `layers` asks what the
layers of kept networks know. The scripts beside them answer one question each.
`training` imports neither of the other rooms, but for its own command, which
prints a table too.
"""
