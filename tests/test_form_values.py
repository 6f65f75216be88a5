"""Every setting through the form and back, and what the form offers."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.config import EXPERIMENT_SETTINGS, RUN_REGISTRIES, RUN_SETTINGS, Experiment, RunConfig
from engine.datasets import DATASETS
from engine.fields import Choice, Number, OneOf, choose
from engine.run_config import LAYER_REGISTRIES, LayerOverride
from tests.form_keys import begin, emissions, type_in, with_run

REGISTRIES = {"dataset": DATASETS, **RUN_REGISTRIES}
VARIANTS = [(field, name) for field, registry in REGISTRIES.items() for name in registry]
PARAMETERS = [
    (field, name, parameter)
    for field, registry in REGISTRIES.items()
    for name, variant in registry.items()
    for parameter in variant.parameters
]


def with_choice(field, choice):
    """Return an experiment with a choice, and whatever else it needs to be a good one."""
    if field != "dataset":
        return with_run(**{field: choice})
    return Experiment(dataset=choice, batch_size=1)


def another_value(parameter):
    if isinstance(parameter, OneOf):
        return next(name for name in parameter.choices if name != parameter.default)
    middle = parameter.default + (parameter.maximum - parameter.default) / 3
    return int(middle) if parameter.integer else middle


def test_the_form_has_a_field_for_every_setting(form):
    # The name is in the table of runs.
    run = set(RunConfig.__dataclass_fields__) - {"name"}
    shared = set(Experiment.__dataclass_fields__) - {"runs", "changes"}
    assert {
        *RUN_REGISTRIES,
        *RUN_SETTINGS,
        *EXPERIMENT_SETTINGS,
        "hidden",
        "layers",
        "dataset",
        "batch_size",
        "n_seeds",
    } == run | shared
    for name in run | shared:
        assert form.field(name).editor


@pytest.mark.parametrize(("field", "name"), VARIANTS)
def test_every_variant_goes_through_the_form(kept_form, field, name):
    emitted = emissions(kept_form)
    experiment = with_choice(field, choose(REGISTRIES[field], field, name))
    begin(kept_form, experiment)
    assert kept_form.experiment() == experiment
    assert kept_form.field(field).value() == choose(REGISTRIES[field], field, name)
    assert emitted == []


@pytest.mark.parametrize(
    ("field", "name", "parameter"),
    [pytest.param(*case, id="-".join((*case[:2], case[2].name))) for case in PARAMETERS],
)
def test_every_parameter_goes_through_the_form(kept_form, field, name, parameter):
    emitted = emissions(kept_form)
    value = another_value(parameter)
    experiment = with_choice(field, choose(REGISTRIES[field], field, name, {parameter.name: value}))
    begin(kept_form, experiment)
    row = kept_form.field(f"{field}.{parameter.name}")
    assert row.isVisibleTo(kept_form)
    assert row.value() == value
    assert emitted == []
    type_in(kept_form, "seed", "7")
    [edited] = emitted
    assert edited == experiment.with_runs([replace(experiment.runs[0], seed=7)])


def numbers(number):
    if number.integer:
        return st.integers(int(number.minimum), int(number.maximum))
    return st.floats(number.minimum, number.maximum)


def values(setting):
    if isinstance(setting, Number):
        return numbers(setting)
    return st.sampled_from(list(setting.choices)) if isinstance(setting, OneOf) else st.booleans()


@st.composite
def choices(draw, registry):
    name = draw(st.sampled_from(list(registry)))
    return Choice(name, {parameter.name: draw(values(parameter)) for parameter in registry[name].parameters})


@st.composite
def overrides(draw, n_layers):
    own = draw(st.lists(st.integers(1, n_layers), max_size=4, unique=True))
    registries = LAYER_REGISTRIES.items()
    return tuple(
        LayerOverride(
            layer,
            **{
                name: draw(st.none() | choices(registry))
                for name, registry in registries
                if layer < n_layers or name != "activation"
            },
        )
        for layer in own
    )


@st.composite
def experiments(draw):
    dataset = draw(choices(DATASETS))
    shared = {name: draw(values(setting)) for name, setting in EXPERIMENT_SETTINGS.items()}
    hidden = draw(st.lists(st.integers(1, 64), max_size=20).map(tuple))
    run = RunConfig(
        hidden=hidden,
        layers=draw(overrides(len(hidden) + 1)),
        **{name: draw(choices(registry)) for name, registry in RUN_REGISTRIES.items()},
        **{name: draw(values(setting)) for name, setting in RUN_SETTINGS.items()},
    )
    n_train = Experiment(dataset=dataset, batch_size=None, runs=(run,), **shared).n_train
    batch_size = draw(st.none() | st.integers(1, n_train))
    return Experiment(runs=(run,), dataset=dataset, batch_size=batch_size, **shared)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(experiments())
def test_any_experiment_goes_through_the_form(form, experiment):
    """What the fields give is compared, not what was set: an edit of the seed reads all fields."""
    begin(form, experiment)
    seed = (experiment.runs[0].seed + 1) % 2**32
    edited = []
    form.edited.connect(edited.append)
    type_in(form, "seed", str(seed))
    form.edited.disconnect(edited.append)
    assert edited == [experiment.with_runs([replace(experiment.runs[0], seed=seed)])]


def test_the_combo_boxes_offer_the_registries_in_their_order(form):
    for field, registry in REGISTRIES.items():
        combo = form.field(field).editor
        offered = [combo.itemData(index) for index in range(combo.count())]
        assert offered == list(registry)
    for name, setting in EXPERIMENT_SETTINGS.items():
        if isinstance(setting, OneOf):
            combo = form.field(name).editor
            assert [combo.itemData(index) for index in range(combo.count())] == list(setting.choices)
