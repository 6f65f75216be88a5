"""The main window: it connects the form, the transport bar, the plots, the files and the session."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QCloseEvent, QGuiApplication, QShowEvent
from PySide6.QtWidgets import QApplication, QMainWindow

from engine.changes import Change
from engine.config import Experiment
from engine.fields import ConfigError
from engine.frame import Frame
from engine.memory import check_memory
from engine.session import Session, State
from engine.training import Launch
from gui import style
from gui.bench_view import BenchView
from gui.cohort import Cohort
from gui.controls.form import ExperimentForm
from gui.controls.time_line import TimeLine
from gui.controls.transport import DEFAULT_SPEED, TransportBar
from gui.dialogs import Dialogs
from gui.document import Document
from gui.exports import Exports
from gui.failures import Failures
from gui.figure import Shot
from gui.files import Files
from gui.live_changes import LiveChanges
from gui.menus import Menus
from gui.message_bar import Level, MessageBar
from gui.navigator import Navigator
from gui.playback import Playback
from gui.player import Player
from gui.run_commands import RunCommands
from gui.runs_panel import RunsPanel
from gui.screen_room import on_screen
from gui.settings import Settings
from gui.stopping import Stopping
from gui.style import Theme
from gui.training_failure import show_failure
from gui.turns import Turns
from gui.verdict import verdict
from gui.workspace import Workspace

_CLOSING_MS = 20
_CLOSING_SECONDS = 3.0
_LEAST = QSize(900, 560)
"""For all plots to be read; a screen may have less, as that of a projector with enlarged fonts."""

FIRST_EPOCHS = 20
"""How long the first network trains by itself."""


class MainWindow(QMainWindow):
    """The window of the program.

    Attributes:
        session: trains the experiment.
        document: its settings and its file.
        files: the commands of the File menu.
        player: the commands of the transport bar.
        navigator: the commands of the time line.
        live_changes: what is changed while training goes on.
        stopping: the rules that end a play.
        form, transport, time_line, workspace, message_bar: the parts of the window.
        cohort: which runs are selected and shown.
        run_commands: what is done with them.
        bench_view: the sampling bench, in place of these parts.
    """

    def __init__(self, settings: Settings, failures: Failures, launch: Launch) -> None:
        """Show nothing yet.

        Args:
            settings: what a person left behind the last time.
            failures: errors that nobody expected.
            launch: where experiments are trained.
        """
        super().__init__()
        self.setObjectName("main-window")
        self._settings = settings
        self._failures = failures
        self._theme = _theme_named(settings.get("theme", "system"))
        # Before there are any widgets, each of which would change its clothes.
        self._dress(style.apply_palette)
        self._closing_since: float | None = None
        self._followed: tuple[Sequence[Change], Sequence[Change]] = ((), ())
        self.session = Session(launch)
        self.document = Document(self)
        self.form = ExperimentForm()
        self.transport = TransportBar(self._theme, self)
        self.message_bar = MessageBar(self._theme, self)
        self.time_line = TimeLine(self)
        self.addToolBar(self.transport)
        self.addToolBarBreak()
        self.addToolBar(self.time_line)
        self.setStatusBar(self.message_bar)
        runs_panel = RunsPanel(self)
        self.workspace = Workspace(self, self.form, runs_panel, self._theme)
        self.cohort = Cohort(self.document, self.session, self.form, runs_panel.table, self.workspace)
        self.run_commands = RunCommands(self, self.document, self.cohort, self.workspace)
        self.bench_view = BenchView(self, self.workspace, self.run_commands, self._theme)
        self.playback = Playback(self.session, self.workspace.paint, self)
        self.player = Player(self.session, self.playback, self.transport, self)
        self.navigator = Navigator(self.session, self.playback, self.time_line, self)
        self.live_changes = LiveChanges(self.session, self.document, self.form, self.cohort, self)
        self.stopping = Stopping(self, self.session, self.playback, self.transport, settings)
        self._turns = Turns(
            self._show_where,
            self.cohort.show_in_form,
            self.cohort.show_in_table,
            self._show_verdict,
        )
        self.dialogs = Dialogs(self, settings)
        self.files = Files(self, self.document, self.session, self.dialogs, settings)
        self.exports = Exports(self, settings)
        self.menus = Menus(self)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setMinimumSize(on_screen(_LEAST))
        self._connect()
        self._restore()
        self.set_theme(settings.get("theme", "system"))

    def begin(self, experiment: Experiment, path: Path | None) -> None:
        """Show the window's first experiment; the usual one if it does not fit in memory."""
        try:
            check_memory(experiment)
        except ConfigError as error:
            self.document.start(Experiment(), None)
            self.message_bar.say(error.message, Level.ERROR)
            return
        self.document.start(experiment, path)

    @Slot()
    def play_first(self) -> None:
        """Train the first network for some epochs by itself, unless a person has begun to do something.

        Only the first time that the program is opened: later a person knows what to press.
        """
        if not self._settings.bytes("geometry").isEmpty():
            return
        untouched = self.session.experiment == self.document.saved and self.session.step_index == 0
        if untouched and self.session.state is State.PAUSED:
            self.player.run_until(FIRST_EPOCHS)

    # What the person asks for -------------------------------------------------------------------------------

    @Slot(str)
    def export(self, plot: str = "") -> None:
        """Open the export dialog for one plot, or as it was last used; on the bench, for its picture."""
        if self.bench_view.shown:
            self.bench_view.export(self.exports)
            return
        if not len(self.session.history):
            self.message_bar.say("There is nothing to export before the network is built.", Level.WARNING)
            return
        # Before the pause: in this slice, too, the play may come to its end.
        self._show_slice_under_way()
        playing = self.player.interrupt()
        dialog = self.exports.open(self._shot(), self._theme, plot or None)
        if playing:
            dialog.finished.connect(self.player.play_on, Qt.ConnectionType.SingleShotConnection)

    @Slot()
    def reset(self) -> None:
        """Go back to frame 0, of what was opened if it is unchanged, else of the settings as they are."""
        experiment = self.document.settings if self.files.modified else self.document.saved
        self.document.follow(experiment.settled(0))
        self._start(experiment)

    @Slot()
    def new_seed(self) -> None:
        """Draw other weights."""
        self.run_commands.shift_seeds()

    @Slot(str)
    def set_theme(self, name: str) -> None:
        """Show the light or the dark theme, or follow the system."""
        self._settings.set("theme", name)
        self._theme = _theme_named(name)
        self._dress(style.apply)
        for part in (
            self.transport,
            self.time_line,
            self.message_bar,
            self.workspace,
            self.form,
            self.menus,
            self.run_commands,
            self.bench_view,
        ):
            part.set_theme(self._theme)
        self.menus.check_theme(name)

    # What happens ------------------------------------------------------------------------------------------

    @Slot(object)
    def _start(self, experiment: Experiment) -> None:
        """Start training an experiment from frame 0; the old plots stay until it is there."""
        self._followed = ((), ())
        self.cohort.start(experiment)
        self.message_bar.rest_on("Building the network …")
        self._show_title()
        self.playback.wake()

    @Slot()
    def _show_anew(self) -> None:
        """Show that settings or runs are others now; what is new begins to train, or to catch up."""
        if self.session.state is State.FAILED:
            # With these it may be possible.
            self._start(self.document.settings)
            return
        self._show_title()
        if len(self.session.history):
            # At an earlier frame, what came after it is a past now.
            self._on_frame_arrived(self.session.frame)
        self.playback.wake()

    @Slot(object)
    def _on_frame_arrived(self, frame: Frame) -> None:
        history, session = self.session.history, self.session
        self.cohort.follow()
        self._follow_log(frame)
        now = time.perf_counter()
        if session.state is State.PLAYING:
            self.workspace.follow(history, frame.step, now)
            self._turns.show_next(frame, now)
        else:
            self.workspace.show_frame(history, frame.step)
            self._turns.show_all(frame, now)

    @Slot(object)
    def _on_state_changed(self, state: State) -> None:
        if state is State.FAILED:
            show_failure(self.session.failure, self.form, self.message_bar, self._failures)
        if len(self.session.history) and state is not State.BUILDING:
            # While frames followed each other, some plots were left a little behind.
            self.cohort.follow()
            self.workspace.show_frame(self.session.history, self.session.frame.step)
            self._turns.show_all(self.session.frame, time.perf_counter())

    @Slot()
    def _on_runs_changed(self) -> None:
        if len(self.session.history):
            self._show_verdict(self.session.frame)

    def _show_where(self, frame: Frame) -> None:
        """Show where the training is: in numbers and on the time line, which would else be seen to differ."""
        self.player.show_progress(frame)
        self.navigator.show_time(frame)

    def _show_verdict(self, frame: Frame) -> None:
        if self.session.state is State.FAILED:
            # Why there is no going on says more than any frame.
            return
        if self.cohort.place is None:
            self.message_bar.rest_on("The chosen run is catching up with the others.")
        else:
            place = self.cohort.place
            self.message_bar.rest_on(*verdict(self.session, frame, place))

    def _follow_log(self, frame: Frame) -> None:
        """Show in the form what the log, new or replayed, has brought about up to the frame on show."""
        experiment = self.session.experiment
        so_far = tuple(change for change in experiment.changes if change.step <= frame.step)
        # What was just logged is in the settings already, though it may hold from a later frame on only.
        followed = (experiment.changes, so_far)
        if followed != self._followed:
            self._followed = followed
            self.document.follow(self.cohort.settings_at(frame.step))
            self.form.set_live(self.document.settings)
            self._show_title()

    def _show_slice_under_way(self) -> None:
        """Wait for what was granted last, so that the figure is of the frame that stays on show."""
        if self.session.settle() is not None:
            self._on_frame_arrived(self.session.frame)

    def _shot(self) -> Shot:
        # Of its own: the training may go on while the figure is made.
        history = self.session.history.snapshot()
        options, zooms = self.workspace.options(), self.workspace.zooms()
        step = self.session.frame.step
        return Shot(self.session.experiment, history, step, options, zooms, self.cohort.view())

    # Title and settings ------------------------------------------------------------------------------------

    def _dress(self, apply: Callable[[QApplication, Theme], None]) -> None:
        application = QApplication.instance()
        if isinstance(application, QApplication):
            apply(application, self._theme)

    @Slot()
    def _show_title(self) -> None:
        self.setWindowTitle(f"{self.document.name}[*] – InitScope")
        self.setWindowModified(self.files.modified)

    def _restore(self) -> None:
        settings = self._settings
        self.resize(on_screen(QSize(1400, 900)))
        if not settings.bytes("geometry").isEmpty():
            self.restoreGeometry(settings.bytes("geometry"))
        if settings.bytes("arrangement").isEmpty() or not self.workspace.restore(
            settings.bytes("arrangement")
        ):
            self.workspace.arrange()
        self.workspace.restore_options(settings.get("plots", {}))
        speed = settings.get("speed", DEFAULT_SPEED)
        self.transport.set_speed(None if speed == 0 else speed)
        self.player.set_speed(self.transport.speed)

    def _store(self) -> None:
        settings = self._settings
        settings.set_bytes("geometry", self.saveGeometry())
        settings.set_bytes("arrangement", QByteArray(self.workspace.save()))
        settings.set("plots", self.workspace.options())
        settings.set("speed", self.transport.speed or 0)
        self.exports.store()

    def _connect(self) -> None:
        self.document.started.connect(self.bench_view.leave)
        self.document.replaced.connect(self._start)
        self.document.title_changed.connect(self._show_title)
        self.form.edited.connect(self.run_commands.edit_settings)
        self.form.changed_live.connect(self.run_commands.change_live)
        self.playback.frame_arrived.connect(self._on_frame_arrived)
        self.playback.state_changed.connect(self._on_state_changed)
        self.workspace.export_requested.connect(self.export)
        self.form.law_requested.connect(self.bench_view.show_law)
        self.bench_view.export_requested.connect(self.export)
        self.bench_view.said.connect(self.message_bar.say)
        self.exports.said.connect(self.message_bar.say)
        self.files.said.connect(self.message_bar.say)
        self._failures.happened.connect(self._on_failure)
        self.player.said.connect(self.message_bar.say)
        self.stopping.said.connect(self.message_bar.say)
        self.stopping.taken_back.connect(self.message_bar.take_back)
        self.playback.caught_up.connect(self.cohort.show_catching_up)
        self.cohort.changed.connect(self._on_runs_changed)
        self.cohort.edited.connect(self._show_anew)
        self.run_commands.said.connect(self.message_bar.say)
        self.live_changes.said.connect(self.message_bar.say)
        self.live_changes.made.connect(self._show_anew)
        self.transport.reset_requested.connect(self.reset)
        self.transport.seed_requested.connect(self.new_seed)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_color_scheme_changed)

    @Slot(str)
    def _on_failure(self, text: str) -> None:
        self.message_bar.say(text, Level.ERROR)

    @Slot()
    def _on_color_scheme_changed(self) -> None:
        if self._settings.get("theme", "system") == "system":
            self.set_theme("system")

    # Qt ----------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Share the room once there is some, and keep the keys of the transport from going to a field."""
        super().showEvent(event)
        if self._settings.bytes("arrangement").isEmpty():
            self.workspace.share_room()
        self.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        """End the training, and close when its thread is gone; the event loop runs on until then."""
        if self._closing_since is None:
            if not self.files.may_leave():
                event.ignore()
                return
            self._closing_since = time.perf_counter()
            # A text half typed is taken now, and not when the session has ended.
            self.setFocus()
            self._store()
            self.playback.stop()
            self.session.close()
            self.bench_view.stop()
            self.setEnabled(False)
        ended = self.session.closed() and self.bench_view.stopped()
        if ended or time.perf_counter() - self._closing_since > _CLOSING_SECONDS:
            event.accept()
        else:
            event.ignore()
            QTimer.singleShot(_CLOSING_MS, self.close)


def _theme_named(name: str) -> Theme:
    """Return a theme by its name; any other name follows the system."""
    return {theme.name: theme for theme in (style.LIGHT, style.DARK)}.get(name) or style.system_theme()
