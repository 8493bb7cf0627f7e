"""PyTorch's DataLoader, which Keras takes on any backend."""

import keras
import numpy as np
import pytest
import small

import keras_hier as kh
from keras_hier.log.run_log import RunLog

torch = pytest.importorskip("torch")

TREE = small.hierarchy()
X, Y = small.data(32)


def loader(*arrays, then=None):
    """Batches of 16, in order, which go through a function at last."""
    data = torch.utils.data.TensorDataset(*map(torch.from_numpy, arrays))
    collate = torch.utils.data.default_collate
    return torch.utils.data.DataLoader(
        data,
        batch_size=16,
        collate_fn=lambda batch: (
            then(*collate(batch)) if then else tuple(collate(batch))
        ),
    )


@pytest.mark.parametrize(
    "soft",
    [pytest.param(False, marks=pytest.mark.any_backend), True],
)
def test_it_trains_as_arrays_do(soft):
    keras.utils.set_random_seed(0)
    labels = np.eye(6, dtype="float32")[Y] if soft else Y
    mode = "categorical" if soft else "int"
    weights = []
    start = None
    for form in ("arrays", "loader"):
        model = kh.add_heads(
            small.model(), heads={"conv2": TREE.cut(depth=1)}, head="pool"
        )
        start = start or model.get_weights()
        model.set_weights(start)
        small.compiled(
            model,
            TREE,
            keras.optimizers.SGD(0.1),
            metrics=False,
            label_mode=mode,
        )
        apply = kh.targets(model, class_weight={2: 0.0, 5: 2.0})
        if form == "arrays":
            x, y, weight = apply(X, labels)
            data = {"x": x, "y": y, "sample_weight": weight, "batch_size": 16}
        else:
            data = {"x": loader(X, labels, then=apply)}
        model.fit(**data, shuffle=False, verbose=0)
        weights.append(model.get_weights())
    for one, two in zip(*weights, strict=True):
        np.testing.assert_allclose(one, two, atol=1e-5)


@pytest.mark.any_backend
def test_labels_stay_tensors():
    model = kh.add_heads(small.model(), heads={"conv2": TREE.cut(depth=1)})
    apply = kh.targets(model, class_weight={1: 0.5})
    labels = torch.tensor([[5], [0], [1]], dtype=torch.uint8)
    _, y, weight = apply(torch.zeros(3), labels, torch.tensor([1, 2, 3]))
    assert torch.equal(y["class"], labels)
    assert y["class"].dtype == torch.uint8
    assert y["conv2_groups3"].tolist() == [[0], [1], [0]]
    assert weight.tolist() == [1, 2, 1.5]
    assert weight.dtype == torch.float32
    with pytest.raises(ValueError, match=r"0\.\.5, got 6"):
        apply(torch.zeros(1), torch.tensor([6]))


@pytest.mark.any_backend
@pytest.mark.parametrize("form", ["loader", "gradients"])
def test_its_samples_are_logged(form, tmp_path):
    model = small.model()
    small.compiled(model, TREE)
    samples = {
        "loader": loader(X, Y),
        "gradients": [(torch.tensor(X, requires_grad=True), torch.tensor(Y))],
    }[form]
    callback = kh.BlocksCallback(
        tmp_path, samples=samples, thumbnails_per_class=0
    )
    model.fit(loader(X, Y), callbacks=[callback], shuffle=False, verbose=0)
    read = RunLog(str(tmp_path), "validation").samples("class")
    rows = [int(name) for name in read.ids]
    np.testing.assert_array_equal(read.labels, Y[rows])
    best = model.predict(X, verbose=0).argmax(axis=1)
    np.testing.assert_array_equal(read.classes[:, 0], best[rows])
