"""Files that are no experiment, or a damaged one: each is refused in one line that says what to do."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.config import (
    Change,
    Experiment,
    LayerOverride,
    Redraw,
    RunConfig,
)
from engine.experiment_file import MAX_BYTES, ExperimentFileError, load, save, to_text
from engine.fields import Choice

FORMAT = '"format": "initscope-experiment"'
HEADER = f'{{{FORMAT}, "version": 2'


Place = tuple[str | int, ...]
"""Where something stands in parsed JSON: keys and indices from the outside in."""


def places(parsed: object, place: Place = ()) -> list[Place]:
    """Return where everything stands in parsed JSON."""
    entries: dict[str | int, Any] = {}
    if isinstance(parsed, dict):
        entries = parsed
    elif isinstance(parsed, list):
        entries = dict(enumerate(parsed))
    return [place, *(inner for key, entry in entries.items() for inner in places(entry, (*place, key)))]


def refused(path: Path, data: str | bytes) -> str:
    """Return the message that comes of loading a file with these contents."""
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    with pytest.raises(ExperimentFileError) as caught:
        load(path)
    message = str(caught.value)
    assert message.startswith(f"{path} cannot be used: ")
    assert "\n" not in message
    assert message.endswith(".")
    assert len(message) < 600
    return message.removeprefix(f"{path} cannot be used: ")


MISTAKES: dict[str, str] = {
    '"data_sed": 1': "Unknown key in an experiment 'data_sed'; did you mean 'data_seed'? Known: runs,",
    '"dtype": "float16"': "Unknown precision 'float16'; did you mean 'float64'? Known: float32,",
    '"dtype": 32': "Unknown precision 32. Known: float32, float64.",
    '"standardize": 1': "standardize is 1; it must be true or false.",
    '"data_seed": "0"': "data seed is '0'; it must be a whole number between 0 and 4,294,967,295.",
    '"data_seed": 0.5': "data seed is 0.5; it must be a whole number",
    '"data_seed": true': "data seed is True; it must be a whole number",
    '"data_seed": NaN': "NaN is no number that a setting can have; write a finite one.",
    '"data_seed": -Infinity': "-Infinity is no number that a setting can have",
    '"data_seed": 1e999': "data seed is inf; it must be a whole number",
    '"train_fraction": 1e-400': "1e-400 is so close to 0 that it would become 0; give 0 or a number farther",
    '"runs": [{"l2": 0.1e-330}]': "0.1e-330 is so close to 0 that it would become 0; give 0 or",
    f'"data_seed": {"9" * 400}': "data seed is 9999",
    f'"data_seed": {"9" * 5000}': "it holds a number of too many digits; correct it.",
    '"train_fraction": null': "training fraction is None; it must be a number between 0.05 and 1.",
    '"batch_size": 5000': "Batch size is 5,000, but there are 1,438 training samples;",
    '"dataset": "digits"': "dataset is 'digits'; it must be an object in braces.",
    '"dataset": {}': "dataset has no 'name'; add it.",
    '"dataset": {"name": "moon"}': "Unknown dataset 'moon'; did you mean 'moons'? Known: digits,",
    '"dataset": {"name": null}': "Unknown dataset None. Known: digits,",
    '"dataset": {"name": "digits", "noise": 1}': "digits has no parameter 'noise'.",
    '"dataset": {"name": "moons", "noise": 9}': "noise is 9; it must be a number between 0 and 2.",
    '"runs": {}': "runs is {}; it must be a list in brackets.",
    '"runs": []': "There is no run; an experiment needs at least one.",
    '"runs": [{}, []]': "runs[1]: a run is []; it must be an object in braces.",
    '"runs": [{"hiden": []}]': "runs[0]: Unknown key in a run 'hiden'; did you mean 'hidden'? Known:",
    '"runs": [{"hidden": 5}]': "runs[0]: Hidden layers are 5; they must be a list of whole numbers,",
    '"runs": [{"hidden": [5.0]}]': "runs[0]: A hidden layer has 5.0 units; it must have 1 to 4,096.",
    '"runs": [{"loss": {"name": "mse"}}]': "runs[0]: Unknown loss 'mse'. Known: softmax_cross_entropy,",
    '"runs": [{"initializer": {"name": "he_normal", "mode": "fan"}}]': "runs[0]: Unknown ",
    '"runs": [{"learning_rate": -1}]': "runs[0]: learning rate is -1; it must be a number between 0",
    '"runs": [{"layers": {}}]': "runs[0]: layers is {}; it must be a list in brackets.",
    '"runs": [{"layers": [{}]}]': "runs[0]: layers[0]: an override has no 'layer'; add it.",
    '"runs": [{"layers": [{"layer": 0}]}]': "runs[0]: layers[0]: layer is 0; it must be a whole number",
    '"runs": [{"layers": [{"layer": 4}]}]': "runs[0]: An override names layer 4; the layers are",
    '"runs": [{"layers": [{"layer": 3, "activation": {"name": "elu"}}]}]': "runs[0]: Layer 3 is the output",
    '"runs": [{"layers": [{"layer": 1}, {"layer": 1}]}]': "runs[0]: Two overrides name layer 1; leave one",
    '"changes": [{"step": 1, "run": 0, "field": "optimizer", "value": 1}]': "changes[0]: value is 1; it must",
    '"changes": [{"step": 1, "run": 0, "field": "optimizer", "value": {"name": "x"}}]': "Unknown optimizer",
    '"changes": [{"step": 1, "run": 0, "field": "layer_weights", "value": {"layer": 1}}]': "changes[0]: v",
    '"changes": [1]': "changes[0]: a change is 1; it must be an object in braces.",
    '"changes": [{"step": 1, "field": "l2", "value": 0}]': "changes[0]: a change has no 'run'; add it.",
    '"changes": [{"step": 1, "by": 1}]': "changes[0]: Unknown key in a change 'by'. Known: step, run, field,",
    '"changes": [{"step": 1, "run": 1, "field": "l2", "value": 0}]': "A change names run 1; the runs are num",
    '"changes": [{"step": 1, "run": 0, "field": "batch_size", "value": 8}]': "A change of batch_size names",
    '"changes": [{"step": 1, "run": 0, "field": "layer_weights", "value": {"layer": 4, "seed": 1, '
    '"initializer": {"name": "zeros"}}}]': "A change draws layer 4 of run 0 anew, which has 3; remove that",
    '"runs": [{"seed": 4294967295, "n_seeds": 2}]': "runs[0]: 2 weight seeds from 4,294,967,295 on go beyond",
    '"runs": [{"name": "a\\nb"}]': r"runs[0]: The name of a run is 'a\nb'; it must be one line",
    '"data_seed": 1, "data_seed": 2': "the key 'data_seed' stands twice in one object; remove one of them.",
    '"data_seed": ' + "[" * 100_000: "it is nested too deeply; choose another file.",
    '"data_seed": ' + '{"a":' * 100_000: "it is nested too deeply; choose another file.",
    '"data_seed": ' + "[" * 500 + "]" * 500: "data seed is [[[...]]]; it must be a whole number",
    f'"{"x" * 100_000}": 1': "Unknown key in an experiment 'xxxx",
    r'"\ud800": 1': r"Unknown key in an experiment '\ud800'. Known:",
    '"data_seed": 1,': "it is no valid JSON (line 1, column ",
    '"data_seed": ': "it is no valid JSON (line 1, column ",
    '"data_seed": 1}': "it is no valid JSON (line 1, column 65: ",
}
"""What is wrong in a file -> how the message begins."""


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: f"{mistake[:50]} ({len(mistake)})")
def test_a_mistake_in_a_file_is_named(tmp_path: Path, mistake: str) -> None:
    assert refused(tmp_path / "a.json", f"{HEADER}, {mistake}}}").startswith(MISTAKES[mistake])


NO_FORMAT = 'it has no "format": "initscope-experiment"; choose another file.'


NO_UTF8 = "it is no text in UTF-8 (byte 1); save it in that encoding."


OTHER_FILES: dict[str | bytes, str] = {
    "": "it is no valid JSON (line 1, column 1: ",
    "null": "an experiment is None; it must be an object in braces.",
    "[]": "an experiment is []; it must be an object in braces.",
    '"text"': "an experiment is 'text'; it must be an object in braces.",
    "{}": NO_FORMAT,
    '{"version": 1}': NO_FORMAT,
    '{"format": "other", "version": 1}': NO_FORMAT,
    f"{{{FORMAT}}}": 'its "version" is None; it must be a whole number from 1 to 2.',
    f'{{{FORMAT}, "version": 0}}': 'its "version" is 0; it must be a whole number from 1 to 2.',
    f'{{{FORMAT}, "version": "1"}}': "its \"version\" is '1'; it must be a whole number from 1 to 2.",
    f'{{{FORMAT}, "version": true}}': 'its "version" is True; it must be a whole number from 1 to 2.',
    f'{{{FORMAT}, "version": 3, "new": {{}}}}': "its version 3 is newer than version 2, which this program",
    b'{"format": "\xff"}': "it is no text in UTF-8 (byte 13); save it in that encoding.",
    to_text(Experiment()).encode("utf-16"): NO_UTF8,
    b"\x89PNG\r\n\x1a\n": NO_UTF8,
    b" " * (MAX_BYTES + 1): "it is larger than 4,000,000 bytes; choose another file.",
}
"""The contents of a file -> how the message begins."""


@pytest.mark.parametrize("data", OTHER_FILES, ids=lambda data: f"{data[:40]!r} ({len(data)})")
def test_a_file_that_is_something_else_is_refused(tmp_path: Path, data: str | bytes) -> None:
    assert refused(tmp_path / "a.json", data).startswith(OTHER_FILES[data])


def test_a_path_without_a_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ExperimentFileError) as caught:
        load(tmp_path / "none.json")
    assert str(caught.value) == f"There is no file {tmp_path / 'none.json'}; check its name and folder."
    with pytest.raises(ExperimentFileError) as caught:
        load(tmp_path)
    assert str(caught.value) == f"{tmp_path} is a folder; name a file in it."
    (tmp_path / "file").write_text("")
    with pytest.raises(ExperimentFileError, match=r"file/a\.json cannot be read: Not a directory;"):
        load(tmp_path / "file" / "a.json")
    with pytest.raises(ExperimentFileError, match="is no name of a file"):
        load(tmp_path / "a\0b")


def test_a_file_that_may_not_be_read_is_named(bound_folder: Path) -> None:
    path = bound_folder / "a.json"
    save(Experiment(), path)
    path.chmod(0)
    with pytest.raises(ExperimentFileError, match=r"a\.json cannot be read: Permission denied;"):
        load(path)


def test_an_endless_file_is_read_no_further_than_needed() -> None:
    with pytest.raises(ExperimentFileError, match="larger than 4,000,000 bytes"):
        load(Path("/dev/zero"))


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    path = tmp_path / "none" / "a.json"
    with pytest.raises(ExperimentFileError) as caught:
        save(Experiment(), path)
    assert str(caught.value) == (
        f"{path} cannot be written: No such file or directory; choose another place or name."
    )
    with pytest.raises(ExperimentFileError, match="Is a directory"):
        save(Experiment(), tmp_path)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10) | st.just(10**500),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


WHOLE = to_text(
    Experiment(
        (RunConfig(), RunConfig(layers=(LayerOverride(1, Choice("elu"), Choice("zeros")),))),
        Choice("blobs"),
        changes=(
            Change(3, 1, "l2", 0.1),
            Change(4, None, "batch_size", 8),
            Change(5, 0, "optimizer", Choice("adam")),
            Change(6, 0, "layer_weights", Redraw(1, Choice("zeros"), 1)),
        ),
    )
)


def load_or_refuse(path: Path) -> None:
    """Load a file: what comes is an experiment, or an error of one line that names the file."""
    try:
        load(path)
    except ExperimentFileError as error:
        message = str(error)
    else:
        return
    assert str(path) in message
    assert "\n" not in message


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_file_with_damaged_entries_is_read_or_refused(data: st.DataObject, tmp_path: Path) -> None:
    parsed: Any = json.loads(WHOLE)
    for _ in range(data.draw(st.integers(1, 3))):
        *outer, last = data.draw(st.sampled_from([place for place in places(parsed) if place]))
        container = parsed
        for key in outer:
            container = container[key]
        match data.draw(st.sampled_from(["replace", "remove", "rename"])):
            case "replace":
                container[last] = data.draw(JUNK)
            case "rename" if isinstance(container, dict):
                container[data.draw(st.text(max_size=5))] = container.pop(last)
            case _:
                del container[last]
    path = tmp_path / "a.json"
    path.write_text(json.dumps(parsed))
    load_or_refuse(path)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.integers(0, 900), length=st.integers(0, 40), junk=st.binary(max_size=8))
def test_a_file_with_damaged_bytes_is_read_or_refused(
    start: int, length: int, junk: bytes, tmp_path: Path
) -> None:
    text = to_text(Experiment()).encode()
    path = tmp_path / "a.json"
    path.write_bytes(text[:start] + junk + text[start + length :])
    load_or_refuse(path)
