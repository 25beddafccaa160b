from derive.rendering.pictures.shapes import Box, Label, Picture


def test_equal_pictures_are_equal() -> None:
    one, other = (Picture(10, 5, (Box(0, 0, 4, 4), Label(2, 2, "a"))) for _ in range(2))
    assert one == other and hash(one) == hash(other)
