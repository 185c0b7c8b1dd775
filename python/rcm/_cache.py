"""A cache of kernel objects on disk.

One file per object, named by the hash of everything that determines it. Files
are written under another name and renamed, so that processes that run at the
same time, or are killed, never leave half a file; a file that does not load is
compiled again, with one warning. The files used longest ago are removed when
the folder grows beyond its limit.

RCM_CACHE_DIR   the folder (default $XDG_CACHE_HOME/rcm or ~/.cache/rcm)
RCM_CACHE_SIZE  its limit in bytes (default 1 GiB; 0 turns the cache off)
"""
import hashlib
import os
import tempfile
import warnings

_DEFAULT_SIZE = 1 << 30
_SUFFIX = ".rcmobj"


def key_of(*parts):
    """A file name for what the strings determine."""
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode()
        digest.update(len(raw).to_bytes(8, "little"))
        digest.update(raw)
    return digest.hexdigest()[:40]


def folder():
    named = os.environ.get("RCM_CACHE_DIR")
    if named:
        return named
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "rcm")


def limit():
    text = os.environ.get("RCM_CACHE_SIZE", "")
    try:
        return max(0, int(text)) if text else _DEFAULT_SIZE
    except ValueError:
        warnings.warn(f"expected RCM_CACHE_SIZE to be a number of bytes, got {text!r}")
        return _DEFAULT_SIZE


def read(key):
    """The object's bytes, or None."""
    if limit() == 0:
        return None
    path = os.path.join(folder(), key + _SUFFIX)
    try:
        with open(path, "rb") as file:
            data = file.read()
        os.utime(path)  # used now
        return data
    except OSError:
        return None


def discard(key, reason):
    """Forgets an entry that did not load, with a warning."""
    warnings.warn(f"compiling again: a cached kernel object did not load: {reason}")
    try:
        os.unlink(os.path.join(folder(), key + _SUFFIX))
    except OSError:
        pass


def write(key, data):
    """Keeps an object. A folder that cannot be written costs a warning only."""
    size = limit()
    if size == 0 or len(data) > size:
        return
    target = folder()
    temporary = None
    try:
        os.makedirs(target, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target, suffix=".part")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.replace(temporary, os.path.join(target, key + _SUFFIX))
        temporary = None
        _trim(target, size)
    except OSError as error:
        warnings.warn(f"the kernel was not cached: {error}")
    finally:
        if temporary:
            try:
                os.unlink(temporary)
            except OSError:
                pass


def _trim(target, size):
    """Removes the entries used longest ago until `size` bytes are left."""
    entries = []
    for entry in os.scandir(target):
        if entry.name.endswith(_SUFFIX):
            try:
                status = entry.stat()
            except FileNotFoundError:
                continue  # another process removed it
            entries.append((status.st_mtime, status.st_size, entry.path))
    total = sum(entry[1] for entry in entries)
    for _, bytes_, path in sorted(entries):
        if total <= size:
            return
        try:
            os.unlink(path)
        except FileNotFoundError:
            pass
        total -= bytes_
