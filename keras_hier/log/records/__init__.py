"""The bytes of each kind of record."""
