"""Training in a process of its own: the same frames, and an end to whatever was begun."""

import os
import select
import signal
import subprocess
import sys
import threading
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt

from engine import wire
from engine.changes import Change, Redraw
from engine.config import Experiment, RunConfig
from engine.datasets import DataError
from engine.fields import Choice, ConfigError
from engine.grant import Grant, Report
from engine.inbox import Inbox
from engine.run_config import LayerOverride
from engine.session import Session, State
from engine.training_process import TrainingEnded, TrainingProcess
from gui.failures import Failures
from gui.message_bar import Level
from tests.clock import Clock
from tests.same import frames_equal, uninterrupted
from tests.small import BAD, OTHER, PAIR, small, trained
from tests.windows import begun, idle, press

ROOT = Path(__file__).resolve().parent.parent

LONG = Experiment((RunConfig((2000, 2000)),), batch_size=None)
"""A step takes some tenths of a second."""

ELSEWHERE = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="only Linux tells when a process ends")


@pytest.fixture
def beside(training_process):
    session = Session(training_process.launch)
    yield session
    session.close()
    assert session.closed(10)


def sent(message):
    stream = BytesIO()
    wire.write(message, stream)
    stream.seek(0)
    return wire.read(stream)


def test_every_message_arrives_as_it_was_sent():
    overridden = RunConfig((5, 4), layers=(LayerOverride(2, Choice("leaky_relu", {"slope": 0.2})),))
    changes = (
        Change(3, None, "batch_size", None),
        Change(3, 0, "optimizer", Choice("adam")),
        Change(4, 0, "layer_weights", Redraw(1, Choice("normal", {"std": 0.01}), 7)),
    )
    experiment = Experiment((overridden,), small().dataset, batch_size=10, changes=changes)
    grant = Grant(experiment, 3, 1, 0.03, (0,), PAIR, (0, 7), True)
    assert sent((1, (grant, 0.5))) == (1, (grant, 0.5))
    assert sent((1, None)) == (1, None)


@pytest.mark.parametrize(
    "experiment", [PAIR, Experiment((BAD,), small().dataset)], ids=["finite", "diverged"]
)
def test_a_frame_arrives_as_it_was_sent_and_cannot_be_changed(experiment):
    frame = trained(experiment, 5)
    report = sent(Report(frame, 5, 0.001, joined={0: frame, 5: frame}))
    frames_equal(report.frame, frame)
    frames_equal(report.joined[5], frame)
    for seen in report.frame.seeds(len(frame.runs) - 1):
        for array in (seen.layers, seen.z.shares, seen.activation.first, seen.activation.exponent):
            assert not array.flags.writeable


@pytest.mark.parametrize(
    ("failure", "kind", "text"),
    [
        (ConfigError("dataset", "no such data"), ConfigError, "no such data"),
        (DataError("no such file"), DataError, "no such file"),
        (MemoryError("too much"), MemoryError, "too much"),
        (ZeroDivisionError("by zero"), wire.TrainingFailed, "ZeroDivisionError: by zero"),
    ],
)
def test_a_failure_arrives_with_where_it_happened(failure, kind, text):
    def fail():
        raise failure

    with pytest.raises(type(failure)) as raised:
        fail()
    arrived = sent(Report(None, failure=raised.value)).failure
    assert (type(arrived), str(arrived)) == (kind, text)
    assert getattr(arrived, "field", None) == getattr(failure, "field", None)
    assert "in fail" in arrived.__notes__[0]


def test_an_array_too_large_for_the_memory_arrives_as_what_it_is():
    with pytest.raises(MemoryError) as raised:
        np.empty(2**58)
    arrived = sent(Report(None, failure=raised.value)).failure
    assert (type(arrived), str(arrived)) == (MemoryError, str(raised.value))


def test_each_failure_that_nobody_expected_is_shown_once():
    shown = []
    failures = Failures()
    failures.happened.connect(shown.append)
    for failure in (ZeroDivisionError("by zero"), IndexError("out of range")):
        for _ in range(2):
            failures.report(sent(Report(None, failure=failure)).failure)
    assert ["ZeroDivisionError" in shown[0], "IndexError" in shown[1], len(shown)] == [True, True, 2]


def test_nothing_else_is_sent():
    with pytest.raises(TypeError, match="Path"):
        wire.write((1, Path("/")), BytesIO())


