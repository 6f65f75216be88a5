"""The time line in the window: keys, dragging, and what it says, with a person's hands."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit

from engine import granting, timeline
from engine.config import Experiment, RunConfig
from engine.fields import Choice
from engine.frame import Divergence, Frame
from engine.session import State
from engine.training import IN_THIS_PROCESS
from gui.controls.time_scale import Kind
from gui.time_marks import time_marks
from tests import frames
from tests.same import frames_equal
from tests.small import small
from tests.windows import SMALL, begun, idle, press

LEFT = Qt.MouseButton.LeftButton
NO_PHASE = Qt.ScrollPhase.NoScrollPhase
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def train(qtbot, window, steps, frames=1):
    """Train so many steps, of which only the last of each frame are seen."""
    for _ in range(frames):
        window.transport.steps_requested.emit(steps // frames)
        idle(qtbot, window)


def place(window, step):
    scale = window.time_line.scale
    return QPoint(round(scale.x_of(step)), scale.height() // 3)


def agree(window):
    """Check that everything in the window shows the session's frame."""
    frame, session = window.session.frame, window.session
    newest = session.history.last.step
    where = "following" if session.following else "looking back"
    assert window.time_line.text == f"step {frame.step:,} of {newest:,} · {where}"
    assert window.transport._counters._numbers["step"].text() == f"{frame.step:,}"
    assert window.transport._counters._numbers["epoch"].text() == f"{frame.epoch:,.1f}"
    for panel in window.workspace.panels.values():
        assert panel.plot.frame is frame
    assert window.form._layer_panel._seen is frame.runs[0]


def test_the_keys_go_back_and_forth(qtbot, window):
    train(qtbot, window, 40)
    for key, modifier, step in (
        (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier, 39),
        (Qt.Key.Key_Left, SHIFT, 29),
        (Qt.Key.Key_Left, CONTROL, 25),  # 5 steps are an epoch
        (Qt.Key.Key_Left, CONTROL, 20),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, 21),
        (Qt.Key.Key_Home, Qt.KeyboardModifier.NoModifier, 0),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier, 0),
        (Qt.Key.Key_Right, SHIFT, 10),
        (Qt.Key.Key_End, Qt.KeyboardModifier.NoModifier, 40),
    ):
        press(qtbot, window, key, modifier)
        idle(qtbot, window)
        assert window.session.frame.step == step
        agree(window)
    assert window.session.following


def test_every_frame_gone_back_to_is_the_one_that_was(qtbot, window):
    seen = [window.session.frame]
    for _ in range(12):
        train(qtbot, window, 1)
        seen.append(window.session.frame)
    window.reset()
    qtbot.waitUntil(lambda: len(window.session.history) == 1)
    train(qtbot, window, 12)
    for step in reversed(range(12)):
        press(qtbot, window, Qt.Key.Key_Left)
        idle(qtbot, window)
        frames_equal(window.session.frame, seen[step])


def test_the_keys_stay_with_a_text_field(qtbot, window):
    train(qtbot, window, 20)
    field = window.form.findChild(QLineEdit)
    field.setFocus()
    field.setText("12")
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Home, Qt.Key.Key_End):
        press(qtbot, window, key)
    press(qtbot, window, Qt.Key.Key_Left, SHIFT)
    assert field.selectedText() == "2"
    assert window.session.frame.step == 20
    assert window.session.following


def test_a_drag_while_paused_reaches_any_step_and_the_right_end_follows(qtbot, window):
    train(qtbot, window, 100)
    scale = window.time_line.scale
    qtbot.mousePress(scale, LEFT, pos=place(window, 80))
    for step in (70, 37, 0, 63):
        qtbot.mouseMove(scale, place(window, step))
        idle(qtbot, window)
        assert window.session.frame.step == step
        agree(window)
    qtbot.mouseMove(scale, QPoint(scale.width() + 50, 5))
    qtbot.mouseRelease(scale, LEFT, pos=QPoint(scale.width() + 50, 5))
    idle(qtbot, window)
    assert window.session.following
    agree(window)


