# What a type checker sees of the names that are imported on first use.

from keras_hier.data import shapes as shapes
from keras_hier.data.datasets import classes as classes
from keras_hier.data.datasets import count as count
from keras_hier.data.datasets import imagenet as imagenet
from keras_hier.data.tfrecords import write_records as write_records
