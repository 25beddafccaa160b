"""What a program finds around itself: nothing."""

import numpy as np
import pytest

from derive.marking.programs.sandbox import Call, run

LOOKS = {
    "its folder is empty": "len(os.listdir('.'))",
    "nothing is on its input": "len(open(0, closefd=False).read())",
    "its arguments": "sum('derive' in a for a in sys.orig_argv[-1:])",
    "Derive is not imported": "sum(name.startswith('derive') for name in sys.modules)",
    "no folder of packages is searched": "sum('site-packages' in p for p in sys.path)",
    "no variable of this process": "sum('DERIVE_SECRET' in v for v in os.environ)",
}


@pytest.mark.parametrize("what", LOOKS)
def test_nothing_is_there(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DERIVE_SECRET", "1")
    ran = run(f"import os, sys\ndef backward(): return {{'n': {LOOKS[what]}}}".encode(), [Call({})])
    assert ran.failure == "" and ran.values[0]["n"] == 0


def test_files_of_this_process_are_closed() -> None:
    with open(__file__, encoding="utf-8") as file:
        number = file.fileno()
        read = f"try: os.read({number}, 1); return {{'n': 1}}\n  except OSError: return {{'n': 0}}"
        text = f"import os\ndef backward():\n  {read}"
        assert run(text.encode(), [Call({})]).values[0]["n"] == 0


def test_calls_share_nothing_but_the_program() -> None:
    text = b"def backward(x):\n  x += 1\n  return {'dx': x}"
    x = np.zeros(2)
    ran = run(text, [Call({"x": x}), Call({"x": x})])
    assert [list(v["dx"]) for v in ran.values] == [[1, 1], [1, 1]] and not x.any()


def test_functions_are_made_of_their_text() -> None:
    ran = run(b"def backward(f, x): return {'y': f(x)}", [Call({"x": np.ones(2)}, functions={"f": "np.exp(x) + 1"})])
    np.testing.assert_array_equal(ran.values[0]["y"], np.exp(np.ones(2)) + 1)
