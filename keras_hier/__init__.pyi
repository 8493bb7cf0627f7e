# What a type checker sees of the names that are imported on first use.

from keras_hier import analysis as analysis
from keras_hier import data as data
from keras_hier import heads as heads
from keras_hier import losses as losses
from keras_hier import report as report
from keras_hier import scores as scores
from keras_hier.alexnet import AlexNet as AlexNet
from keras_hier.analysis.data_quality.verdicts import (
    apply_verdicts as apply_verdicts,
)
from keras_hier.answers import Answers as Answers
from keras_hier.answers.answering_model import (
    answering_model as answering_model,
)
from keras_hier.budget import label_budget as label_budget
from keras_hier.callbacks.blocks_callback import (
    BlocksCallback as BlocksCallback,
)
from keras_hier.callbacks.layers_callback import (
    LayersCallback as LayersCallback,
)
from keras_hier.heads.add_heads import add_heads as add_heads
from keras_hier.heads.add_heads import without_heads as without_heads
from keras_hier.heads.distillation import Distillation as Distillation
from keras_hier.heads.fuse_heads import fuse_heads as fuse_heads
from keras_hier.heads.group_head import GroupHead as GroupHead
from keras_hier.heads.group_head import ProbeHead as ProbeHead
from keras_hier.heads.load_model import load_model as load_model
from keras_hier.hierarchy import Grouping as Grouping
from keras_hier.hierarchy import Hierarchy as Hierarchy
from keras_hier.hierarchy import HierarchyError as HierarchyError
from keras_hier.hierarchy import NodeLabels as NodeLabels
from keras_hier.log.blocks_writer import BlocksWriter as BlocksWriter
from keras_hier.log.log_predictions import log_predictions as log_predictions
from keras_hier.log.run_log import RunLog as RunLog
from keras_hier.notebook import show as show
from keras_hier.training.compile_args import compile_args as compile_args
from keras_hier.training.confusion_matrix import (
    ConfusionMatrix as ConfusionMatrix,
)
from keras_hier.training.loss_weight_schedule import (
    LossWeightSchedule as LossWeightSchedule,
)
from keras_hier.training.targets import targets as targets

__version__: str
