#!/usr/bin/env python3
"""Verifies a Plumbline evidence package offline. Needs Python 3.9 or newer and nothing else; trusts nothing in the package.

    python3 verify.py --key 'NAME+ID+BASE64'              the folder in which this file lies
    python3 verify.py --key 'NAME+ID+BASE64' FILE.zip     a package that is not unpacked

The key is the public key of the organization's log. Get it by another channel than the package (the log's public page, a letter, the
contract): a package that brought its own key would prove nothing. Ends with 0 when everything holds, else with 1 and the name of each
file that does not.

What is verified, from the key down: the signature under the checkpoint; each leaf's place in the tree of that checkpoint (RFC 6962);
the statement about this export, which holds the digest of manifest.json; every file against the manifest; every record and statement
against its own leaf; every ledger, population and item against the statement about it.
"""

import argparse
import base64
import hashlib
import json
import os
import re
import sys
import zipfile

CHUNK = 1 << 20
MOST_BYTES = 1 << 40  # of all files together
MOST_RATIO = 1100  # deflate cannot compress more; a bomb of nested references could
MOST_FILES = 1000000
MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
CONSISTENCY, STAMPED = (
    "log/consistency.jsonl",
    re.compile(r"(?:timestamps/checkpoint-([1-9][0-9]{0,17})\.text|witnesses/checkpoint-([1-9][0-9]{0,17})\.txt)"),
)
CHECKPOINT, EXPORT, RECEIPTS = "log/checkpoint.txt", "log/export.json", "log/receipts.jsonl"
OUTSIDE = {MANIFEST, SUMS, CHECKPOINT, EXPORT, RECEIPTS, CONSISTENCY, "log/checkpoint.text", "log/checkpoint.sig"}


class Refused(Exception):
    """Something does not hold; the message begins with the file it is about."""


