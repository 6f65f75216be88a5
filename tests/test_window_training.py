"""Training in the window: settings that change, steps, runs, divergence, and what an export takes of it."""

from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QLineEdit

from engine.config import Experiment, RunConfig
from engine.fields import Choice
from engine.session import State
from gui.message_bar import Level
from tests.windows import SMALL, idle


def test_a_new_initializer_starts_anew_at_frame_0(qtbot, window):
    window.player.play()
    qtbot.waitUntil(lambda: window.session.step_index > 10)
    zeros = replace(SMALL.runs[0], initializer=Choice("zeros"))
    window.form.edited.emit(SMALL.with_runs([zeros]))
    qtbot.waitUntil(lambda: len(window.session.history) == 1)
    assert window.session.history.last.step == 0
    assert (window.session.history.last.runs[0].layers["weight_rms"] == 0).all()
    assert window.session.closed(5)


def test_undo_and_redo_bring_settings_back(window):
    zeros = SMALL.with_runs([replace(SMALL.runs[0], initializer=Choice("zeros"))])
    window.form.edited.emit(zeros)
    window.form.changed_live.emit({"learning_rate": 0.5})
    stack = window.document.undo_stack
    assert window.form.experiment().runs[0].learning_rate == 0.5
    stack.undo()
    assert window.form.experiment() == zeros
    stack.undo()
    assert window.form.experiment() == SMALL
    assert window.session.experiment == SMALL
    stack.redo()
    stack.redo()
    assert window.form.experiment().runs[0].learning_rate == 0.5
    assert window.session.experiment.runs[0].initializer == Choice("zeros")


def test_the_learning_rate_changes_while_training_goes_on(qtbot, window):
    window.player.play()
    qtbot.waitUntil(lambda: window.session.step_index > 5)
    window.form.changed_live.emit({"learning_rate": 0.5})
    at = window.session.step_index
    qtbot.waitUntil(lambda: window.session.step_index > at + 20)
    assert window.session.experiment.value_at(window.session.step_index, "learning_rate") == 0.5
    assert window.session.history.first.step == 0
    assert window.session.state is State.PLAYING


def test_a_live_change_passes_though_another_field_is_refused(qtbot, window):
    field = window.form.field("hidden")
    window.form.show_error("hidden", "too many")
    rate = window.form.field("learning_rate")
    edit = field.findChild(QLineEdit)
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, "4096x100")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    spin = rate.findChild(QLineEdit)
    spin.setFocus()
    spin.selectAll()
    qtbot.keyClicks(spin, "0.02")
    qtbot.keyClick(spin, Qt.Key.Key_Return)
    assert window.session.experiment.value_at(window.session.step_index, "learning_rate") == 0.02
    assert edit.text() == "4096x100"
    window.transport.steps_requested.emit(3)
    idle(qtbot, window)
    assert edit.text() == "4096x100"


def test_reset_keeps_the_weights_and_new_seed_draws_others(qtbot, window):
    first = window.session.history.first.runs[0].train_loss
    window.transport.steps_requested.emit(5)
    idle(qtbot, window)
    window.transport.reset_action.trigger()
    qtbot.waitUntil(lambda: len(window.session.history) == 1)
    assert window.session.history.last.runs[0].train_loss == first
    window.transport.seed_action.trigger()
    qtbot.waitUntil(lambda: len(window.session.history) == 1)
    assert window.session.history.last.runs[0].train_loss != first
    assert window.form.experiment().runs[0].seed == 1


def test_run_until_an_epoch_shows_its_progress_and_stops(qtbot, open_window):
    window = open_window()
    seen = []
    window.playback.frame_arrived.connect(
        lambda _: seen.append(
            (window.transport._progress_action.isVisible(), window.transport._progress.value())
        )
    )
    window.player.run_until(40)
    idle(qtbot, window)
    assert window.session.history.last.epoch == 40.0
    assert (True, 100) not in seen[:1]
    assert any(visible and 0 < value < 100 for visible, value in seen)
    assert not window.transport._progress_action.isVisible()
    window.player.run_until(40)
    assert window.message_bar.level is Level.WARNING


def test_divergence_is_shown_and_stops_the_run(qtbot, open_window):
    run = RunConfig((100,) * 5, initializer=Choice("randn"), learning_rate=1.0)
    data = Choice("blobs", {"n_samples": 400, "n_features": 784, "n_classes": 10})
    window = open_window(Experiment((run,), data, batch_size=128))
    window.player.play()
    qtbot.waitUntil(lambda: window.session.state is State.DIVERGED, timeout=20_000)
    idle(qtbot, window)
    divergence = window.session.history.last.runs[0].divergence
    assert f"Diverged at step {divergence.step}" in window.message_bar.text
    assert window.message_bar.level is Level.ERROR
    assert not window.transport.play_action.isEnabled()
    assert window.transport.reset_action.isEnabled()
    assert window.session.history.first.step == 0


def test_a_run_until_an_epoch_ends_there_with_an_export_on_its_way(qtbot, window):
    window.session.steps_per_frame = 5
    window.player.run_until(40)
    qtbot.waitUntil(lambda: window.session.step_index > 0, timeout=20_000)
    window.export()
    assert window.session.state is State.PAUSED
    window.exports.dialog.reject()
    qtbot.waitUntil(window.transport._progress_action.isVisible, timeout=20_000)
    idle(qtbot, window)
    assert window.session.history.last.epoch == 40.0


def test_an_export_during_training_is_of_the_frame_on_show_and_training_goes_on(qtbot, window):
    window.player.play()
    qtbot.waitUntil(lambda: window.session.step_index > 10)
    window.export()
    dialog = window.exports.dialog
    shot = dialog._subject
    assert shot.step == window.session.step_index == shot.history.last.step
    assert not window.session.active
    dialog.reject()
    qtbot.waitUntil(lambda: window.session.step_index > shot.step + 10)
    assert shot.history.last.step == shot.step


class Paints(QObject):
    """Counts how often a widget is painted."""

    def __init__(self):
        super().__init__()
        self.count = 0

    def eventFilter(self, _watched, event):
        self.count += event.type() == QEvent.Type.Paint
        return False


def test_a_frame_is_painted_once(qtbot, open_window):
    window = open_window()
    paints = Paints()
    viewport = window.workspace.panels["loss"].plot.view.viewport()
    window.transport.steps_requested.emit(1)
    idle(qtbot, window)
    viewport.installEventFilter(paints)
    frames = []
    window.playback.frame_arrived.connect(frames.append)
    for _ in range(10):
        window.transport.steps_requested.emit(1)
        idle(qtbot, window)
    assert len(frames) == 10
    assert paints.count <= 11


def test_plots_are_hardly_behind_while_playing_and_exact_when_paused(qtbot, open_window):
    window = open_window()
    plots = [panel.plot for panel in window.workspace.panels.values()]
    steps, behind, moved = [], [], []

    def look():
        steps.append(window.session.step_index)
        at = [steps.index(plot.frame.step) for plot in plots]
        behind.append(len(steps) - 1 - min(at))
        moved.append(len(steps) - 1 == max(at))

    window.workspace.painted.connect(look)
    steps.append(window.session.step_index)
    window.player.play()
    qtbot.waitUntil(lambda: len(steps) > 20)
    window.player.pause()
    idle(qtbot, window)
    assert max(behind) <= 2
    assert all(moved)
    last = window.session.history.last
    for plot in plots:
        assert plot.frame is last
    # Words come a moment later.
    qtbot.waitUntil(lambda: all(f"{last.step:,}" in plot.accessibleDescription() for plot in plots))
