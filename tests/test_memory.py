"""What an experiment is estimated to take, against what its arrays and frames do take."""

from dataclasses import replace

import pytest

from engine import checkpoints, history, memory, pasts
from engine.config import Change, Experiment, RunConfig
from engine.fields import Choice, ConfigError
from engine.joining import MOST_LOOKS
from engine.trainer import Trainer


def with_seeds(n_seeds, **run):
    return Experiment((RunConfig(n_seeds=n_seeds, **run),))


def test_every_seed_counts():
    one, eight = (memory.training_bytes(with_seeds(n)) for n in (1, 8))
    data = 1797 * 64 * (4 * 8 + 3 * 4)
    assert eight - data > 7 * (one - data)


def test_kept_frames_and_checkpoints_are_those_of_the_training():
    experiment = with_seeds(3, optimizer=Choice("adam"))
    trainer = Trainer(experiment)
    checkpoint = trainer.checkpoint().nbytes
    assert checkpoint == trainer.checkpoint_bytes == 3 * 3 * 4 * experiment.n_parameters()
    frame = 3 * history.row_bytes(3)
    n_frames = history.MOST_FRAMES + pasts.MOST_PASTS * pasts.PAST_FRAMES
    assert memory.kept_bytes(experiment) == n_frames * frame + checkpoints.MOST * checkpoint
    # Of two runs, one may catch up.
    pair = experiment.with_runs(experiment.runs * 2)
    n_frames += MOST_LOOKS
    assert memory.kept_bytes(pair) == 2 * (n_frames * frame + checkpoints.MOST * checkpoint)


def test_kept_bytes_are_bounded_whatever_the_experiment():
    most = 2 * history.DEFAULT_LIMIT_BYTES + checkpoints.DEFAULT_LIMIT_BYTES
    assert most == 1_056_000_000
    wide = with_seeds(1, hidden=(4096,) * 100)
    for experiment in (with_seeds(64), wide, with_seeds(64, hidden=(8,) * 100)):
        assert memory.kept_bytes(experiment) <= most
    several = with_seeds(8, hidden=(64,) * 100)
    assert memory.kept_bytes(several.with_runs(several.runs * 32)) <= 1.6 * most


def test_an_optimizer_of_the_log_counts():
    plain = with_seeds(1)
    changed = replace(plain, changes=(Change(5, 0, "optimizer", Choice("adam")),))
    adam = with_seeds(1, optimizer=Choice("adam"))
    for estimate in (memory.training_bytes, memory.kept_bytes):
        assert estimate(plain) < estimate(changed) == estimate(adam)


def refused(experiment):
    with pytest.raises(ConfigError) as caught:
        memory.check_memory(experiment)
    return caught.value.field, caught.value.message


def test_what_does_not_fit_is_refused_with_what_is_too_much(monkeypatch):
    monkeypatch.setattr(memory, "machine_bytes", lambda: 100_000_000)
    memory.check_memory(with_seeds(1))
    field, message = refused(with_seeds(64))
    assert field == "n_seeds"
    assert message.startswith("64 networks with 221,824 parameters would take ")
    assert message.endswith(" and this machine has 100 MB; use fewer weight seeds than 64.")
    one = with_seeds(1).runs[0]
    for runs in ((one,) * 32, (replace(one, n_seeds=2),) * 32):
        field, message = refused(Experiment(runs))
        assert field == "runs"
        assert "this machine has 100 MB; use fewer runs than 32" in message
    field, message = refused(Experiment((one, replace(one, hidden=(4096,) * 2))))
    assert field == "hidden"
    assert message.endswith("use fewer or narrower layers.")
