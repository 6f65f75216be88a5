"""The menu bar: every command of the window by name, with its keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu

from gui.about import about_text, shortcuts_text
from gui.icons import icon
from gui.run_commands import REVEALING
from gui.style import Theme

if TYPE_CHECKING:
    from gui.main_window import MainWindow

_LONGEST_PATH = 500
"""Pixels: a menu as wide as the window would cover it."""

THEMES = {"system": "As the &system", "light": "&Light", "dark": "&Dark"}


class Menus:
    """Builds the menus of the main window and keeps the actions that change."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._icons: list[tuple[QAction, str]] = []
        self._themes: dict[str, QAction] = {}
        # What acts on the training must not do so while the bench is on show in its place.
        self._of_training = QActionGroup(window)
        self._of_training.setExclusionPolicy(QActionGroup.ExclusionPolicy.None_)
        window.bench_view.switched.connect(self._of_training.setDisabled)
        bar = window.menuBar()
        self._fill_file(bar.addMenu("&File"))
        self._fill_edit(bar.addMenu("&Edit"))
        self._fill_view(bar.addMenu("&View"))
        self._fill_run(bar.addMenu("&Run"))
        self._fill_runs(bar.addMenu("R&uns"))
        self._fill_compare(bar.addMenu("&Compare"))
        self._fill_help(bar.addMenu("&Help"))

    def set_theme(self, theme: Theme) -> None:
        """Paint the icons in the theme's colour of text."""
        for action, name in self._icons:
            action.setIcon(icon(name, theme.text))

    def check_theme(self, name: str) -> None:
        """Mark the theme in the View menu."""
        if name in self._themes:
            self._themes[name].setChecked(True)

    def _fill_file(self, menu: QMenu) -> None:
        window, files, standard = self._window, self._window.files, QKeySequence.StandardKey
        self._add(menu, "&New", files.new, standard.New, "new")
        self._add(menu, "&Open …", files.open, standard.Open, "open")
        self._recent = menu.addMenu("Open &recent")
        self._recent.setToolTipsVisible(True)
        self._recent.aboutToShow.connect(self._fill_recent)
        menu.addSeparator()
        self._add(menu, "&Save", files.save, standard.Save, "save")
        self._add(menu, "Save &as …", files.save_as, QKeySequence("Ctrl+Shift+S"))
        menu.addSeparator()
        self._add(menu, "&Export figures …", window.export, QKeySequence("Ctrl+E"), "export")
        menu.addSeparator()
        self._add(menu, "&Quit", window.close, QKeySequence("Ctrl+Q"))

    def _fill_edit(self, menu: QMenu) -> None:
        stack = self._window.document.undo_stack
        for action, key, name in (
            (stack.createUndoAction(self._window, "Undo"), QKeySequence.StandardKey.Undo, "undo"),
            (stack.createRedoAction(self._window, "Redo"), QKeySequence("Ctrl+Shift+Z"), "redo"),
        ):
            action.setShortcut(QKeySequence(key))
            menu.addAction(action)
            self._of_training.addAction(action)
            self._icons.append((action, name))

    def _fill_view(self, menu: QMenu) -> None:
        window, workspace = self._window, self._window.workspace
        self._add(menu, "T&raining", window.bench_view.leave, QKeySequence("Ctrl+1"))
        self._add(menu, "Sampling &bench", window.bench_view.open, QKeySequence("Ctrl+2"), "law")
        menu.addSeparator()
        for action in workspace.toggle_actions():
            menu.addAction(action)
        menu.addSeparator()
        for number, panel in enumerate(workspace.panels.values(), 1):
            self._add(
                menu,
                f"Enlarge {panel.plot.title.lower()}",
                lambda panel=panel: workspace.toggle_enlarged(panel),
                QKeySequence(f"F{number + 4}"),
            )
        menu.addSeparator()
        self._add(menu, "Reset &zoom", window.bench_view.reset_zoom, QKeySequence("Ctrl+0"), "zoom-reset")
        self._add(menu, "Reset &arrangement", workspace.arrange)
        menu.addSeparator()
        themes = menu.addMenu("&Theme")
        group = QActionGroup(window)
        for name, text in THEMES.items():
            action = self._add(themes, text, lambda name=name: window.set_theme(name))
            action.setCheckable(True)
            group.addAction(action)
            self._themes[name] = action

    def _fill_run(self, menu: QMenu) -> None:
        window = self._window
        for actions in (
            window.transport.actions_in_order,
            window.time_line.actions_in_order,
            [window.form.redraw_action],
        ):
            for action in actions:
                menu.addAction(action)
                self._of_training.addAction(action)
            menu.addSeparator()

    def _fill_runs(self, menu: QMenu) -> None:
        commands = self._window.run_commands
        commands.fill(menu)
        for name, action in commands.actions.items():
            if name not in REVEALING:
                self._of_training.addAction(action)

    def _fill_compare(self, menu: QMenu) -> None:
        menu.setToolTipsVisible(True)
        for action in self._window.run_commands.comparisons:
            menu.addAction(action)
            self._of_training.addAction(action)

    def _fill_help(self, menu: QMenu) -> None:
        dialogs = self._window.dialogs
        self._add(
            menu,
            "&Keyboard",
            lambda: dialogs.tell("Keyboard", shortcuts_text(self._window)),
            QKeySequence("F1"),
            "help",
        )
        self._add(
            menu, "&About InitScope", lambda: dialogs.tell("About InitScope", about_text()), None, "info"
        )

    def _fill_recent(self) -> None:
        self._recent.clear()
        metrics = self._recent.fontMetrics()
        for path in self._window.files.recent_paths():
            cut = metrics.elidedText(str(path), Qt.TextElideMode.ElideMiddle, _LONGEST_PATH)
            self._recent.addAction(cut.replace("&", "&&"), self._opener(path)).setToolTip(str(path))
        if self._recent.isEmpty():
            self._recent.addAction("No file was opened yet").setEnabled(False)

    def _opener(self, path: Path) -> Callable[[], None]:
        return lambda: self._window.files.open_path(path)

    def _add(
        self,
        menu: QMenu,
        text: str,
        slot: Callable[..., object],
        key: QKeySequence | QKeySequence.StandardKey | None = None,
        icon_name: str = "",
    ) -> QAction:
        action = menu.addAction(text)
        # triggered carries a bool that no command wants.
        action.triggered.connect(lambda _checked=False: slot())
        if key is not None:
            action.setShortcut(QKeySequence(key))
        if icon_name:
            self._icons.append((action, icon_name))
        return action
