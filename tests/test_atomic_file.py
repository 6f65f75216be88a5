import errno
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.atomic_file import write_all, write_whole
from tests.full_disk import full_after


@pytest.fixture
def umask() -> Iterator[Callable[[int], None]]:
    before = os.umask(0o022)

    def change(mask: int) -> None:
        os.umask(mask)

    yield change
    os.umask(before)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_new_file_holds_the_data_and_nothing_else_is_left(tmp_path: Path) -> None:
    write_whole(tmp_path / "a.txt", b"\x00one\r\n")
    assert (tmp_path / "a.txt").read_bytes() == b"\x00one\r\n"
    assert names(tmp_path) == ["a.txt"]


def test_a_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"a much longer text that was there before")
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert names(tmp_path) == ["a.txt"]


def test_a_new_file_has_the_rights_that_any_program_would_give_it(
    tmp_path: Path, umask: Callable[[int], None]
) -> None:
    umask(0o027)
    write_whole(tmp_path / "a.txt", b"")
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == 0o640
    assert os.umask(0o027) == 0o027


def test_a_replaced_file_keeps_its_rights(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    path.chmod(0o600)
    write_whole(path, b"new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_symbolic_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    target, link = tmp_path / "there" / "a.txt", tmp_path / "link.txt"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write_whole(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_a_link_to_a_file_yet_to_be_makes_that_file(tmp_path: Path) -> None:
    link = tmp_path / "link.txt"
    link.symlink_to(tmp_path / "a.txt")
    write_whole(link, b"new")
    assert link.is_symlink()
    assert (tmp_path / "a.txt").read_bytes() == b"new"


def test_the_longest_name_that_the_system_takes_is_taken(tmp_path: Path) -> None:
    path = tmp_path / ("ä" * 127)  # 254 of 255 bytes
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "none" / "a.txt", b"new")


def test_a_folder_of_that_name_is_an_error_and_stays(tmp_path: Path) -> None:
    (tmp_path / "a.txt").mkdir()
    with pytest.raises(IsADirectoryError):
        write_whole(tmp_path / "a.txt", b"new")
    assert names(tmp_path) == ["a.txt"]


def test_what_is_no_file_is_an_error_and_stays(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="Not a file"):
        write_whole(tmp_path / "pipe", b"new")
    assert (tmp_path / "pipe").is_fifo()
    assert names(tmp_path) == ["pipe"]


def test_a_full_disk_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    with pytest.raises(OSError, match="too large"), full_after(1000):
        write_whole(path, b"x" * 100_000)
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a.txt"]


def test_of_several_files_none_is_replaced_before_all_are_on_the_disk(tmp_path: Path) -> None:
    old, new, large = (tmp_path / name for name in ("old", "new", "large"))
    old.write_bytes(b"old")
    with pytest.raises(OSError, match="too large"), full_after(1000):
        write_all({old: b"x", new: b"x", large: b"x" * 100_000})
    assert old.read_bytes() == b"old"
    assert names(tmp_path) == ["old"]
    write_all({old: b"1", new: b"2", large: b"3" * 100_000})
    assert [path.read_bytes() for path in (old, new, large)] == [b"1", b"2", b"3" * 100_000]
    assert names(tmp_path) == ["large", "new", "old"]


def test_of_several_files_none_is_replaced_where_one_cannot_be(tmp_path: Path) -> None:
    old, folder = tmp_path / "old", tmp_path / "x"
    old.write_bytes(b"old")
    folder.mkdir()
    with pytest.raises(IsADirectoryError):
        write_all({old: b"x", folder: b"x"})
    assert old.read_bytes() == b"old"
    assert names(tmp_path) == ["old", "x"]


def test_a_read_only_file_is_not_replaced(bound_folder: Path) -> None:
    path = bound_folder / "a.txt"
    path.write_bytes(b"old")
    path.chmod(0o400)
    with pytest.raises(PermissionError):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert names(bound_folder) == ["a.txt"]


@pytest.mark.parametrize("error", [OSError(errno.EIO, "Input/output error"), KeyboardInterrupt()])
def test_a_failure_at_the_last_moment_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")

    def fail(_handle: int) -> None:
        raise error

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(type(error)):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a.txt"]
