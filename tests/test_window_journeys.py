"""Whatever a person does with time, in whatever order, the window shows the session's frame, and its bits."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt

from engine.fields import Choice
from engine.session import State
from engine.trainer import Trainer
from tests import windows
from tests.same import frames_equal
from tests.windows import SMALL, idle, press

LEFT = Qt.MouseButton.LeftButton
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
LIVE = (
    {"learning_rate": 0.03},
    {"optimizer": Choice("momentum", {"momentum": 0.9}), "learning_rate": 0.01},
    {"l2": 0.001},
    {"batch_size": 7},
)

KEYS = st.sampled_from(
    [
        ("press", Qt.Key.Key_Space, NONE),
        ("press", Qt.Key.Key_Right, NONE),
        ("press", Qt.Key.Key_Right, SHIFT),
        ("press", Qt.Key.Key_Right, CONTROL),
        ("press", Qt.Key.Key_Left, NONE),
        ("press", Qt.Key.Key_Left, SHIFT),
        ("press", Qt.Key.Key_Left, CONTROL),
        ("press", Qt.Key.Key_Home, NONE),
        ("press", Qt.Key.Key_End, NONE),
        ("press", Qt.Key.Key_L, CONTROL),
        ("press", Qt.Key.Key_Z, CONTROL),
        ("press", Qt.Key.Key_R, NONE),
    ]
)
ACTIONS = st.one_of(
    KEYS,
    st.tuples(st.just("click"), st.floats(0, 1)),
    st.tuples(st.just("drag"), st.floats(0, 1), st.floats(0, 1)),
    st.tuples(st.just("change"), st.sampled_from(LIVE)),
    st.tuples(st.just("wait")),
)


class Person:
    """Does to a window what the actions say."""

    def __init__(self, qtbot, window):
        self.qtbot, self.window = qtbot, window

    def press(self, key, modifier):
        press(self.qtbot, self.window, key, modifier)

    def click(self, share):
        self.qtbot.mouseClick(self.window.time_line.scale, LEFT, pos=self._at(share))

    def drag(self, start, end):
        scale = self.window.time_line.scale
        self.qtbot.mousePress(scale, LEFT, pos=self._at(start))
        self.qtbot.mouseMove(scale, self._at(end))
        self.qtbot.mouseRelease(scale, LEFT, pos=self._at(end))

    def change(self, values):
        self.window.form.changed_live.emit(values)

    def wait(self):
        if self.window.session.state is State.PLAYING:
            at = self.window.session.step_index
            self.qtbot.waitUntil(lambda: self.window.session.step_index > at, timeout=20_000)
        else:
            idle(self.qtbot, self.window)

    def _at(self, share):
        scale = self.window.time_line.scale
        return QPoint(round(share * scale.width()), 8)


def check(window):
    """Compare what is shown with the session, and its frame with a training that went straight there."""
    session = window.session
    frame, newest = session.frame, session.history.last
    where = "following" if session.following else "looking back"
    assert window.time_line.text == f"step {frame.step:,} of {newest.step:,} · {where}"
    assert window.transport._counters._numbers["step"].text() == f"{frame.step:,}"
    assert window.workspace.panels["loss"].plot.frame is frame
    assert session.following == (frame is newest)
    trainer = Trainer(session.experiment)
    trainer.train(frame.step)
    frames_equal(frame, trainer.observe())
    for field in ("learning_rate", "l2", "batch_size", "optimizer"):
        assert window.form.field(field).value() == session.experiment.value_at(frame.step, field)


def test_a_journey_through_time(qtbot, training_process):
    with windows.opening(qtbot, training_process.launch) as open_window:
        window = open_window()
        person = Person(qtbot, window)

        @settings(
            max_examples=8,
            deadline=None,
            suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
        )
        @given(st.lists(ACTIONS, min_size=4, max_size=14))
        def travel(actions):
            window.begin(SMALL, None)
            qtbot.waitUntil(lambda: len(window.session.history) == 1, timeout=20_000)
            window.session.steps_per_frame = 3
            for name, *given_to_it in actions:
                getattr(person, name)(*given_to_it)
            window.player.pause()
            idle(qtbot, window)
            check(window)

        travel()
