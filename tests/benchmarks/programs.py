"""The programs that are measured: all train the same network from the same weights on the same batches.

Each is written as its own users write it, on one core or several without a graphics card. Their libraries
are imported when they are made, because any of them may be missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from itertools import groupby, islice
from typing import Any, Protocol

import numpy as np

from engine.config import Experiment
from engine.datasets import Data, load
from engine.evaluation import evaluation_samples
from engine.network import Array, layer_views
from engine.trainer import Trainer


class Program(Protocol):
    """One network being trained."""

    def train(self, steps: int) -> None:
        """Do so many steps, and return when they are done."""

    def loss(self) -> float:
        """Return the mean loss over the samples `Task.seen`."""


@dataclass(frozen=True)
class Task:
    """What a program has to do: plain gradient descent on an experiment with one run."""

    experiment: Experiment

    @cached_property
    def data(self) -> Data:
        """The data, float64."""
        own = self.experiment
        return load(own.dataset, own.train_fraction, own.standardize, own.data_seed)

    @property
    def x(self) -> Array:
        """The training samples in the precision of the training, (n_train, features)."""
        return self.data.x_train.astype(self.experiment.dtype)

    @property
    def one_output(self) -> bool:
        """Whether one sigmoid output tells two classes; else there is a softmax over the classes."""
        return self.experiment.sizes()[-1] == 1

    @property
    def layers(self) -> list[tuple[Array, Array]]:
        """The initial weights (fan_in, fan_out) and biases (fan_out,) of each layer."""
        flat = Trainer(self.experiment).checkpoint().rows[0][0]
        views = layer_views(flat[None], self.experiment.sizes())
        return [(w[0, :-1].copy(), w[0, -1].copy()) for w in views]

    @property
    def seen(self) -> slice:
        """Over which training samples the loss is taken: those that a frame looks at."""
        return slice(evaluation_samples(self.experiment.sizes()))

    def batches(self) -> Iterator[Array]:
        """Yield the samples of one mini-batch after the other, epoch after epoch."""
        n, size = self.experiment.n_train, self.experiment.batch_size or self.experiment.n_train
        epoch = 0
        while True:
            order = np.random.default_rng([self.experiment.batch_seed, epoch]).permutation(n)
            for start in range(0, n, size):
                yield order[start : start + size]
            epoch += 1


class InitScope:
    """This program."""

    def __init__(self, task: Task) -> None:
        self._trainer = Trainer(task.experiment)

    def train(self, steps: int) -> None:
        self._trainer.train(steps)

    def loss(self) -> float:
        return self._trainer.observe().runs[0].train_loss


class PyTorch:
    """PyTorch, one operation after the other as it is called."""

    def __init__(self, task: Task) -> None:
        import torch
        from torch import nn

        activation = {"tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "relu": nn.ReLU}
        parts: list[Any] = []
        for w, b in task.layers:
            linear = nn.Linear(*w.shape)
            with torch.no_grad():
                linear.weight.copy_(torch.from_numpy(w.T))
                linear.bias.copy_(torch.from_numpy(b))
            parts += [linear, activation[task.experiment.runs[0].activation.name]()]
        self._model = nn.Sequential(*parts[:-1])
        self._optimizer = torch.optim.SGD(self._model.parameters(), lr=task.experiment.runs[0].learning_rate)
        self._x = torch.from_numpy(task.x)
        labels = torch.from_numpy(task.data.labels_train.copy())
        self._y = labels[:, None].to(self._x.dtype) if task.one_output else labels
        self._criterion = nn.BCEWithLogitsLoss() if task.one_output else nn.CrossEntropyLoss()
        self._seen = task.seen
        self._batches = map(torch.from_numpy, task.batches())

    def train(self, steps: int) -> None:
        for samples in islice(self._batches, steps):
            self._optimizer.zero_grad()
            loss = self._criterion(self._model(self._x[samples]), self._y[samples])
            loss.backward()
            self._optimizer.step()

    def loss(self) -> float:
        x, y = self._x[self._seen], self._y[self._seen]
        return float(self._criterion(self._model(x), y).detach())


class Jax:
    """JAX, with one call of a compiled function per step."""

    def __init__(self, task: Task) -> None:
        import jax
        from jax import nn
        from jax import numpy as jnp

        phi = {"tanh": jnp.tanh, "sigmoid": nn.sigmoid, "relu": nn.relu}[
            task.experiment.runs[0].activation.name
        ]
        rate = task.experiment.runs[0].learning_rate

        def loss(layers: Any, x: Any, y: Any) -> Any:
            for w, b in layers[:-1]:
                x = phi(x @ w + b)
            w, b = layers[-1]
            z = x @ w + b
            if task.one_output:
                return jnp.mean(jnp.logaddexp(0, z[:, 0]) - y * z[:, 0])
            return -jnp.mean(jnp.take_along_axis(nn.log_softmax(z), y[:, None], 1))

        def step(layers: Any, x: Any, y: Any, samples: Any) -> Any:
            gradients = jax.grad(loss)(layers, x[samples], y[samples])
            return jax.tree.map(lambda p, g: p - rate * g, layers, gradients)

        self._jax = jax
        self._single_step, self._loss = step, jax.jit(loss)
        self._step = jax.jit(step, donate_argnums=0)
        self._layers = jax.tree.map(jnp.array, task.layers)
        self._x, self._y = jnp.array(task.x), jnp.array(task.data.labels_train.astype(np.int32))
        self._seen = task.seen
        self._batches = (samples.astype(np.int32) for samples in task.batches())

    def train(self, steps: int) -> None:
        for samples in islice(self._batches, steps):
            self._layers = self._step(self._layers, self._x, self._y, samples)
        self._jax.block_until_ready(self._layers)

    def loss(self) -> float:
        return float(self._loss(self._layers, self._x[self._seen], self._y[self._seen]))


class JaxScan(Jax):
    """JAX, with one call of a compiled function for all mini-batches of the same size in a row."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)

        def steps(layers: Any, x: Any, y: Any, batches: Any) -> Any:
            def body(carried: Any, samples: Any) -> Any:
                return self._single_step(carried, x, y, samples), None

            return self._jax.lax.scan(body, layers, batches)[0]

        self._steps = self._jax.jit(steps, donate_argnums=0)

    def train(self, steps: int) -> None:
        for _, alike in groupby(islice(self._batches, steps), len):
            self._layers = self._steps(self._layers, self._x, self._y, np.stack(list(alike)))
        self._jax.block_until_ready(self._layers)


