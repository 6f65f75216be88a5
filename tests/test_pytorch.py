"""The engine against PyTorch, where it is installed: same weights, same mini-batches, whole networks."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from engine.config import Experiment, RunConfig
from engine.fields import Choice
from engine.network import layer_views
from engine.optimizers import OPTIMIZERS
from engine.trainer import Trainer
from tests.benchmarks.programs import Task

STEPS = 10
EXPERIMENT = Experiment((RunConfig((16, 12), Choice("tanh"), Choice("xavier_normal")),))


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_ten_steps_of_every_optimizer(name: str, dtype: str) -> None:
    torch = pytest.importorskip("torch")
    rate = OPTIMIZERS[name].default_learning_rate
    run = replace(EXPERIMENT.runs[0], optimizer=Choice(name), learning_rate=rate)
    experiment = replace(EXPERIMENT, runs=(run,), dtype=dtype)
    task = Task(experiment)

    layers = [[torch.tensor(array, requires_grad=True) for array in layer] for layer in task.layers]
    optimizers = {
        "sgd": (torch.optim.SGD, {}),
        "momentum": (torch.optim.SGD, {"momentum": 0.9}),
        "nesterov": (torch.optim.SGD, {"momentum": 0.9, "nesterov": True}),
        "adagrad": (torch.optim.Adagrad, {}),
        "rmsprop": (torch.optim.RMSprop, {}),
        "adam": (torch.optim.Adam, {}),
        "adamw": (torch.optim.AdamW, {}),
    }
    make, options = optimizers[name]
    optimizer = make([parameter for layer in layers for parameter in layer], lr=rate, **options)
    x, labels = torch.from_numpy(task.x), torch.from_numpy(task.data.labels_train.copy())
    for samples in map(torch.from_numpy, islice(task.batches(), STEPS)):
        a = x[samples]
        for w, b in layers[:-1]:
            a = torch.tanh(a @ w + b)
        w, b = layers[-1]
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(a @ w + b, labels[samples]).backward()
        optimizer.step()

    trainer = Trainer(experiment)
    trainer.train(STEPS)
    ours = layer_views(trainer.checkpoint().rows[0][0][None], experiment.sizes())
    for (w, b), start, own in zip(layers, task.layers, ours, strict=True):
        theirs = np.vstack([w.detach().numpy(), b.detach().numpy()])
        np.testing.assert_allclose(own[0], theirs, rtol=0, atol=1e-5)
        assert np.abs(theirs - np.vstack(start)).max() > 1e-3
