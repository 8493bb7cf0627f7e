"""What a hierarchy does for training: the study of docs/protocol.md."""