def test_a_drag_while_playing_shows_seen_frames_and_training_goes_on(qtbot, window):
    window.player.play()
    qtbot.waitUntil(lambda: window.session.step_index > 200)
    scale = window.time_line.scale
    qtbot.mousePress(scale, LEFT, pos=place(window, 100))
    qtbot.waitUntil(lambda: window.workspace.panels["loss"].plot.frame.step == window.session.frame.step)
    wanted = window.session.frame.step
    assert abs(wanted - 100) <= 10
    at = window.session.step_index
    qtbot.waitUntil(lambda: window.session.step_index > at + 100)
    assert window.session.state is State.PLAYING
    assert window.session.frame.step == wanted
    # What is under the mouse stays there while it is held.
    assert place(window, wanted).x() == pytest.approx(place(window, 100).x(), abs=scale.width() / 15)
    qtbot.mouseRelease(scale, LEFT, pos=place(window, 100))
    window.player.pause()
    idle(qtbot, window)
    agree(window)
    press(qtbot, window, Qt.Key.Key_End)
    idle(qtbot, window)
    assert window.session.frame is window.session.history.last
    agree(window)


def test_counters_and_time_line_tell_of_the_same_step_while_it_plays(qtbot, window):
    told = set()

    def more():
        counter = window.transport._counters._numbers["step"].text()
        told.add((f"step {counter}", window.time_line.text.partition(" of ")[0]))
        return len(told) > 10

    window.player.play()
    qtbot.waitUntil(more, timeout=20_000)
    assert all(counter == line for counter, line in told)


def test_where_a_pixel_has_many_steps_a_frame_that_is_there_is_shown(qtbot, window):
    train(qtbot, window, 10_000, frames=4)
    scale = window.time_line.scale
    qtbot.mouseClick(scale, LEFT, pos=place(window, 5000))
    qtbot.waitUntil(lambda: window.session.frame.step == 5000)
    qtbot.mouseClick(scale, LEFT, pos=place(window, 3000))
    idle(qtbot, window)
    assert abs(window.session.frame.step - 3000) <= 10_000 / scale.width() + 1
    agree(window)


