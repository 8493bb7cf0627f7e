"""The entry point: what TensorBoard imports on every start, so keep it light.

TensorBoard loads entry points without a safety net: an exception here would
keep it from starting for everyone who has this package installed.
"""

import argparse
import logging
import sys

from tensorboard.plugins import base_plugin

PLUGIN_NAME = "blocks"


class Loader(base_plugin.TBLoader):
    """Prepares TensorBoard for our data and loads the plugin."""

    def fix_flags(self, flags: argparse.Namespace) -> None:
        """Keeps every epoch, and follows two event files in one folder."""
        # By default only a sample of the steps survives: 100 or 10 of them,
        # depending on the loader. A user's own choice stays.
        samples = dict(flags.samples_per_plugin or {})
        samples.setdefault(PLUGIN_NAME, 0)
        flags.samples_per_plugin = samples
        # Keras's callback writes into the same folders. By default one loader
        # follows only the newest file of each, and its curves would stop.
        flags.reload_multifile = True

    def load(
        self, context: base_plugin.TBContext
    ) -> base_plugin.TBPlugin | None:
        """Returns the plugin; None, with a warning, when it cannot work."""
        try:
            from tb_plugin.plugin import BlocksPlugin
        except ImportError as error:
            found = getattr(sys.modules.get("tb_plugin"), "__path__", None)
            logging.getLogger("tensorboard").warning(
                "The Blocks tab is missing: %s. The package `tb_plugin` was "
                "found at %s; if that is not part of keras-hier, another "
                "package of that name hides ours.",
                error,
                list(found) if found else "no folder",
            )
            return None
        return BlocksPlugin(context)
