"""The bar of shades beside a heat map."""

from hypothesis import given
from hypothesis import strategies as st

from gui.plots.heat_map import with_room

LABELS = st.lists(st.tuples(st.floats(-500, 500), st.text(max_size=3)), max_size=12)


@given(labels=LABELS, line=st.floats(1, 50))
def test_labels_stand_apart_and_none_is_left_out_that_had_room(labels, line):
    placed = with_room(labels, line)
    assert placed[:1] == labels[:1]
    for at, (y, _) in enumerate(placed):
        assert all(abs(y - other) >= line for other, _ in placed[:at])
    for y, text in labels:
        assert (y, text) in placed or any(abs(y - other) < line for other, _ in placed)


def test_of_two_labels_without_room_for_both_the_one_that_comes_first_stays():
    assert with_room([(40.0, "0"), (10.0, "30 %"), (22.0, "5 %"), (34.0, "0 %")], 12) == [
        (40.0, "0"),
        (10.0, "30 %"),
        (22.0, "5 %"),
    ]
