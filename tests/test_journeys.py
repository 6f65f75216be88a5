"""Whatever is played, sought, changed, added and removed: each frame is that of an uninterrupted training.

And commands concern the runs that were meant.
"""

from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule, run_state_machine_as_test

from engine.config import Experiment, Redraw, RunConfig
from engine.fields import Choice
from engine.optimizers import OPTIMIZERS
from engine.session import Session
from engine.training import IN_THIS_PROCESS
from tests.clock import Clock
from tests.hands import Hands
from tests.same import uninterrupted
from tests.small import BAD, POINTS

MOST_RUNS = 4

STOPS = [
    (),
    (Choice("loss_below", {"value": 0.4}),),
    (Choice("step", {"step": 9}), Choice("divergence")),
    (Choice("no_progress", {"epochs": 1, "runs": "any"}),),
]

optimizers = st.sampled_from(list(OPTIMIZERS)).map(Choice)
runs = st.one_of(
    st.just(BAD),
    st.builds(
        RunConfig,
        hidden=st.sampled_from([(5, 4), (3,)]),
        activation=st.sampled_from([Choice("relu"), Choice("tanh")]),
        optimizer=optimizers,
        learning_rate=st.sampled_from([0.01, 0.1]),
        seed=st.integers(0, 3),
        n_seeds=st.integers(1, 3),
    ),
)
numbers = st.integers(0, 11)


class Journey(Hands):
    """Plays with a session, and keeps a list of what the runs should be called."""

    launch = staticmethod(IN_THIS_PROCESS)

    @initialize(run=runs, other=runs, one_by_one=st.booleans())
    def open(self, run, other, one_by_one):
        self.patches = pytest.MonkeyPatch()
        if one_by_one:
            # Going back and catching up then take a slice for each step, and there are looks at few.
            self.patches.setattr("engine.course.MOST_LOOKS", 3)
            self.patches.setattr("engine.timeline._SPACING", 0.0)
            self.patches.setattr("engine.timeline._SPACING_PER_COST", 0)
            self.patches.setattr("engine.granting._SEEKING_SECONDS", 0.0)
            self.patches.setattr("engine.granting._JOINING_SECONDS", 0.0)
        self.names = []
        self.n_named = 0
        self.session = Session(self.launch)
        self.session.start(Experiment((self.named(run), self.named(other)), POINTS, batch_size=10))
        self.names = [run.name for run in self.session.runs]
        self.clock = Clock(self.session)

    def named(self, run):
        self.n_named += 1
        return replace(run, name=f"run {self.n_named}")

    @rule(share=st.floats(0, 1))
    def seek(self, share):
        self.session.seek(round(share * self.session.step_index))

    @rule(n=st.integers(1, 4))
    def step_back(self, n):
        self.session.step_back(n)

    @rule()
    def home(self):
        self.session.home()

    @rule()
    def end(self):
        self.session.end()

    @rule(epoch=st.integers(0, 6))
    def play_until(self, epoch):
        self.session.play(until_epoch=epoch)

    @rule(rules=st.sampled_from(STOPS))
    def stop_when(self, rules):
        self.session.stop.rules = rules

    @rule(n=st.integers(0, 3))
    def advance(self, n):
        self.session.advance(n)

    # Changes, branches

    @rule(value=st.sampled_from([0.001, 0.01, 0.1]), number=numbers)
    def change_rate(self, value, number):
        self.session.change("learning_rate", value, number % len(self.names))

    @rule(optimizer=optimizers, number=numbers)
    def change_optimizer(self, optimizer, number):
        self.session.change("optimizer", optimizer, number % len(self.names))

    @rule(layer=st.integers(1, 2), seed=st.integers(0, 1), number=numbers)
    def redraw(self, layer, seed, number):
        self.session.change(
            "layer_weights", Redraw(layer, Choice("he_normal"), seed), number % len(self.names)
        )

    # Runs

    @precondition(lambda self: len(self.names) < MOST_RUNS)
    @rule(run=runs, number=numbers)
    def add(self, run, number):
        run, place = self.named(run), number % (len(self.names) + 1)
        self.session.add_run(run, place)
        self.names.insert(place, run.name)

    @precondition(lambda self: len(self.names) < MOST_RUNS)
    @rule(run=runs)
    def add_last(self, run):
        run = self.named(run)
        self.session.add_run(run)
        self.names.append(run.name)

    @precondition(lambda self: len(self.names) > 1)
    @rule(number=numbers)
    def remove(self, number):
        self.session.remove_run(number % len(self.names))
        del self.names[number % len(self.names)]

    @rule(data=st.data())
    def arrange(self, data):
        order = data.draw(st.permutations(range(len(self.names))))
        self.session.arrange_runs(order)
        self.names = [self.names[run] for run in order]

    @rule(number=numbers)
    def rename(self, number):
        self.n_named += 1
        number %= len(self.names)
        self.session.rename_run(number, f"run {self.n_named}")
        self.names[number] = f"run {self.n_named}"

    @rule(number=numbers)
    def pin(self, number):
        number %= len(self.names)
        if len(self.session.history) and self.session.frame_index(number) is not None:
            self.session.pin_run(number)
            (run,) = self.session.pasts[-1].experiment.runs
            assert run.name == self.names[number]

    @precondition(lambda self: self.session.pasts)
    @rule(number=numbers)
    def remove_past(self, number):
        self.session.remove_past(number % len(self.session.pasts))

    # What holds at all times

    @invariant()
    def frames_are_of_all_runs(self):
        assert all(len(frame.runs) == len(self.session.experiment.runs) for frame in self.session.history)

    @invariant()
    def runs_are_those_that_were_asked_for(self):
        assert [run.name for run in self.session.runs] == self.names
        for number, run in enumerate(self.session.runs):
            index = self.session.frame_index(number)
            if index is None:
                assert run in self.session.joining
            else:
                assert self.session.experiment.runs[index] == run

    def teardown(self):
        self.session.pause()
        self.clock.run_until_idle()
        assert [run.name for run in self.session.experiment.runs] == self.names
        uninterrupted(self.session.experiment, self.session.history)
        for past in self.session.pasts:
            uninterrupted(past.experiment, past.history)
        self.session.close()
        assert self.session.closed(10)
        self.patches.undo()


TestJourney = Journey.TestCase
TestJourney.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)


def test_a_journey_is_the_same_where_another_process_trains(training_process):
    class Beside(Journey):
        launch = staticmethod(training_process.launch)

    run_state_machine_as_test(
        Beside, settings=settings(max_examples=10, stateful_step_count=30, deadline=None)
    )
