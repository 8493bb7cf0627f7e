#!/bin/sh
# Makes the pictures of the documentation, as docs/why/pictures.md says.
#
# Wants, in the working folder, imagenet_val_predictions.npz, the class folders
# of 101 classes of Tiny ImageNet in tiny-imagenet, lite0-224-val.npz, and
# kept/*-0.weights.h5 of study/protocol.md. Trains six networks, 13 to 21 minutes of one core each.
set -e

keras-hier log --labels imagenet_val_predictions.npz \
    --predictions imagenet_val_predictions.npz \
    --hierarchy imagenet --logdir ilsvrc/ilsvrc
python -m benchmarks.pictures.screenshot ilsvrc docs/images/ilsvrc-light.png
python -m benchmarks.pictures.screenshot ilsvrc docs/images/ilsvrc-dark.png --theme dark
keras-hier report ilsvrc/ilsvrc --out docs/images/ilsvrc-report.png

keras-hier log --labels imagenet_val_predictions.npz \
    --predictions imagenet_val_predictions.npz \
    --hierarchy imagenet --logdir guide/ilsvrc
keras-hier log --labels imagenet_val_predictions.npz \
    --predictions imagenet_val_predictions.npz --logdir guide/errors

common="--data tiny-imagenet --per-class 100 --epochs 50 --optimizer sgd
    --learning-rate 0.05 --weight-decay 0.002 --precision mixed_bfloat16
    --threads 1 --out runs.jsonl --logdir guide"
for seed in 0 1 2; do
    python -m study.training $common --seed $seed
    python -m study.training $common --seed $seed --variant both-strong
    mv guide/baseline-batch-10100-$seed guide/plain-seed$seed
    mv guide/both-strong-batch-10100-$seed guide/heads-seed$seed
done

plain='["plain-seed0","plain-seed1","plain-seed2"]/validation'
heads='["heads-seed0","heads-seed1","heads-seed2"]/validation'
one=plain-seed0/validation
picture() {
    name=$1; shift
    python -m benchmarks.pictures.screenshot guide docs/images/$name.png "$@"
}
picture tiny-imagenet-light --view "run=$heads"
picture guide-first --view "run=$one&level=16&with=epochs&threshold=50"
picture guide-dogs --view 'run=ilsvrc/validation&rows=n02084071&window=122+122+118'
picture guide-across --view 'run=ilsvrc/validation&between=4&sort=mutual' --keys n
picture guide-noise --view "run=$one&level=16&with=heads-seed0/validation"
picture guide-seeds --view "run=$plain&level=4&with=$heads"
picture guide-parted --view "run=$plain&level=63&rows=n02084071&columns=n02120997"
picture guide-never --view "run=$one&step=5&only=never predicted"
picture guide-classes --view 'run=ilsvrc/validation&classes=worst'
picture guide-surprise --view 'run=ilsvrc/validation&sort=surprise&list=long'
picture guide-errors-tree --view 'run=errors/validation&level=44'
picture guide-misplaced --view 'run=ilsvrc/validation&classes=misplaced&level=31'

# The scores of EfficientNet-Lite0 (study/answers/lite0_scores.py), without pictures.
python - <<'END'
import numpy as np
from scipy.special import softmax

import keras_hier as kh

with np.load("lite0-224-val.npz") as of:
    labels, classes, logits = of["labels"], of["classes"], of["class"]
tree = kh.Hierarchy.imagenet().subset(classes.tolist())
scores = softmax(logits.astype("float64"), axis=1)
kh.log_predictions("answers/lite0", labels, scores=scores, hierarchy=tree)
END
python -m benchmarks.pictures.screenshot answers docs/images/guide-answers.png \
    --view 'view=answers&level=24'

# The network of "What the layers know" in results.md, seed 0, trained with --keep kept.
python -m study.layers.probes kept/*-0.weights.h5 --data tiny-imagenet \
    --log layers/plain --step 15
python -m benchmarks.pictures.screenshot layers docs/images/guide-layers.png \
    --view 'view=layers&layer=conv2&level=16'