def test_half_a_message_is_the_end():
    with pytest.raises(EOFError):
        wire.read(BytesIO(b"\x10\0\0"))


def test_a_session_gets_the_frames_of_an_uninterrupted_training(beside):
    beside.start(PAIR)
    clock = Clock(beside)
    clock.run_until_idle()
    beside.steps_per_frame = 5
    beside.play()
    for _ in range(10):
        clock.tick()
    beside.change("learning_rate", 0.01, run=1)
    beside.add_run(OTHER)
    for _ in range(10):
        clock.tick()
    beside.pause()
    clock.run_until_idle()
    assert len(beside.runs) == len(beside.frame.runs) == 3
    uninterrupted(beside.experiment, beside.history)
    beside.seek(beside.step_index - 3)
    clock.run_until_idle()
    uninterrupted(beside.experiment, beside.history)


def test_a_new_experiment_ends_the_one_before_which_is_in_a_long_step(beside):
    beside.start(LONG)
    beside.wait_ready()
    beside.play()
    beside.grant(0.0)
    beside.start(small())
    frames_equal(beside.wait_ready(), trained(small(), 0))
    assert beside.closed(20)


def test_the_process_ends_in_the_middle_of_a_step():
    with TrainingProcess() as process:
        inbox = Inbox()
        running = process.launch(LONG, inbox)
        running.grant(Grant(LONG, 0, 1000), 0.0)
        child = process._process
    assert child.poll() is not None


TRAINING = """
import sys
sys.path.insert(0, sys.argv[1])
from engine.config import Experiment
from engine.session import Session
from engine.training_process import TrainingEnded, TrainingProcess
with TrainingProcess() as process:
    session = Session(process.launch)
    session.start(Experiment())
    sys.exit(session.advance(3).step)
"""


@pytest.mark.skipif(os.name != "posix", reason="files are closed as by a shell of Unix")
def test_it_trains_where_there_is_no_file_to_print_to():
    command = ["sh", "-c", 'exec "$0" "$@" <&- >&- 2>&-', sys.executable, "-c", TRAINING, str(ROOT)]
    assert subprocess.run(command, check=False, timeout=60).returncode == 3


def test_modules_of_the_folder_it_is_started_in_are_not_taken_for_its_own(tmp_path):
    for name in ("engine", "marshal", "numpy", "random"):
        tmp_path.joinpath(f"{name}.py").write_text("raise SystemExit(7)")
    command = [sys.executable, "-P", "-c", TRAINING, str(ROOT)]
    assert subprocess.run(command, cwd=tmp_path, check=False, timeout=60).returncode == 3


