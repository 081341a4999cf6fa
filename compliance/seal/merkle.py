"""The Merkle tree of RFC 6962 section 2.1: hashing, roots, and proofs made and verified by the algorithms of RFC 9162 section 2.1.

Positions count from zero; a hash is 32 bytes. What is proven:
inclusion - that a leaf stands at a position of the tree with this size and root;
consistency - that the tree of the older root is a prefix of the tree of the newer one, so nothing before it was changed or removed.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

HASH_SIZE = 32
MAX_SIZE = 2**63 - 1
"""Most leaves a tree may have: sizes stay within a signed 64-bit integer."""

EMPTY_ROOT = sha256(b"").digest()
"""Root of the tree without leaves (RFC 6962 section 2.1)."""


class ProofError(ValueError):
    """A proof does not prove what it is said to prove, or cannot be made; the message says which and why."""


# --- hashing ---------------------------------------------------------------------------------------------------------------------


def leaf_hash(data: bytes) -> bytes:
    """Hash of a leaf: SHA-256(0x00 || data). The prefix keeps leaves and nodes apart (RFC 6962 section 2.1)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node: SHA-256(0x01 || left || right)."""
    return sha256(b"\x01" + left + right).digest()


def tree_root(leaf_hashes: Sequence[bytes]) -> bytes:
    """Root of the tree over these leaf hashes; EMPTY_ROOT for none. Raises ProofError for a hash that is not 32 bytes."""
    row = [_checked_hash(leaf, "leaf hash") for leaf in leaf_hashes]
    if not row:
        return EMPTY_ROOT
    while len(row) > 1:
        row = _row_above(row)
    return row[0]


def _row_above(row: list[bytes]) -> list[bytes]:
    """The next row of the tree; a last node without a partner moves up unchanged, which is RFC 6962's split at a power of two."""
    above = [sha256(b"\x01" + row[i] + row[i + 1]).digest() for i in range(0, len(row) - 1, 2)]
    if len(row) % 2:
        above.append(row[-1])
    return above


def fold_left(complete: Sequence[bytes]) -> bytes:
    """Root from the roots of the complete subtrees that make up a tree, largest (leftmost) first; EMPTY_ROOT for none."""
    if not complete:
        return EMPTY_ROOT
    root = complete[-1]
    for left in reversed(complete[:-1]):
        root = node_hash(left, root)
    return root


class RightEdge:
    """A growing tree of which only the right edge is kept: one hash for each one-bit of its size, enough to append and to give the root.

    `complete` holds the roots of the complete subtrees, largest first.
    """

    def __init__(self, size: int = 0, complete: Iterable[bytes] = ()) -> None:
        """Start empty, or go on from a stored edge. Raises ProofError if the number of hashes does not fit `size`."""
        _check_size(size)
        self.size = size
        self.complete = [_checked_hash(node, "edge hash") for node in complete]
        if len(self.complete) != size.bit_count():
            raise ProofError(f"a tree of {size} leaves has {size.bit_count()} hashes on its right edge, not {len(self.complete)}")

    def append(self, leaf: bytes) -> int:
        """Append one leaf hash and return its position."""
        node = _checked_hash(leaf, "leaf hash")
        position = self.size
        joins = position
        while joins & 1:
            node = node_hash(self.complete.pop(), node)
            joins >>= 1
        self.complete.append(node)
        self.size += 1
        return position

    def root(self) -> bytes:
        """The hash of the whole tree as it is now (RFC 6962, section 2.1)."""
        return fold_left(self.complete)


# --- proofs: which subtrees they consist of --------------------------------------------------------------------------------------


def inclusion_ranges(index: int, size: int) -> list[tuple[int, int]]:
    """The leaf ranges [start, end) whose roots prove leaf `index` in a tree of `size`, lowest first (RFC 9162 section 2.1.3.1)."""
    _check_size(size)
    if not 0 <= index < size:
        raise ProofError(f"there is no leaf {index} in a tree of {size} leaves")
    start, end = 0, size
    ranges = []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def consistency_ranges(old_size: int, size: int) -> list[tuple[int, int]]:
    """The leaf ranges whose roots prove that a tree of `size` extends the one of `old_size` (RFC 9162 section 2.1.4.1)."""
    _check_sizes(old_size, size)
    start, end, whole = 0, size, True
    ranges = []
    while old_size != end:
        middle = start + _split(end - start)
        if old_size <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start, whole = middle, False
    if not whole:  # the verifier knows the old root, so it is named only where it is not a subtree by itself
        ranges.append((start, end))
    return ranges[::-1]


def complete_ranges(start: int, end: int) -> list[tuple[int, int]]:
    """[start, end) cut into complete subtrees, largest first, for a `start` that a subtree of that length may begin at."""
    ranges = []
    while start < end:
        length = 1 << ((end - start).bit_length() - 1)
        ranges.append((start, start + length))
        start += length
    return ranges


