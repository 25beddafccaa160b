import io
import zipfile

from derive.book.build import Built, zipped


def test_everything_of_a_course(all_of_it: Built) -> None:
    assert not all_of_it.failed
    assert list(all_of_it.files) == [
        "small.pdf",
        "site/01-02-linear.html",
        "site/02-01-relu.html",
        "site/index.html",
        "small-handouts.zip",
    ]
    content = all_of_it.files["small-handouts.zip"]
    assert isinstance(content, bytes)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert len(archive.namelist()) == 6 and archive.testzip() is None


def test_a_zip_does_not_know_the_day() -> None:
    one = zipped([("b", b"2"), ("a", b"1")])
    assert one == zipped([("a", b"1"), ("b", b"2")])
    with zipfile.ZipFile(io.BytesIO(one)) as archive:
        assert [i.filename for i in archive.infolist()] == ["a", "b"]
        assert {i.date_time[0] for i in archive.infolist()} == {1980}
