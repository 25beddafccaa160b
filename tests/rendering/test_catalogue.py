from derive.language.load import catalogue, layer, load
from derive.rendering import document as D
from derive.rendering.catalogue import grouped, index
from derive.rendering.render import printed


def small(name, **fields):
    return layer(name=name, indices="i:I", inputs="x[i]", equations="y[i] = x[i]**2", output="y", **fields)


def test_groups_come_in_the_order_of_a_course_and_what_has_none_last():
    systems = [small("a"), small("b", group="loss"), small("c", group="dense"), small("d", group="novelty")]
    found = grouped(systems)
    assert list(found) == ["Dense layers", "Losses", "Novelty", "Others"]
    assert [[s.name for s in members] for members in found.values()] == [["c"], ["b"], ["d"], ["a"]]


def test_groups_of_one_title_are_one():
    systems = [small("a", group="attention"), small("b", group="Attention"), small("c", group="others"), small("d")]
    found = {title: [s.name for s in members] for title, members in grouped(systems).items()}
    assert found == {"Attention": ["a", "b"], "Others": ["c", "d"]}


def test_every_layer_is_in_one_group():
    systems = [load(name) for name in catalogue()]
    assert sorted(s.name for members in grouped(systems).values() for s in members) == sorted(catalogue())


def test_the_index_links_to_each_page_and_says_what_the_layer_does():
    one = small("sq_1", group="dense", about="The square of `x`.  And more.", torch="torch.square", title="Square")
    source = printed(index([one], "md"), "md")
    assert "| [sq\\_1](sq_1.md) | The square of $x$. | `torch.square` |  |" in source


def test_options_have_their_values_and_what_is_not_said_is_the_title():
    rnn, plain = load("rnn"), small("plain", title="Plain")
    (heading, table, *_) = index([rnn], "md").blocks
    assert isinstance(heading, D.Heading) and isinstance(table, D.Table)
    assert D.Text(": tanh, relu, sigmoid, f") in table.rows[0][3]
    assert table.rows[0][0] == (D.Link("rnn", "rnn.md"),)
    assert index([plain], "tex").blocks[1].rows[0][:2] == ((D.Link("plain", "plain.tex"),), (D.Text("Plain"),))
