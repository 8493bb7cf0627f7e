"""`keras-hier verdicts`: lists what was judged, and corrects a table."""

from pathlib import Path

import pytest

HEAD = "list,verdict,sample,class,name,other_class,other_name\n"
JUDGED = (
    f"{HEAD}"
    "suspect,confirmed,a.jpg,n1,cat,n2,dog\n"
    "suspect,confirmed,'=b.jpg,n2,dog,n1,cat\n"
    "suspect,dismissed,c.jpg,n2,dog,n1,cat\n"
    "overlapping,open,,n1,cat,n2,dog\n"
)
LABELS = "path,label,weight,note\na.jpg,n1,-1.5,x\n'=b.jpg,n2,+2,'=cmd\n"


@pytest.fixture
def command(run):
    Path("v.csv").write_text(JUDGED)
    Path("labels.csv").write_text(LABELS + "c.jpg,n2,1e3,-x\n")
    return run


def test_lists_are_counted_and_confirmed_entries_shown(command):
    said = command("verdicts v.csv")
    assert "Suspect labels: 2 confirmed, 1 dismissed:" in said
    assert "  a.jpg: cat -> dog\n  =b.jpg: dog -> cat\n" in said
    assert "Overlapping classes: 1 to do." in said
    assert "Two objects" not in said
    said = command("verdicts v.csv --top 1")
    assert "a.jpg" in said
    assert "=b.jpg" not in said
    assert "... and 1 more" in said


def test_a_table_is_corrected_and_else_as_it_was(command):
    said = command("verdicts v.csv --labels labels.csv --out new.csv")
    assert said == "new.csv: 2 labels of 3 changed.\n"
    assert Path("new.csv").read_text().splitlines() == [
        "path,label,weight,note",
        "a.jpg,n2,-1.5,x",
        "'=b.jpg,n1,+2,'=cmd",
        "c.jpg,n2,1e3,'-x",
    ]


def test_numbers_columns_and_rows_without_ids(command):
    Path("classes.txt").write_text("n2\nn1\n")
    Path("v.csv").write_text(f"{HEAD}suspect,confirmed,1,n1,cat,n2,dog\n")
    Path("labels.csv").write_text("where,is\nx,1\ny,1\n")
    command(
        "verdicts v.csv --labels labels.csv --label is --classes classes.txt "
        "--out new.csv"
    )
    assert Path("new.csv").read_text().split() == ["where,is", "x,1", "y,0"]
    Path("v.csv").write_text(f"{HEAD}suspect,confirmed,y,n1,cat,n2,dog\n")
    command(
        "verdicts v.csv --labels labels.csv --label is --id where "
        "--classes classes.txt --out again.csv"
    )
    assert Path("again.csv").read_text() == Path("new.csv").read_text()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("v.csv --labels labels.csv", "--labels and --out go together"),
        ("v.csv --out new.csv", "--labels and --out go together"),
        ("v.csv --labels labels.csv --out new.txt", "ends in .csv"),
        ("v.csv --labels labels.csv --out new.csv --id x", "column 'x'"),
        ("v.csv --labels labels.csv --out new.csv --label x", "by --label"),
        ("v.csv --labels empty.csv --out new.csv", "has no rows"),
        ("labels.csv", "'list' is missing"),
        ("absent.csv", "absent.csv"),
    ],
)
def test_bad_input_is_one_line(command, options, message):
    Path("empty.csv").write_text("id,label\n")
    assert message in command.refused(f"verdicts {options}")
    assert not Path("new.csv").exists()
