from derive.checking.evidence import Evidence
from derive.checking.verify import Report
from derive.rendering.checked import GradientChecks, StepChecks


def test_the_records_of_the_checks_are_what_rendering_takes(evidence_of, report_of, derivation):
    """The protocols name what the records have; a record without it fails here and in the type check."""
    steps: StepChecks = evidence_of("linear")
    gradients: GradientChecks = report_of(derivation("linear"))
    assert isinstance(steps, Evidence) and isinstance(gradients, Report)
    found = steps.of(derivation("linear").gradients["W"][0].steps[0])
    assert (found.ok, len(found.points)) == (True, 3) and found.error >= 0
    row = gradients.rows[0]
    assert (row.gradient, row.method, row.sizes, row.error, row.ok) == (
        "dW", "complex step", "N=3, I=2, O=4", 3.14e-16, True,
    )  # fmt: skip
