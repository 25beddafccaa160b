"""A program's function gets what it asks for, and what it gives back is arrays or is told in a sentence."""

from typing import Any

import numpy as np
import pytest

from derive.marking.programs.apart.program import ProgramError, called, loaded

GIVEN = {"x": np.ones((2, 3)), "dy": np.full((2, 3), 2.0), "s": 2}
OFFERED = {"h": np.zeros(4), "N": 2}


def run(text: str) -> dict[str, Any]:
    return called(loaded(text.encode()), GIVEN, OFFERED)


def told(text: str) -> str:
    with pytest.raises(ProgramError) as caught:
        run(text)
    return str(caught.value)


@pytest.mark.parametrize(
    ("signature", "asked"),
    {
        "x, dy": {"x", "dy"},
        "*, h, N": {"h", "N"},
        "**all": {"x", "dy", "s", "h", "N"},
        "x, **rest": {"x", "dy", "s", "h", "N"},
        "x, /, dy, *rest, lr=0.1": {"x", "dy"},
        "lr=0.1, x=None, /": {"x"},
        "x=None": {"x"},
        "": set(),
    }.items(),
    ids=lambda value: value if isinstance(value, str) else " ".join(sorted(value)),
)
def test_arguments_are_those_asked_for(signature: str, asked: set[str]) -> None:
    body = "names = dict(locals())\n  names |= names.pop('all', None) or names.pop('rest', None) or {}"
    found = run(
        f"def backward({signature}):\n  {body}\n  names.pop('lr', None); names.pop('rest', None)\n  return names"
    )
    assert set(found) == asked
    for name in asked:
        np.testing.assert_array_equal(found[name], {**GIVEN, **OFFERED}[name])


def test_callables_that_are_no_functions() -> None:
    assert run("import functools\ndef f(k, x): return {'dx': k*x}\nbackward = functools.partial(f, 3)")["dx"][0, 0] == 3
    assert run("class B:\n  def __call__(self, x): return {'dx': x}\nbackward = B()")["dx"][0, 0] == 1


def test_values_of_every_kind_of_number() -> None:
    values = "{'a': 1, 'b': 2.5, 'c': [[True]], 'd': np.longdouble(1), 'e': np.float32(2)}"
    found = run(f"import numpy as np\ndef backward(): return {values}")
    assert {name: a.dtype.name for name, a in found.items()} == {
        "a": "int64", "b": "float64", "c": "bool", "d": "float64", "e": "float32"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "sentence"),
    {
        "def backward(:\n pass": "is not Python: invalid syntax at line 1",
        "x = '\0'": "is not Python",
        "def grad(x): pass": "defines no function backward; it defines grad",
        "backward = 3": "defines no function backward",
        "import nonsense_": "imports nonsense_ at line 1; only Python's own library and NumPy are there",
        "1/0": "raised ZeroDivisionError at line 1: division by zero",
        "def backward(x):\n  y = x\n  raise ValueError('so')": "raised ValueError at line 3: so",
        "def f(x): return x @ x\ndef backward(x):\n  return f(x)": "raised ValueError at line 1: matmul",
        "import numpy as np\ndef backward(x):\n  return np.linalg.inv(x)": "raised LinAlgError at line 3",
        "def backward(q): pass": "asks for q, which the layer does not have",
        "def backward(): raise SystemExit": "ended the program at line 1",
        "raise KeyboardInterrupt": "raised KeyboardInterrupt at line 1",
        "def backward(): raise MemoryError": "used too much memory at line 1",
        "def backward(): backward()": "raised RecursionError at line 1: maximum recursion depth exceeded",
        "def backward(): pass": "gave back nothing and no dictionary",
        "def backward(x): return x": "gave back an array of type float64 and no dictionary",
        "def backward(x): return (x,)": "gave back a tuple and no dictionary",
        "def backward(): return {3: 1}": "gave back a dictionary with a key that is an int and no name",
        "def backward(): return {'dx': 'abc'}": "gave back dx as a str and no array of numbers",
        "def backward(): return {'dx': None}": "gave back dx as nothing and no array of numbers",
        "def backward(): return {'dx': [[1], [1, 2]]}": "gave back dx as a list and no array of numbers",
        "def backward(): return {'dx': 1j}": "gave back dx as a complex and no array of numbers",
        "import numpy as np\ndef backward(): return {'dx': np.array([{}])}": "gave back dx as an array of type object",
        "def backward(): return dict.fromkeys(map(str, range(2000)), 0)": "gave back more than 1000 arrays",
        "def backward(): return {'a' * 300: 1}": "gave back a name of more than 200 characters",
        "class E(Exception):\n  def __str__(self): raise E\nraise E": "raised E at line 3",
    }.items(),
    ids=str,
)
def test_what_is_told(text: str, sentence: str) -> None:
    assert told(text).startswith(sentence)


def test_the_unknown_argument_is_named() -> None:
    with pytest.raises(ProgramError) as caught:
        run("def backward(xx): pass")
    assert caught.value.unknown == "xx"


def test_long_words_are_cut() -> None:
    assert len(told("raise ValueError('a' * 10**6)")) < 300