class ScikitLearn:
    """scikit-learn, with one call of partial_fit per epoch, because it checks its input in every call."""

    def __init__(self, task: Task) -> None:
        from sklearn.neural_network import MLPClassifier

        run = task.experiment.runs[0]
        self._x, self._y = task.x, task.data.labels_train
        self._seen = task.seen
        self._classes = np.arange(task.data.n_classes)
        self._model = MLPClassifier(
            run.hidden,
            activation={"sigmoid": "logistic"}.get(run.activation.name, run.activation.name),
            solver="sgd",
            alpha=0.0,
            learning_rate_init=run.learning_rate,
            momentum=0.0,
            nesterovs_momentum=False,
            shuffle=False,  # the mini-batches are cut from samples that come in the right order
        )
        self._size = len(next(task.batches()))
        self._batches = task.batches()
        # It makes its own weights in the first call, and uses from then on what stands in their place.
        self._fit([np.arange(len(self._x))])
        for (w, b), own_w, own_b in zip(
            task.layers, self._model.coefs_, self._model.intercepts_, strict=True
        ):
            own_w[...], own_b[...] = w, b

    def train(self, steps: int) -> None:
        epoch: list[Array] = []
        for samples in islice(self._batches, steps):
            epoch.append(samples)
            if len(samples) < self._size:
                self._fit(epoch)
                epoch = []
        if epoch:
            self._fit(epoch)

    def loss(self) -> float:
        x, y = self._x[self._seen], self._y[self._seen]
        right = self._model.predict_proba(x)[np.arange(len(y)), y]
        return float(-np.log(right).mean())

    def _fit(self, batches: Sequence[Array]) -> None:
        self._model.batch_size = len(batches[0])
        samples = np.concatenate(batches)
        self._model.partial_fit(self._x[samples], self._y[samples], classes=self._classes)


@dataclass(frozen=True)
class Entry:
    """A program that may be measured."""

    package: str
    """What must be installed."""
    make: Callable[[Task], Program]

    @property
    def installed(self) -> bool:
        """Whether it can be measured here."""
        return find_spec(self.package) is not None


OURS = "InitScope"

PROGRAMS: dict[str, Entry] = {
    OURS: Entry("engine", InitScope),
    "PyTorch eager": Entry("torch", PyTorch),
    "JAX jit": Entry("jax", Jax),
    "JAX jit + scan": Entry("jax", JaxScan),
    "scikit-learn": Entry("sklearn", ScikitLearn),
}


PEERS = [name for name in PROGRAMS if name != OURS]
