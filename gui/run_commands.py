"""What a person does with the runs: the commands, for the menus, the keys and the table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from PySide6.QtCore import QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from engine.comparisons import COMPARISONS, keep_name_true
from engine.config import Experiment
from engine.fields import Choice, ConfigError
from engine.memory import check_memory
from engine.run_config import MAX_SEED
from gui.cohort import Cohort
from gui.document import Document, LiveValue
from gui.icons import icon
from gui.message_bar import Level
from gui.style import Theme
from gui.workspace import Workspace


class _Command(NamedTuple):
    text: str
    key: str
    tip: str
    icon: str = ""


_COMMANDS = {
    "add": _Command("&Add run", "Ctrl+Shift+N", "Add a copy of the chosen run, to be changed", "add"),
    "duplicate": _Command("&Duplicate run", "Ctrl+D", "Put a copy of the chosen run right below it", "copy"),
    "remove": _Command("&Remove run", "Del", "Remove the chosen run; the others train on", "remove"),
    "rename": _Command("Re&name run", "F2", "Give the chosen run a name of its own"),
    "toggle": _Command("&Hide run", "Ctrl+H", "Hide the chosen run in the plots, or show it again", "eye"),
    "move_up": _Command("Move run &up", "Ctrl+Shift+Up", "Move the chosen run up", "move-up"),
    "move_down": _Command("Move run d&own", "Ctrl+Shift+Down", "Move the chosen run down", "move-down"),
    "make_reference": _Command(
        "Make run the re&ference",
        "",
        "Move the chosen run to the top: the others are held against it",
        "reference",
    ),
    "pin": _Command(
        "&Pin run", "Ctrl+P", "Keep the chosen run as a pale reference, whatever is changed", "pin"
    ),
    "edit_seeds": _Command("&Weight seeds …", "", "Train the chosen run with several weight seeds at once"),
    "select_next": _Command("Choose the ne&xt run", "Ctrl+PgDown", "Choose the next run"),
    "select_previous": _Command("Choose the pre&vious run", "Ctrl+PgUp", "Choose the run before"),
    "go_to_table": _Command(
        "Go to the &table of runs", "Ctrl+3", "Show the table of runs, and give it the keyboard"
    ),
}
"""Method of RunCommands -> how it is offered, in the order of the menu."""

_SEPARATED = ("toggle", "edit_seeds", "select_next")
REVEALING = ("rename", "edit_seeds", "go_to_table")
"""Commands that show what they are about, whatever has taken its place."""

_IN_TITLE = ("add", "duplicate", "remove", "move_up", "move_down", "make_reference", "pin")


class RunCommands(QObject):
    """The commands are about the run that is selected, or the past whose row is chosen in the table.

    Attributes:
        actions: command -> action, in the order of the menu.
        comparisons: an action per comparison.

    Signals:
        said(str, Level): why a command was not carried out, or that one was undone or redone.
    """

    said = Signal(str, object)

    def __init__(self, window: QWidget, document: Document, cohort: Cohort, workspace: Workspace) -> None:
        super().__init__(window)
        self._document = document
        self._cohort = cohort
        self._workspace = workspace
        self._panel = panel = workspace.runs_panel
        self._compare = QAction("Compare", self)
        self.actions = {name: self._action(name, command) for name, command in _COMMANDS.items()}
        self.comparisons = [self._comparison(name) for name in COMPARISONS]
        self._menu = QMenu(window)
        self.fill(self._menu)
        comparing = QMenu(window)
        comparing.addActions(self.comparisons)
        comparing.setToolTipsVisible(True)
        self._compare.setMenu(comparing)
        self._compare.setToolTip("Replace the runs by those of a comparison")
        self._menu.addSeparator()
        self._menu.addAction(self._compare)
        panel.offer([self.actions[name] for name in _IN_TITLE], self._compare)
        # Elsewhere it means a letter, or nothing.
        self.actions["remove"].setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        panel.table.addAction(self.actions["remove"])
        panel.table.customContextMenuRequested.connect(self._on_menu_requested)
        panel.table.renamed.connect(self.rename_run)
        cohort.changed.connect(self._enable)
        document.taken_back.connect(self._on_taken_back)
        document.done_again.connect(self._on_done_again)

    def fill(self, menu: QMenu) -> None:
        """Offer all commands but the comparisons in a menu."""
        menu.setToolTipsVisible(True)
        for name, action in self.actions.items():
            if name in _SEPARATED:
                menu.addSeparator()
            menu.addAction(action)

    def set_theme(self, theme: Theme) -> None:
        """Paint the icons in the theme's colour of text."""
        for name, action in self.actions.items():
            if _COMMANDS[name].icon:
                action.setIcon(icon(_COMMANDS[name].icon, theme.text))
        self._compare.setIcon(icon("compare", theme.text))

    # Runs that come and go ----------------------------------------------------------------------------------

    def compare(self, name: str) -> None:
        """Replace the runs by those of a comparison, made from the selected one."""
        comparison = COMPARISONS[name]
        try:
            experiment = comparison.apply(self._document.settings, self._cohort.selected)
            check_memory(experiment)
        except ConfigError as error:
            self.said.emit(f"The comparison was not begun. {error.message}", Level.ERROR)
            return
        self._cohort.show_all()
        self._document.edit(experiment, comparison.label.lower())

    def add(self) -> None:
        """Add a copy of the selected run after all others."""
        self._put_copy(len(self._document.settings.runs), "add a run")

    def duplicate(self) -> None:
        """Put a copy of the selected run right below it."""
        self._put_copy(self._cohort.selected + 1, "duplicate a run")

    def remove(self) -> None:
        """Remove the selected run, or let go of a past."""
        if self._cohort.past is not None:
            self._cohort.remove_past(self._cohort.past)
        else:
            self._document.remove_run(self._cohort.selected, self._cohort.leave, "remove a run")

    def pin(self) -> None:
        """Keep what was seen of the selected run as a pale reference."""
        self._cohort.pin()

    # How they stand -----------------------------------------------------------------------------------------

    def rename(self) -> None:
        """Let a person type another name of the selected run."""
        self._workspace.reveal(self._panel)
        self._panel.table.edit_name(self._cohort.selected)

    @Slot(int, str)
    def rename_run(self, run: int, name: str) -> None:
        """Call a run by another name, or by what sets it apart if it is empty."""
        try:
            replace(self._document.settings.runs[run], name=name)
        except ConfigError as error:
            self.said.emit(error.message, Level.ERROR)
            return
        self._document.rename_run(run, name, "rename a run")

    def toggle(self) -> None:
        """Hide the selected run, or the past, or show it again."""
        self._cohort.toggle_row(self._cohort.row)

    def move_up(self) -> None:
        """Let the selected run change places with the one above it."""
        self._move(self._cohort.selected - 1, "move a run up")

    def move_down(self) -> None:
        """Let the selected run change places with the one below it."""
        self._move(self._cohort.selected + 1, "move a run down")

    def make_reference(self) -> None:
        """Move the selected run to the top."""
        self._move(0, "make a run the reference")

    def select_next(self) -> None:
        """Select the run below."""
        self._cohort.select(min(self._cohort.selected + 1, len(self._document.settings.runs) - 1))

    def select_previous(self) -> None:
        """Select the run above."""
        self._cohort.select(max(self._cohort.selected - 1, 0))

    def go_to_table(self) -> None:
        """Show the table and give it the keyboard."""
        self._workspace.reveal(self._panel)
        self._panel.table.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # What the runs are --------------------------------------------------------------------------------------

    def edit_seeds(self) -> None:
        """Let a person type how many weight seeds the selected run has."""
        self._workspace.reveal(self._workspace.form_dock)
        self._cohort.edit_field("n_seeds")

    def shift_seeds(self) -> None:
        """Draw other weights for all runs; what runs have in common in their seeds they keep."""
        runs = self._document.settings.runs
        shift = max(run.n_seeds for run in runs)
        others = [replace(run, seed=(run.seed + shift) % (MAX_SEED + 2 - run.n_seeds)) for run in runs]
        self._document.edit(self._document.settings.with_runs(others), "new seed")

    def set_initializer(self, initializer: Choice, what: str) -> None:
        """Draw the weights of the selected run otherwise."""
        runs = list(self._document.settings.runs)
        run = self._cohort.selected
        runs[run] = keep_name_true(runs[run], replace(runs[run], initializer=initializer))
        self._document.edit(self._document.settings.with_runs(runs), what)

    @Slot(object)
    def change_live(self, values: Mapping[str, LiveValue]) -> None:
        """Change settings of the selected run, or that all share, while training goes on."""
        what = next(iter(values)).replace("_", " ")
        self._document.change_live(values, self._cohort.going_on_with(), what, self._cohort.selected)

    @Slot(object)
    def edit_settings(self, experiment: Experiment) -> None:
        """Exchange the settings for those that a person gave in the form."""
        self._document.edit(experiment, "settings")

    # What stands behind it ----------------------------------------------------------------------------------

    def _put_copy(self, at: int, what: str) -> None:
        settings, source = self._document.settings, self._cohort.selected
        copy = replace(settings.runs[source], name="")
        try:
            check_memory(settings.with_runs((*settings.runs, copy)))
        except ConfigError as error:
            self.said.emit(f"The run was not added. {error.message}", Level.ERROR)
            return
        self._document.add_run(copy, at, source, self._cohort.leave, what)

    def _move(self, to: int, what: str) -> None:
        order = list(range(len(self._document.settings.runs)))
        if to in order:
            order.insert(to, order.pop(self._cohort.selected))
            self._document.arrange_runs(order, what)

    @Slot()
    def _enable(self) -> None:
        """Offer what can be done with the chosen row."""
        cohort, count = self._cohort, len(self._document.settings.runs)
        is_run = cohort.past is None
        self.actions["toggle"].setText("&Show run" if cohort.is_hidden(cohort.row) else "&Hide run")
        enabled = {
            "add": is_run,
            "duplicate": is_run,
            "remove": not is_run or count > 1,
            "rename": is_run,
            "toggle": not is_run or count > 1,
            "move_up": is_run and cohort.selected > 0,
            "move_down": is_run and cohort.selected < count - 1,
            "make_reference": is_run and cohort.selected > 0,
            "pin": is_run and cohort.can_pin,
            "edit_seeds": is_run,
            "select_next": cohort.selected < count - 1,
            "select_previous": cohort.selected > 0,
        }
        for name, on in enabled.items():
            self.actions[name].setEnabled(on)

    @Slot(str)
    def _on_taken_back(self, what: str) -> None:
        self.said.emit(f"Undone: {what}. The training begins anew at step 0.", Level.DONE)

    @Slot(str)
    def _on_done_again(self, what: str) -> None:
        self.said.emit(f"Redone: {what}. The training begins anew at step 0.", Level.DONE)

    @Slot(QPoint)
    def _on_menu_requested(self, place: QPoint) -> None:
        self._menu.popup(self._panel.table.viewport().mapToGlobal(place))

    def _action(self, name: str, command: _Command) -> QAction:
        action = QAction(command.text, self.parent())
        key = f" ({command.key})" if command.key else ""
        action.setToolTip(f"{command.tip}{key}")
        if command.key:
            action.setShortcut(QKeySequence(command.key))
        slot = getattr(self, name)
        # triggered carries a bool that no command wants.
        action.triggered.connect(lambda _checked=False: slot())
        return action

    def _comparison(self, name: str) -> QAction:
        comparison = COMPARISONS[name]
        action = QAction(comparison.label, self.parent())
        action.setToolTip(comparison.explanation)
        if name == "initializers":
            action.setShortcut(QKeySequence("Ctrl+Shift+C"))
        action.triggered.connect(lambda _checked=False: self.compare(name))
        return action
