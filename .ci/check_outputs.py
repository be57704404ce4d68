"""Check that a run on the sample left all that it should: tables, pictures, models and one page."""

import json
import sys
from pathlib import Path

from pipeline.charts.pictures import PICTURES

CHARTS = (*PICTURES, "learner", "classifier")
MODELS = ("next_hour", "weekday", "weekend_or_weekday")


def check(out: Path) -> list[str]:
    """Return what is missing or wrong in ``out``, one line each."""
    faults = []
    expected = ["run.json", "tables/activity.parquet", "patterns/findings.json", "report/index.html"]
    expected += ["clouds/all.png"]
    expected += [f"charts/{name}.png" for name in CHARTS]
    expected += [f"models/{name}.{end}" for name in MODELS for end in ("npz", "json")]
    faults += [f"missing: {name}" for name in expected if not (out / name).is_file()]
    if faults:
        return faults
    steps = json.loads((out / "run.json").read_text("utf-8"))["steps"]
    faults += [
        f"step not recorded: {s}"
        for s in ("ingest", "patterns", "charts", "learn", "report")
        if s not in steps
    ]
    page = (out / "report/index.html").read_text("utf-8")
    if len(page) < 200_000 or "Content-Security-Policy" not in page:
        faults.append(f"the report looks incomplete: {len(page)} characters")
    findings = json.loads((out / "patterns/findings.json").read_text("utf-8"))
    sections = {"Models", "Ledger", *(finding["section"] for finding in findings)}
    faults += [f"section missing: {name}" for name in sorted(sections) if f">{name}<" not in page]
    return faults


if __name__ == "__main__":
    found = check(Path(sys.argv[1]))
    print("\n".join(found) or f"outputs complete: {sys.argv[1]}")
    sys.exit(bool(found))
