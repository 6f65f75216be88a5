"""The pictures of the sampling bench before they are given anything."""

from pytestqt.qtbot import QtBot

from gui.sampling.two_laws_picture import TwoLawsPicture
from gui.style import LIGHT


def test_nothing_is_written_under_histograms_that_are_not_there_yet(qtbot: QtBot) -> None:
    picture = TwoLawsPicture(LIGHT)
    qtbot.addWidget(picture)
    picture.resize(900, 600)
    picture.show()
    picture.grab()
    assert not any(table.isVisible() for table in picture.statistics)
