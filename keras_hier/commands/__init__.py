"""The subcommands of `keras-hier`: one module each, named like it."""
