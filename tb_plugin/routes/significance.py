"""Which differences between two epochs are beyond chance."""

from werkzeug import wrappers

from tb_plugin.comparing.significance import Side, SignificanceTests
from tb_plugin.reading import parameters
from tb_plugin.reading.answers import Json
from tb_plugin.reading.store import Scope
from tb_plugin.routing import Readers, Service, route


class SignificanceService(Service):
    """Tests what two epochs have beside each other."""

    def __init__(self, readers: Readers) -> None:
        super().__init__(readers)
        self._tests = SignificanceTests(*readers)

    @route
    def significance(self, request: wrappers.Request, scope: Scope) -> Json:
        """Tests the groups of two epochs, of any runs and outputs.

        The groups are those of the tree shown, for both. Classes are matched by
        their ids. Where some are in one tree only, the shared ones are tested
        by counts, and their samples named otherwise count as missed.

        A set on either side is compared run by run. Runs are paired by seed if
        all names have one and three or more stand on both sides. Runs without a
        partner are then left out. Otherwise the test is Welch's. The `cells`
        are then of errors only, so the diagonal has wrong classes of the right
        group. Their shares of a row are compared, and `shown` and `other` are
        means. docs/why/statistics.md explains the tests.

        Query:
            run, output, step: the epoch shown.
            other_run, other_output, other_step: the epoch it is compared with.
            level: number of a level whose cells are tested too. Optional.

        Returns:
            test: `mcnemar` if both logged the same samples at these epochs,
                `seeds` for sets, otherwise `counts`. It is `none` for sets of
                fewer than three runs a side: no node has a `p`, every `q` is 1.
            why: a sentence on why the test is no better, or null.
            how: for sets, which test it is, or null.
            index: the digest of the shared index, or null.
            samples: how many either side has.
            nodes: lists with a number a node, as in `hierarchy`: `p`, and
                `standardised`, other - shown in standard errors. `fixed` are
                samples that only the other has right, `broken` the reverse.
                Without shared samples there is the 95 % interval of other -
                shown, `low` to `high`. All are null for a node without samples
                on one side, and for runs without spread.
            levels: each display level, with its number of `groups` and the `q`
                of each. `accuracy` tests the level's accuracy. It has the same
                keys, or what is `right` on both sides. Its `q` is corrected for
                the levels.
            cells: the cells of the `level` beyond chance, surest first, at most
                20,000. `rows` and `columns` are places among the level's nodes.
                `shown` and `other` are samples, and `total` counts the cells
                with samples in either.

        Raises:
            422: no shared class, or a tree of more than 200,000 nodes.
        """
        shown, other = (
            Side(*parameters.epoch_of(request, prefix))
            for prefix in ("", "other_")
        )
        level = None
        if "level" in request.args:
            level = parameters.number(
                "level", parameters.text(request, "level")
            )
        return self._tests.read(scope, shown, other, level)