def test_going_on_from_an_earlier_frame_gives_the_same_bits(qtbot, window):
    window.player.play()
    qtbot.waitUntil(lambda: window.session.step_index > 60)
    window.player.pause()
    idle(qtbot, window)
    newest = window.session.history.last
    qtbot.mouseClick(window.time_line.scale, LEFT, pos=place(window, newest.step // 2))
    idle(qtbot, window)
    back = window.session.frame.step
    assert back < newest.step
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.session.following)
    qtbot.waitUntil(lambda: window.session.step_index > newest.step)
    press(qtbot, window, Qt.Key.Key_Space)
    idle(qtbot, window)
    window.navigator.seek(newest.step, newest.step)
    idle(qtbot, window)
    frames_equal(window.session.frame, newest)
    agree(window)


def test_an_export_is_of_the_frame_on_show_and_a_training_goes_on_beyond_it(qtbot, window):
    window.player.play()
    qtbot.waitUntil(lambda: window.session.step_index > 50)
    window.navigator.seek(20, 20)
    shown = window.session.frame.step
    window.export()
    shot = window.exports.dialog._subject
    assert shot.step == shown
    assert "looking back" in window.time_line.text
    newest = window.session.step_index
    window.exports.dialog.reject()
    qtbot.waitUntil(lambda: window.session.step_index > newest)
    assert window.session.frame.step == shown
    assert window.session.history.has(newest)


@pytest.mark.parametrize("give_up", [Qt.Key.Key_Escape, Qt.Key.Key_Space])
def test_a_long_recomputation_shows_how_far_it_is_and_can_be_given_up(
    qtbot, open_window, monkeypatch, give_up
):
    # There is no memory for checkpoints, and little time in each turn.
    monkeypatch.setattr(timeline, "DEFAULT_LIMIT_BYTES", 0)
    monkeypatch.setattr(granting, "_SEEKING_SECONDS", 0.01)
    window = open_window(launch=IN_THIS_PROCESS)
    train(qtbot, window, 2000)
    unseen = next(step for step in range(1999, 0, -1) if not window.session.history.has(step))
    window.navigator.seek(unseen, unseen)
    with qtbot.waitSignal(window.playback.recomputed, timeout=20_000):
        pass
    assert window.time_line.text.startswith("recomputing: ")
    assert window.time_line.give_up_action.isEnabled()
    press(qtbot, window, give_up)
    idle(qtbot, window)
    assert window.session.state is State.PAUSED
    assert window.session.frame.step < unseen
    assert not window.time_line.give_up_action.isEnabled()
    agree(window)


def test_changes_divergence_and_partings_are_marked(qtbot, window):
    window.begin(small(loss=Choice("mean_squared_error")), None)
    begun(qtbot, window)
    train(qtbot, window, 20)
    window.form.changed_live.emit({"learning_rate": 0.5})
    train(qtbot, window, 20)
    marks = window.time_line.scale.marks
    assert [(mark.step, mark.text) for mark in marks] == [(20, "Step 20: learning rate is now 0.5.")]
    x = window.time_line.scale.x_of(20)
    assert window.time_line.scale.texts_at(x) == [marks[0].text]
    assert window.time_line.scale.texts_at(x + 40) == []
    window.navigator.seek(10, 10)
    idle(qtbot, window)
    window.form.changed_live.emit({"learning_rate": 1e6})
    train(qtbot, window, 200)
    texts = [mark.text for mark in window.time_line.scale.marks]
    assert texts[:2] == [
        "Step 10: an earlier course was left here.",
        "Step 10: learning rate is now 1e6.",
    ]
    divergence = window.session.history.last.runs[0].divergence
    assert divergence is not None
    assert texts[2:] == [f"Step {divergence.step:,}: the run diverged."]


def test_every_seed_that_diverged_is_marked():
    experiment = Experiment((RunConfig(name="one"), RunConfig(name="five", n_seeds=5)))
    seen = frames.frame(experiment, 60).runs[0]
    lost = [replace(seen, divergence=Divergence(step, 1, "weights")) for step in (30, 20, 30)]
    newest = Frame.of_seeds(60, 1.0, [[seen], [seen, *lost, seen]])
    assert [(mark.step, mark.kind, mark.text) for mark in time_marks(experiment, newest, ())] == [
        (20, Kind.DIVERGENCE, "Step 20: five diverged with 1 of 5 seeds."),
        (30, Kind.DIVERGENCE, "Step 30: five diverged with 2 of 5 seeds."),
    ]


def test_the_wheel_goes_step_by_step_only_where_the_scale_has_the_focus(qtbot, window):
    train(qtbot, window, 10)
    scale = window.time_line.scale

    def turn(notches):
        center = scale.rect().center().toPointF()
        delta, none = QPoint(0, round(120 * notches)), Qt.KeyboardModifier.NoModifier
        event = QWheelEvent(
            center, scale.mapToGlobal(center), QPoint(), delta, Qt.MouseButton.NoButton, none, NO_PHASE, False
        )
        QApplication.sendEvent(scale, event)
        idle(qtbot, window)
        return window.session.frame.step

    assert turn(-3) == 10
    scale.setFocus()
    assert turn(-3) == 7
    assert turn(1) == 8
    assert [turn(-0.25) for _ in range(5)] == [8, 8, 8, 7, 7], "as a touchpad does"
    assert turn(1.25) == 8
    assert turn(5) == 10
    assert window.session.following


def test_on_the_bench_the_keys_of_the_time_line_do_nothing(qtbot, window):
    train(qtbot, window, 10)
    window.bench_view.open()
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Home):
        press(qtbot, window, key)
        idle(qtbot, window)
    assert window.session.frame.step == 10
    window.bench_view.leave()
    press(qtbot, window, Qt.Key.Key_Left)
    idle(qtbot, window)
    assert window.session.frame.step == 9


def test_nothing_of_the_scale_is_cut(window):
    scale = window.time_line.scale
    assert window.time_line.rect().contains(scale.geometry())
    assert scale.height() >= scale.minimumSizeHint().height()


def test_the_tooltip_says_what_going_back_takes(qtbot, window):
    train(qtbot, window, 20)
    assert "256 MB" in window.time_line.toolTip()
    assert f"{len(window.session.history)} frames" in window.time_line.toolTip()


def test_the_form_shows_the_settings_of_the_frame_on_show(qtbot, window):
    train(qtbot, window, 10)
    window.form.changed_live.emit({"learning_rate": 0.02})
    train(qtbot, window, 10)
    rate = window.form.field("learning_rate")
    press(qtbot, window, Qt.Key.Key_Home)
    idle(qtbot, window)
    assert rate.value() == SMALL.runs[0].learning_rate
    press(qtbot, window, Qt.Key.Key_End)
    idle(qtbot, window)
    assert rate.value() == 0.02
