from hypothesis import given
from hypothesis import strategies as st

from derive.rendering.pictures.layered import layered


def test_a_chain_is_a_straight_line() -> None:
    layout = layered("abc", [("a", "b"), ("b", "c")], {"a": 0, "b": 1, "c": 2})
    assert layout.places == {"a": (0, 0.0), "b": (1, 0.0), "c": (2, 0.0)}


def test_a_long_arrow_passes_beside_the_nodes_between() -> None:
    layout = layered("abc", [("a", "b"), ("b", "c"), ("a", "c")], {"a": 0, "b": 1, "c": 2})
    (_, (column, height), _) = layout.ways[2]
    assert column == 1 and abs(height - layout.places["b"][1]) >= 1 - 1e-9


def test_arrows_that_need_not_cross_do_not() -> None:
    arrows = [("a", "y"), ("b", "x")]
    places = layered("abxy", arrows, {"a": 0, "b": 0, "x": 1, "y": 1}).places
    assert (places["a"][1] < places["b"][1]) == (places["y"][1] < places["x"][1])


graphs = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda e: e[0] < e[1]), unique=True)


@given(graphs)
def test_nodes_of_a_column_are_apart_and_arrows_go_on_by_columns(edges: list[tuple[int, int]]) -> None:
    arrows = [(str(a), str(b)) for a, b in edges]
    names = [str(k) for k in range(8)]
    depth = dict.fromkeys(names, 0)
    for _ in names:
        for a, b in arrows:
            depth[b] = max(depth[b], depth[a] + 1)
    layout = layered(names, arrows, depth)
    for one in names:
        for other in names:
            (c, h), (d, k) = layout.places[one], layout.places[other]
            assert one == other or c != d or abs(h - k) >= 1 - 1e-9
    for (a, b), way in zip(arrows, layout.ways, strict=True):
        assert way[0] == layout.places[a] and way[-1] == layout.places[b]
        assert [c for c, _ in way] == list(range(depth[a], depth[b] + 1))