# --- Ed25519 (RFC 8032), verification only ----------------------------------------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def _add(a, b):
    x = (a[1] - a[0]) * (b[1] - b[0]) % P
    y = (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = y - x, d - c, d + c, y + x
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(number, point):
    found = (0, 1, 1, 0)
    while number:
        if number & 1:
            found = _add(found, point)
        point = _add(point, point)
        number >>= 1
    return found


def _same(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def _recover(y, sign):
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P:
        return None
    return P - x if x & 1 != sign else x


def _point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    x = _recover(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = (_recover(BASE_Y, 0), BASE_Y, 1, _recover(BASE_Y, 0) * BASE_Y % P)


def ed25519(public, message, signature):
    """Whether the 64 bytes are that key's signature over the message."""
    if len(public) != 32 or len(signature) != 64:
        return False
    a, r = _point(public), _point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    return _same(_times(s, BASE), _add(r, _times(h, a)))


# --- key, checkpoint, tree ---------------------------------------------------------------------------------------------------------


def read_key(text):
    """(name, id, 32 bytes) of `name+id+base64`, as C2SP signed notes write a verifier key."""
    try:
        name, mark, data = text.strip().split("+", 2)
        raw = base64.b64decode(data, validate=True)
    except ValueError:
        raise Refused("--key: this is no key; it looks like NAME+8 hexadecimal digits+BASE64") from None
    if len(raw) != 33 or raw[0] != 1:
        raise Refused("--key: this is no Ed25519 key")
    expected = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    if mark != expected.hex():
        raise Refused("--key: the key was not copied whole; its id does not fit")
    return name, expected, raw[1:]


def read_checkpoint(note, key):
    """(size, root) of the checkpoint, once its signature holds under the key."""
    name, mark, public = key
    try:
        text, block = note.decode("utf-8").rsplit("\n\n", 1)
    except ValueError:
        raise Refused(CHECKPOINT + ": this is no signed note") from None
    text += "\n"
    held = False
    for line in block.strip("\n").split("\n"):
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != "\u2014":
            raise Refused(CHECKPOINT + ": a line that is no signature")
        try:
            raw = base64.b64decode(parts[2], validate=True)
        except ValueError:
            raise Refused(CHECKPOINT + ": a signature that is not base64") from None
        if parts[1] == name and raw[:4] == mark:
            if not ed25519(public, text.encode(), raw[4:]):
                raise Refused(CHECKPOINT + ": the signature does not fit under the given key")
            held = True
    if not held:
        raise Refused(CHECKPOINT + ": it is not signed with the given key")
    lines = text.split("\n")
    if len(lines) < 4 or lines[0] != name:
        raise Refused(CHECKPOINT + ": it is of another log than the key is of")
    try:
        return int(lines[1]), base64.b64decode(lines[2], validate=True)
    except ValueError:
        raise Refused(CHECKPOINT + ": size or root cannot be read") from None


def _node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_from(leaf, index, size, hashes):
    """The root that the proof leads to (RFC 9162 section 2.1.3.2), None where it cannot be one."""
    if not 0 <= index < size:
        return None
    node, at, last = hashlib.sha256(b"\x00" + leaf).digest(), index, size - 1
    for sibling in hashes:
        if last == 0:
            return None
        if at & 1 or at == last:
            node = _node(sibling, node)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            node = _node(node, sibling)
        at, last = at >> 1, last >> 1
    return node if last == 0 else None


def extends(old, old_root, size, root, hashes):
    """Whether the proof shows that the log of `size` begins with that of `old` (RFC 9162 section 2.1.4.2)."""
    if not 0 < old <= size:
        return False
    if old == size:
        return not hashes and old_root == root
    path = list(hashes) if old & (old - 1) else [old_root, *hashes]
    node, last = old - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    if not path:
        return False
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            first, second = _node(sibling, first), _node(sibling, second)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            second = _node(second, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and first == old_root and second == root


# --- where the files are -----------------------------------------------------------------------------------------------------------


def check_name(name):
    """Refuse names that would lead out of the package or mean something else on another system."""
    parts = name.split("/")
    if not name or name.startswith("/") or "\\" in name or ":" in name or "\x00" in name or any(each in ("", ".", "..") for each in parts):
        raise Refused(ascii(name)[:200] + ": a path that leads out of the package, or is none")


class Folder:
    """An unpacked package."""

    def __init__(self, place):
        self.place = place

    def names(self):
        """Every file below the folder."""
        for place, folders, files in os.walk(self.place):
            folders[:] = [each for each in folders if each != "__pycache__"]
            for each in files + [name for name in folders if os.path.islink(os.path.join(place, name))]:
                full = os.path.join(place, each)
                name = os.path.relpath(full, self.place).replace(os.sep, "/")
                if os.path.islink(full):
                    raise Refused(name + ": a link, which no package holds")
                yield name

    def pieces(self, name):
        """The bytes of a file, piece by piece."""
        try:
            with open(os.path.join(self.place, *name.split("/")), "rb") as file:
                while True:
                    piece = file.read(CHUNK)
                    if not piece:
                        return
                    yield piece
        except OSError as error:
            raise Refused(name + ": it cannot be read: " + str(error.strerror)) from error


class Archive:
    """A package as one ZIP file. Nothing is unpacked to the disk."""

    def __init__(self, path):
        try:
            self.archive = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile, NotImplementedError) as error:
            raise Refused(os.path.basename(path) + ": this is no ZIP file: " + str(error)) from error
        self.entries = {}
        total = 0
        infos = self.archive.infolist()
        if len(infos) > MOST_FILES:
            raise Refused(os.path.basename(path) + ": more files than any package has")
        for info in infos:
            check_name(info.filename.rstrip("/") if info.is_dir() else info.filename)
            if info.filename in self.entries:
                raise Refused(info.filename + ": it stands twice in the archive")
            if (info.external_attr >> 16) & 0o170000 == 0o120000:
                raise Refused(info.filename + ": a link, which no package holds")
            total += info.file_size
            if total > MOST_BYTES or info.file_size > MOST_RATIO * max(info.compress_size, 1) + 4096:
                raise Refused(info.filename + ": it would grow beyond all measure; it was not unpacked")
            if info.flag_bits & 1:
                raise Refused(info.filename + ": it is encrypted")
            if not info.is_dir():
                self.entries[info.filename] = info

    def names(self):
        """Every file of the archive."""
        return iter(self.entries)

    def pieces(self, name):
        """The bytes of a file, never more than its entry declares."""
        if name not in self.entries:
            raise Refused(name + ": it is missing")
        info, seen = self.entries[name], 0
        try:
            with self.archive.open(info) as file:
                while True:
                    piece = file.read(CHUNK)
                    if not piece:
                        return
                    seen += len(piece)
                    if seen > info.file_size:
                        raise Refused(name + ": it is longer than it says")
                    yield piece
        except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
            raise Refused(name + ": it cannot be unpacked: " + str(error)) from error
        except Exception as error:  # zlib's own class is raised for damaged data
            if isinstance(error, Refused):
                raise
            raise Refused(name + ": it cannot be unpacked: " + str(error)) from error


def whole(place, name, most=1 << 30):
    """A file that is read at once."""
    found, size = [], 0
    for piece in place.pieces(name):
        size += len(piece)
        if size > most:
            raise Refused(name + ": it is too large for what it is")
        found.append(piece)
    return b"".join(found)


def lines(place, name):
    """The lines of a file of JSON lines, with their numbers."""
    left, number = b"", 0
    for piece in place.pieces(name):
        parts = (left + piece).split(b"\n")
        left = parts.pop()
        if len(left) > 1 << 28:
            raise Refused(name + ": a line that does not end")
        for each in parts:
            number += 1
            if each:
                yield number, each
    if left:
        yield number + 1, left


def parsed(name, data):
    """JSON."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise Refused(name + ": it is no JSON") from None


# --- the verification --------------------------------------------------------------------------------------------------------------


class Verification:
    """One verification; `problems` are what does not hold, each beginning with the file's name."""

    def __init__(self, place, key):
        self.place = place
        self.key = key
        self.problems = []
        self.counts = {}
        self.leaves = set()
        self.said = {}

    def run(self):
        """Verify everything. Returns the problems."""
        try:
            self.size, self.root = read_checkpoint(whole(self.place, CHECKPOINT, 1 << 20), self.key)
            self._receipts()
            manifest = self._manifest()
        except Refused as refused:  # without these nothing else can be said
            self.problems.append(str(refused))
            return self.problems
        self._part("records/records.jsonl", self._records, manifest)
        self._part("statements/statements.jsonl", self._statements, manifest)
        self._stamped(manifest)
        self._files(manifest)
        return self.problems

    def _part(self, name, verify, manifest):
        if name in manifest:
            try:
                verify(name)
            except Refused as refused:
                self.problems.append(str(refused))

    def _receipts(self):
        for number, line in lines(self.place, RECEIPTS):
            where = RECEIPTS + " line " + str(number)
            held = parsed(where, line)
            try:
                text, index, hashes = held["leaf"], held["index"], [bytes.fromhex(each) for each in held["hashes"]]
                leaf = json.loads(text)
                found = (leaf["kind"], leaf["id"], leaf["hash"])
                root = root_from(text.encode(), index, self.size, hashes)
            except (KeyError, TypeError, ValueError, AttributeError):
                raise Refused(where + ": it is no receipt") from None
            if root != self.root:
                raise Refused(where + ": " + ascii(found[0])[:40] + " " + ascii(found[1])[:60] + " is not in the log of the checkpoint")
            self.leaves.add(found)
        self.counts["leaves"] = len(self.leaves)

    def _stamped(self, manifest):
        """Stamped and cosigned checkpoints are beginnings of the log of this package; what the stamps say, openssl verifies."""
        wanted = {}
        for name in manifest:
            found = STAMPED.fullmatch(name)
            if found:
                wanted.setdefault(int(found.group(1) or found.group(2)), []).append(name)
        try:
            for number, line in lines(self.place, CONSISTENCY) if wanted or CONSISTENCY in self.place.names() else ():
                self._beginning(CONSISTENCY + " line " + str(number), line, wanted)
        except Refused as refused:
            self.problems.append(str(refused))
            return
        for old in sorted(wanted):
            self.problems.append(CONSISTENCY + ": nothing shows that the checkpoint of size " + str(old) + " is a beginning of this log")

    def _beginning(self, where, line, wanted):
        """One proof; what it shows is taken out of `wanted`."""
        held = parsed(where, line)
        try:
            old, hashes = held["size"], [bytes.fromhex(each) for each in held["hashes"]]
            names = wanted.pop(old, ())
            if not names:
                raise Refused(where + ": it speaks of a checkpoint that is not here, or was spoken of before")
            for name in names:
                origin, size, root = whole(self.place, name, 1 << 20).decode("utf-8").split("\n")[:3]
                sound = extends(old, base64.b64decode(root, validate=True), self.size, self.root, hashes)
                if not sound or origin != self.key[0] or size != str(old):
                    raise Refused(where + ": " + name + " is not a beginning of the log of this package")
        except (KeyError, TypeError, ValueError):
            raise Refused(where + ": it is no consistency proof") from None

    def _holds(self, kind, ref, salt, payload):
        digest = hashlib.sha256(bytes.fromhex(salt) + payload.encode()).hexdigest()
        return (kind, ref, digest) in self.leaves

    def _manifest(self):
        held = parsed(EXPORT, whole(self.place, EXPORT, 1 << 20))
        try:
            fits = self._holds("export", held["ref"], held["salt"], held["payload"])
            expected = json.loads(held["payload"])["manifest"]
        except (KeyError, TypeError, ValueError, AttributeError):
            raise Refused(EXPORT + ": it is no statement about an export") from None
        if not fits:
            raise Refused(EXPORT + ": this statement does not stand in the log")
        data = whole(self.place, MANIFEST)
        if hashlib.sha256(data).hexdigest() != expected:
            raise Refused(MANIFEST + ": it is not the manifest that stands in the log")
        files = {}
        for each in parsed(MANIFEST, data)["files"]:
            check_name(each["path"])
            files[each["path"]] = each
        return files

    def _files(self, manifest):
        present = set()
        try:
            for name in self.place.names():
                present.add(name)
                if name not in manifest and name not in OUTSIDE:
                    self.problems.append(name + ": it is not part of the package")
        except Refused as refused:
            self.problems.append(str(refused))
        for name, told in manifest.items():
            if name not in present:
                self.problems.append(name + ": it is missing")
                continue
            self._file(name, told)
        self._sums(manifest, present)
        self.counts["files"] = len(manifest)

    def _file(self, name, told):
        running, size = hashlib.sha256(), 0
        try:
            for piece in self.place.pieces(name):
                running.update(piece)
                size += len(piece)
        except Refused as refused:
            self.problems.append(str(refused))
            return
        digest = running.hexdigest()
        if (size, digest) != (told["size"], told["sha256"]):
            self.problems.append(name + ": it was altered; it is not the file of the manifest")
        bound = told.get("stated")
        if bound and not any(each.get(bound["field"]) == digest for each in self.said.get((bound["kind"], bound["id"]), ())):
            self.problems.append(name + ": the statement about it in the log (" + bound["kind"] + ") names other bytes")

    def _sums(self, manifest, present):
        if SUMS not in present:
            self.problems.append(SUMS + ": it is missing")
            return
        expected = "".join(told["sha256"] + "  " + name + "\n" for name, told in manifest.items())
        expected += hashlib.sha256(whole(self.place, MANIFEST)).hexdigest() + "  " + MANIFEST + "\n"
        if whole(self.place, SUMS) != expected.encode():
            self.problems.append(SUMS + ": it was altered; it does not say what the manifest says")
        text = whole(self.place, CHECKPOINT, 1 << 20).decode("utf-8").rsplit("\n\n", 1)[0] + "\n"
        if "log/checkpoint.text" in present and whole(self.place, "log/checkpoint.text", 1 << 20) != text.encode():
            self.problems.append("log/checkpoint.text: it is not the text of the checkpoint")
        if "log/checkpoint.sig" in present and not ed25519(self.key[2], text.encode(), whole(self.place, "log/checkpoint.sig", 1 << 20)):
            self.problems.append("log/checkpoint.sig: it is not the signature under the checkpoint")

    def _records(self, name):
        count = 0
        for number, line in lines(self.place, name):
            where = name + " line " + str(number)
            held = parsed(where, line)
            try:
                payload = held["fact"]
                if held["gone"]:
                    payload = '{"gone":true,"subject":' + json.dumps(held["subject"], ensure_ascii=False) + "}"
                # shredded: the leaf stays, what it was about is gone
                fits = held["salt"] is None or self._holds("evidence.record", held["id"], held["salt"], payload)
            except (KeyError, TypeError, ValueError, AttributeError):
                raise Refused(where + ": it is no record") from None
            if not fits:
                self.problems.append(where + ": the record " + ascii(held["id"])[:60] + " is not what stands in the log")
            count += 1
        self.counts["records"] = count

    def _statements(self, name):
        count = 0
        for number, line in lines(self.place, name):
            where = name + " line " + str(number)
            held = parsed(where, line)
            try:
                fits = held["salt"] is None or self._holds(held["kind"], held["ref"], held["salt"], held["payload"])
                if held["salt"] is not None:
                    self.said.setdefault((held["kind"], held["ref"]), []).append(json.loads(held["payload"]))
            except (KeyError, TypeError, ValueError, AttributeError):
                raise Refused(where + ": it is no statement") from None
            if not fits:
                self.problems.append(where + ": the statement about " + ascii(held["ref"])[:60] + " is not what stands in the log")
            count += 1
        self.counts["statements"] = count


def verify(path, key):
    """Verify the folder or ZIP file with the key as text. Returns (problems, counts)."""
    try:
        place = Folder(path) if os.path.isdir(path) else Archive(path)
        made = Verification(place, read_key(key))
    except Refused as refused:
        return [str(refused)], {}
    try:
        return made.run(), made.counts
    except Refused as refused:
        return made.problems + [str(refused)], made.counts
    except (KeyError, TypeError, AttributeError, UnicodeDecodeError) as error:
        return made.problems + [MANIFEST + ": it has not the form of a package: " + str(error)[:200]], made.counts


def main(arguments=None):
    """The command."""
    parser = argparse.ArgumentParser(description="Verify an evidence package offline.")
    parser.add_argument("--key", required=True, help="public key of the organization's log, got by another channel than the package")
    parser.add_argument("package", nargs="?", default=os.path.dirname(os.path.abspath(__file__)), help="folder or ZIP file")
    given = parser.parse_args(arguments)
    problems, counts = verify(given.package, given.key)
    for each in problems:
        print("FAILED  " + each)
    if problems:
        print(str(len(problems)) + " problems: do not rely on this package")
        return 1
    print("OK: " + ", ".join(str(counts[each]) + " " + each for each in sorted(counts)) + " verified under the given key")
    return 0


if __name__ == "__main__":
    sys.exit(main())