@ELSEWHERE
def test_the_process_does_not_outlive_the_window():
    code = """
import sys
from engine.config import Experiment
from engine.training_process import TrainingEnded, TrainingProcess
from engine.session import Session
process = TrainingProcess()
session = Session(process.launch)
session.start(Experiment())
session.wait_ready()
session.play()
session.grant(0.0)
print(process._process.pid, flush=True)
sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as window:
        training = os.pidfd_open(int(window.stdout.readline()))
        window.kill()
        ended, _, _ = select.select([training], [], [], 20)
        os.close(training)
    assert ended


@pytest.fixture
def process():
    with TrainingProcess() as process:
        yield process


def test_the_end_of_one_process_is_none_of_what_trains_in_the_next(process):
    arrived, released = threading.Event(), threading.Event()

    class Slow(Inbox):
        def put(self, report):
            arrived.set()
            released.wait(20)
            super().put(report)

    left = process.launch(PAIR, Slow())
    assert arrived.wait(20)
    reader, ended = process._reader, process._process
    ended.kill()
    ended.wait()
    inbox = Inbox()
    running = process.launch(PAIR, inbox)
    released.set()
    reader.join(20)
    frames_equal(inbox.wait().frame, trained(PAIR, 0))
    left.grant(Grant(PAIR, 0, 1), 0.0)
    left.stop()
    running.grant(Grant(PAIR, 0, 5), 0.0)
    frames_equal(inbox.wait().frame, trained(PAIR, 5))
    running.stop()
    assert running.ended(20)


def test_too_little_memory_for_a_report_ends_the_process_that_sent_it(process):
    class Full(Inbox):
        def put(self, report):
            if report.frame is not None:
                raise MemoryError
            super().put(report)

    inbox = Full()
    running = process.launch(PAIR, inbox)
    assert running.ended(20)
    assert "short of memory" in str(inbox.take().failure)
    assert process._process.wait(20)


def test_where_no_process_can_be_started_again_reset_tries_once_more(process, monkeypatch):
    session = Session(process.launch)
    process._process.kill()
    process._reader.join(20)
    with monkeypatch.context() as without_python:
        without_python.setattr(sys, "executable", str(Path(__file__).with_name("no-python")))
        for _ in range(2):
            session.start(PAIR)
            with pytest.raises(TrainingEnded, match="No such file"):
                session.wait_ready()
    session.start(PAIR)
    frames_equal(session.wait_ready(), trained(PAIR, 0))
    session.close()
    assert session.closed(10)


def test_the_window_says_that_the_training_was_ended_and_reset_begins_anew(qtbot, process, open_window):
    window = open_window(Experiment(), launch=process.launch)
    os.kill(process._process.pid, signal.SIGKILL)
    window.player.step(5)
    qtbot.waitUntil(lambda: window.session.state is State.FAILED, timeout=20_000)
    assert "ended by signal 9" in window.message_bar.text
    window.form.redraw_action.trigger()
    assert window.message_bar.text == "The training has failed; Reset begins anew."
    window.message_bar.say("Something else.", Level.DONE)
    press(qtbot, window, Qt.Key.Key_Home)
    window.message_bar._hold.start(0)
    qtbot.waitUntil(lambda: "ended by signal 9" in window.message_bar.text)
    press(qtbot, window, Qt.Key.Key_R)
    assert "ended by signal 9" not in window.message_bar.text
    begun(qtbot, window)
    window.player.step(5)
    idle(qtbot, window)
    frames_equal(window.session.frame, trained(window.session.experiment, 5))


def test_all_plots_show_the_newest_frame_when_the_training_is_ended_while_they_take_turns(
    qtbot, process, open_window
):
    window = open_window(Experiment(), launch=process.launch)
    window.transport.set_speed(1)
    window.player.play()
    qtbot.waitUntil(lambda: window.session.step_index > 20, timeout=20_000)
    os.kill(process._process.pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: window.session.state is State.FAILED, timeout=20_000)
    newest = window.session.history.last
    assert all(panel.plot.frame is newest for panel in window.workspace.panels.values())
    assert window.transport._counters._numbers["step"].text() == f"{newest.step:,}"


def test_the_window_says_at_once_that_the_training_was_ended_while_it_stood_still(
    qtbot, process, open_window
):
    window = open_window(launch=process.launch)
    window.player.step(5)
    idle(qtbot, window)
    window.playback.listen()
    assert window.session.state is State.PAUSED
    process._process.kill()
    process._reader.join(20)
    window.playback.listen()
    assert "ended by signal 9" in window.message_bar.text
    assert window.session.frame.step == 5


def test_an_export_of_a_training_that_was_ended_is_of_what_was_seen(qtbot, process, open_window):
    window = open_window(launch=process.launch)
    window.player.play()
    qtbot.waitUntil(lambda: window.session.step_index > 20, timeout=20_000)
    window.playback.stop()
    window.session.grant(0.0)
    seen = window.session.frame.step
    process._process.kill()
    process._reader.join(20)
    window.export()
    assert window.session.state is State.FAILED
    assert "ended by signal 9" in window.message_bar.text
    assert window.exports.dialog._subject.step >= seen
    window.exports.dialog.reject()


IMPORTING = """
import sys, threading
sys.path.insert(0, sys.argv[1])
class Finder:
    def find_spec(self, name, path=None, target=None):
        if threading.current_thread() is not threading.main_thread():
            print(name)
sys.meta_path.insert(0, Finder())
from engine.training_process import TrainingProcess
with TrainingProcess() as process:
    from engine.config import Experiment
    from engine.session import Session
    session = Session(process.launch)
    session.start(Experiment())
    session.advance(3)
with TrainingProcess() as process:
    pass
"""


def test_the_window_s_modules_are_imported_by_one_thread_only():
    command = [sys.executable, "-c", IMPORTING, str(ROOT)]
    assert subprocess.run(command, check=True, capture_output=True, timeout=60).stdout == b""
