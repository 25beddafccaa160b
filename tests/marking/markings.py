"""Markings to report on, with everything in them that a report may speak of, and text that means harm."""

from __future__ import annotations

import math

from derive.marking.record import Difference, Entry, Line, Marking, Mistake

HOSTILE = r"dh = <script>alert(1)</script> [red]x[/red] `y` $z$ *w* | [a](b) \begin{x} #1 {{ 7*7 }} << 7*7 >> &lt;"
CONTROLS = "dh = \x1b[31mred\x07\x00\u202etxt.exe\ud800"

TRANSPOSED = Difference(
    shape="dW has shape (I, O), W has shape (O, I)", transposed=True, error=math.inf, sizes={"I": 3, "O": 4}
)
LAST_STEP = Difference(
    where="all right but `t = T`",
    names=("t", "i"),
    entries=(Entry((5, 1), 0.25, 0.5), Entry((5, 2), math.nan, -2.0)),
    sizes={"T": 5, "I": 2},
    error=0.5,
)
SCALED = Difference(ratio="N", names=("o",), entries=(Entry((1,), 6.0, 2.0),), sizes={"N": 3, "O": 4}, error=2.0)

DROPPED = Mistake("dropped path", "your `dh` leaves out the path through `a[t+1]`", "dh", "D7")
AVERAGED = Mistake("sum for average", "your `db` sums where one must average", "db", "D2")

RIGHT = Line("da", "right", 1, "da[t,n,i] = (1 - h[t,n,i]**2)*dh[t,n,i]", right="da[t,n,i] = TRUTH")
WRONG = Line("dh", "wrong", 2, "dh[t,n,i] = dy[t,n,i]", LAST_STEP, (DROPPED,), right="dh[t,n,i] = TRUTH")
FOLLOWS = Line("db", "follows", 3, "db = sum(dh[t,n], t, n)", SCALED, (AVERAGED,), (DROPPED,), "db[i] = TRUTH")
UNREAD = Line(
    "dW",
    "wrong",
    4,
    "dW = 2x",
    remark="a.txt:4:6: two values side by side\n    dW = 2x\n          ^\ndid you mean 2*x?",
)
HELPER = Line("delta", "unjudged", 5, "delta = dh", remark="your own name")
SHAPED = Line("dW", "wrong", 0, "", TRANSPOSED, right="dW[o,i] = TRUTH")

LINES = (RIGHT, WRONG, FOLLOWS, UNREAD, HELPER, SHAPED)
SIZES = ({"T": 5, "I": 2}, {"T": 1, "I": 3})
MARKING = Marking("rnn f=tanh", LINES, "a.txt", ("dx",), 1e-9, SIZES, ("the first line stands for all",))
FAILED = Marking("rnn f=tanh", (), "b.py", failure="the program was stopped after 10 s\nTraceback: `<b>`")
ALL_RIGHT = Marking("linear", (Line("dW", "right", 1, "dW = dy.T @ x"),), "c.txt", (), 1e-9, ({"N": 3},))
