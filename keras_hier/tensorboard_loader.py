"""The entry point: what TensorBoard imports on every start, so keep it light.

TensorBoard does not catch exceptions of entry points: one here would keep it
from starting for everyone who has this package installed. So this module is
not in `tb_plugin`: another package of that name may hide ours.
"""

import argparse
import logging
import re
import sys
from collections.abc import Callable

from tensorboard.plugins import base_plugin

from keras_hier import open_files

PLUGIN_NAME = "blocks"

_logger = logging.getLogger("tensorboard")


class Loader(base_plugin.TBLoader):
    """Prepares TensorBoard for our data and loads the plugin."""

    def fix_flags(self, flags: argparse.Namespace) -> None:
        """Makes TensorBoard keep every epoch and follow all event files.

        Flags that the user has set stay.
        """
        for fix in (_keep_every_epoch, _follow_every_file):
            _try(fix, flags)

    def load(
        self, context: base_plugin.TBContext
    ) -> base_plugin.TBPlugin | None:
        """Returns the plugin; None, with a warning, when it cannot work."""
        try:
            # The only import of the plugin in this package, made on request.
            from tb_plugin.plugin import BlocksPlugin

            return BlocksPlugin(context)
        # Another package of that name may raise anything when imported.
        except (Exception, SystemExit) as error:
            found = sys.modules.get("tb_plugin")
            folders = list(getattr(found, "__path__", ()))
            _logger.warning(
                "The Blocks tab is missing: %s: %s. The package `tb_plugin` "
                "was found at %s; if that is not part of keras-hier, another "
                "package of that name hides ours: rename it, or start "
                "TensorBoard where it is not on the path.",
                type(error).__name__,
                error,
                folders or getattr(found, "__file__", None) or "no folder",
            )
            return None


def _try(
    fix: Callable[[argparse.Namespace], None], flags: argparse.Namespace
) -> None:
    try:
        fix(flags)
    except Exception as error:
        _logger.warning(
            "keras-hier left TensorBoard's flags as they were, so that the "
            "Blocks tab may lack epochs: %s: %s",
            type(error).__name__,
            error,
        )


def _keep_every_epoch(flags: argparse.Namespace) -> None:
    # By default only a sample of the steps survives: 100 or 10 of them,
    # depending on the loader.
    samples = dict(flags.samples_per_plugin or {})
    samples.setdefault(PLUGIN_NAME, 0)
    flags.samples_per_plugin = samples


def _follow_every_file(flags: argparse.Namespace) -> None:
    # Keras's callback writes into the same folders. By default one of
    # TensorBoard's loaders follows only the newest file of each, and either
    # its curves or ours would stop.
    limit = open_files.raise_limit()
    if flags.reload_multifile is not None:
        return
    active = flags.reload_multifile_inactive_secs
    if open_files.has_room_for(_folders(flags), limit, active):
        flags.reload_multifile = True
        return
    # The default loader opens every file all the same: beyond the limit it
    # shows a part of the runs, or none. The other one holds one a folder.
    if getattr(flags, "load_fast", None) == "auto":
        flags.load_fast = "false"
    _logger.warning(
        "A process may hold %d files open here, too few for the event files "
        "of %s. TensorBoard reads them by its slower loader "
        "(--load_fast=false) and follows only the newest file of each folder, "
        "so that some curves may stand still until it is restarted. Raise the "
        "limit (`ulimit -Hn`), or name a smaller folder; "
        "--reload_multifile=true or =false settles it.",
        limit,
        ", ".join(_folders(flags)),
    )


def _folders(flags: argparse.Namespace) -> list[str]:
    if flags.logdir:
        return [flags.logdir]
    # As TensorBoard reads it: folders, or `name:folder`, between commas.
    parts = (flags.logdir_spec or "").split(",")
    return [re.sub(r"^[^/:]+:(?!//)", "", part) for part in parts if part]
