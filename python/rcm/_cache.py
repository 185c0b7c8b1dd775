"""A cache of kernel objects on disk.

One file per object, named by the hash of everything that determines it (shape
class, chip, recipe, version), in a folder per build of the compiler library.
Files are written under another name and renamed, so that processes that run at
the same time, or are killed, never leave half a file; a file that does not load
is compiled again, with one warning. The files used longest ago, of any build,
are removed when the folder grows beyond its limit, and so is what a killed
process left.

RCM_CACHE_DIR   the folder (default $XDG_CACHE_HOME/rcm or ~/.cache/rcm)
RCM_CACHE_SIZE  its limit in bytes (default 1 GiB; 0 turns the cache off)
"""
import hashlib
import os
import tempfile
import time
import warnings

from ._libraries import compiler

_DEFAULT_SIZE = 1 << 30
SUFFIX = ".rcmobj"
_PART = ".part"           # a file that is being written
_PART_AGE = 3600.0        # seconds after which its writer is taken to be dead


def key_of(*parts):
    """A file name for what the strings determine."""
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode()
        digest.update(len(raw).to_bytes(8, "little"))
        digest.update(raw)
    return digest.hexdigest()[:40]


def _root():
    named = os.environ.get("RCM_CACHE_DIR")
    if named:
        return named
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "rcm")


def folder():
    """Where objects of the present compiler library are kept."""
    return os.path.join(_root(), key_of(compiler.identity() or "")[:12])


def limit():
    text = os.environ.get("RCM_CACHE_SIZE", "")
    try:
        return max(0, int(text)) if text else _DEFAULT_SIZE
    except ValueError:
        warnings.warn(f"expected RCM_CACHE_SIZE to be a number of bytes, got {text!r}",
                      stacklevel=2)
        return _DEFAULT_SIZE


def read(key):
    """The object's bytes, or None."""
    if limit() == 0:
        return None
    path = os.path.join(folder(), key + SUFFIX)
    try:
        with open(path, "rb") as file:
            data = file.read()
        os.utime(path)  # used now
        return data
    except OSError:
        return None


def discard(key, reason):
    """Forgets an entry that did not load, with a warning."""
    path = os.path.join(folder(), key + SUFFIX)
    warnings.warn(f"compiling again: expected a kernel object in the cache, got: {reason} "
                  f"({path})", stacklevel=2)
    _remove(path)


def _remove(path):
    try:
        os.unlink(path)
    except OSError:
        pass  # another process was faster, or it is not ours to remove


def write_file(target, name, data):
    """Puts a file in a folder, whole or not at all. Raises OSError."""
    os.makedirs(target, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target, suffix=_PART)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.replace(temporary, os.path.join(target, name))
    except BaseException:
        _remove(temporary)
        raise


def write(key, data):
    """Keeps an object. A folder that cannot be written costs a warning only."""
    size = limit()
    if size == 0 or len(data) > size:
        return
    try:
        write_file(folder(), key + SUFFIX, data)
        _trim(_root(), size)
    except OSError as error:
        warnings.warn(f"the kernel was not cached: {error}", stacklevel=2)


def _trim(root, size):
    """Removes the entries used longest ago until `size` bytes are left."""
    entries = []
    old = time.time() - _PART_AGE
    for path, _, names in os.walk(root):
        for name in names:
            file = os.path.join(path, name)
            try:
                status = os.stat(file)
            except OSError:
                continue  # another process removed it
            if name.endswith(_PART) and status.st_mtime < old:
                _remove(file)
            elif name.endswith(SUFFIX):
                entries.append((status.st_mtime, status.st_size, file))
    total = sum(entry[1] for entry in entries)
    for _, bytes_, path in sorted(entries):
        if total <= size:
            return
        _remove(path)
        total -= bytes_
