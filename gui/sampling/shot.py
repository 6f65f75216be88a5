"""What figures of the bench are made of, and where it comes from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PySide6.QtCore import QSize

from engine.version import VERSION
from gui.figure import Rows, Subject
from gui.plots.chart import Zooms
from gui.plots.picture import Picture
from gui.provenance import line
from gui.sampling.large_numbers_picture import LargeNumbersPicture
from gui.sampling.one_draw_picture import OneDrawPicture
from gui.sampling.questions import Question
from gui.sampling.sample_picture import SamplePicture
from gui.sampling.seeds_picture import SeedsPicture
from gui.sampling.two_laws_picture import TwoLawsPicture

PICTURES: dict[str, type[SamplePicture]] = {
    picture.name: picture for picture in (LargeNumbersPicture, OneDrawPicture, TwoLawsPicture, SeedsPicture)
}


_SMALLEST = QSize(280, 340)
_STRETCH, _NARROW_STRETCH, _NARROW = 2.0, 3.2, 480


@dataclass(frozen=True)
class Answered:
    """A question with its result, and how a person sees it."""

    question: Question
    result: Any
    options: Mapping[str, Any] = field(default_factory=dict)
    zooms: Zooms = field(default_factory=dict)


@dataclass(frozen=True)
class BenchShot(Subject):
    """What is on show of the bench: the questions that have been answered, by the names of the pictures."""

    answered: Mapping[str, Answered]

    caption_label = "Caption: law, sizes and seed"

    @property
    def kinds(self) -> Mapping[str, type[Picture]]:
        """The pictures that have something to show."""
        return {name: kind for name, kind in PICTURES.items() if name in self.answered}

    @property
    def rows(self) -> Rows:
        """The pictures, one below the other."""
        return tuple((name,) for name in self.kinds)

    def fill(self, picture: Picture) -> None:
        """Show the result on a picture."""
        assert isinstance(picture, SamplePicture)
        answered = self.answered[picture.name]
        picture.restore(answered.options)
        picture.show_result(answered.question, answered.result)
        picture.restore_zooms(answered.zooms)

    def caption(self, names: Sequence[str]) -> str:
        """Return a line per picture: what was drawn, and what reproduces it."""
        lines = [line([*self.answered[name].question.origin(), f"NumPy {np.__version__}"]) for name in names]
        return "\n".join(dict.fromkeys(lines))

    def metadata(self, names: Sequence[str]) -> dict[str, str]:
        """Return the questions; Configuration holds each by the name of its picture."""
        titles = [PICTURES[name].title for name in names]
        origins = dict.fromkeys(part for name in names for part in self.answered[name].question.origin())
        asked = {name: self.answered[name].question.configuration() for name in names}
        return {
            "Title": f"InitScope: {', '.join([*titles, *origins])}",
            "Software": f"InitScope {VERSION}",
            "Configuration": json.dumps(asked),
            "NumPy": np.__version__,
        }

    def file_stem(self, names: Sequence[str]) -> str:
        """Return the part, and the laws it is about."""
        part = names[0] if len(names) == 1 else "bench"
        laws = dict.fromkeys(law for name in names for law in self.answered[name].question.law_names())
        return "-".join(["initscope", part, *laws])

    @property
    def smallest(self) -> QSize:
        """Room for the answer and some charts."""
        return _SMALLEST

    def stretch(self, _rows: Rows, width: float) -> float:
        """Return that every picture wants room for its answer and several charts, more where it is narrow."""
        return _STRETCH if width >= _NARROW else _NARROW_STRETCH