def inclusion_proof(leaf_hashes: Sequence[bytes], index: int) -> list[bytes]:
    """The inclusion proof of leaf `index` in the tree over `leaf_hashes`. Raises ProofError if there is no such leaf."""
    return [tree_root(leaf_hashes[start:end]) for start, end in inclusion_ranges(index, len(leaf_hashes))]


def consistency_proof(leaf_hashes: Sequence[bytes], old_size: int) -> list[bytes]:
    """The proof that the tree over `leaf_hashes` extends the tree over its first `old_size` ones. Raises ProofError for a useless one."""
    return [tree_root(leaf_hashes[start:end]) for start, end in consistency_ranges(old_size, len(leaf_hashes))]


# --- proofs: verification --------------------------------------------------------------------------------------------------------


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """The root that a tree of `size` must have if `proof` is right about leaf hash `leaf` at `index` (RFC 9162 section 2.1.3.2).

    Raises ProofError for a proof of the wrong length, hashes that are not 32 bytes, or an index outside the tree.
    """
    _check_size(size)
    if not 0 <= index < size:
        raise ProofError(f"there is no leaf {index} in a tree of {size} leaves")
    root = _checked_hash(leaf, "leaf hash")
    node, last = index, size - 1
    for sibling in proof:
        _checked_hash(sibling, "proof hash")
        if last == 0:
            raise ProofError("the inclusion proof holds too many hashes")
        if node & 1 or node == last:
            root = node_hash(sibling, root)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise ProofError("the inclusion proof holds too few hashes")
    return root


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raise ProofError unless `proof` shows leaf hash `leaf` at `index` of the tree with this `size` and `root`."""
    _checked_hash(root, "root")
    if root_from_inclusion(leaf, index, size, proof) != root:
        raise ProofError(f"the proof does not lead from leaf {index} to the root of the tree of {size} leaves")


def verify_consistency(old_size: int, size: int, old_root: bytes, root: bytes, proof: Sequence[bytes]) -> None:
    """Raise ProofError unless `proof` shows that the tree (`size`, `root`) extends (`old_size`, `old_root`) (RFC 9162 section 2.1.4.2).

    An `old_size` of 0 is refused: every tree extends the empty one, so such a check would look like proof and be none.
    """
    _check_sizes(old_size, size)
    path = [_checked_hash(node, "proof hash") for node in proof]
    if old_size == size:
        _verify_same(old_root, root, path)
        return
    for known in (old_root, root):
        _checked_hash(known, "root")
    if old_size & (old_size - 1) == 0:  # a complete tree is a subtree of every later one, so its root need not be sent
        path.insert(0, old_root)
    if not path:
        raise ProofError("the consistency proof holds too few hashes")
    computed_old, computed_new = _roots_from_consistency(old_size, size, path)
    if computed_old != old_root:
        raise ProofError(f"the proof does not lead to the root of the older tree of {old_size} leaves")
    if computed_new != root:
        raise ProofError(f"the proof does not lead to the root of the newer tree of {size} leaves")


def _verify_same(old_root: bytes, root: bytes, path: list[bytes]) -> None:
    if path:
        raise ProofError("a proof between trees of the same size holds no hashes")
    if old_root != root:
        raise ProofError("two trees of the same size have different roots: the log has been rewritten")


def _roots_from_consistency(old_size: int, size: int, path: list[bytes]) -> tuple[bytes, bytes]:
    old_node, last = old_size - 1, size - 1
    while old_node & 1:
        old_node, last = old_node >> 1, last >> 1
    old_root = root = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofError("the consistency proof holds too many hashes")
        if old_node & 1 or old_node == last:
            old_root, root = node_hash(sibling, old_root), node_hash(sibling, root)
            while old_node and not old_node & 1:
                old_node, last = old_node >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        old_node, last = old_node >> 1, last >> 1
    if last:
        raise ProofError("the consistency proof holds too few hashes")
    return old_root, root


def _split(size: int) -> int:
    """The largest power of two below `size`, for `size` of 2 or more."""
    return 1 << ((size - 1).bit_length() - 1)


def _checked_hash(value: bytes, what: str) -> bytes:
    if len(value) != HASH_SIZE:
        raise ProofError(f"a {what} has {len(value)} bytes: {HASH_SIZE} are needed")
    return value


def _check_size(size: int) -> None:
    if not 0 <= size <= MAX_SIZE:
        raise ProofError(f"a tree cannot have {size} leaves")


def _check_sizes(old_size: int, size: int) -> None:
    _check_size(size)
    if not 0 < old_size <= size:
        raise ProofError(f"a tree of {size} leaves cannot usefully be compared with one of {old_size}: from 1 to {size} it can")
