//===- Npy.cpp - NumPy's .npy files ---------------------------------------===//

#include "rcm/Reference/Npy.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <limits>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace rcm::reference {
namespace {

constexpr char kMagic[] = "\x93NUMPY";
constexpr size_t kMagicBytes = 6;
/// Headers are padded so that the data starts at a multiple of this.
constexpr size_t kHeaderAlignment = 64;
/// No header of an array of a sane rank is longer; bounds what a corrupt
/// length field can make us allocate.
constexpr size_t kMaxHeaderBytes = 1 << 20;
/// Magic, version and the two-byte length of version 1.0.
constexpr size_t kPreambleBytes = kMagicBytes + 2 + 2;

struct Descriptor {
  std::string_view text;
  ElementType type;
};

constexpr Descriptor kDescriptors[] = {
    {"<f2", ElementType::F16}, {"<f4", ElementType::F32},
    {"<f8", ElementType::F64}, {"|i1", ElementType::I8},
    {"<i4", ElementType::I32}, {"<i8", ElementType::I64},
    {"|b1", ElementType::I1}};

/// How people store the bits of bf16.
constexpr std::string_view kBF16Descriptors[] = {"<u2", "<i2", "|V2", "<V2"};

struct File {
  explicit File(std::FILE *handle) : handle(handle) {}
  ~File() {
    if (handle)
      std::fclose(handle);
  }
  File(const File &) = delete;
  File &operator=(const File &) = delete;
  std::FILE *handle;
};

std::string lastSystemError() { return std::generic_category().message(errno); }

/// What the header's dictionary says.
struct Header {
  std::string descr;
  bool fortranOrder = false;
  std::vector<int64_t> shape;
};

/// Reads the one Python literal that a .npy header is: a dictionary of a
/// string, a bool and a tuple of integers, in any order.
class HeaderParser {
public:
  explicit HeaderParser(std::string_view text) : text(text) {}

  bool parse(Header &header) {
    bool haveDescr = false, haveOrder = false, haveShape = false;
    if (!take('{'))
      return false;
    while (!take('}')) {
      std::string key;
      if (!parseString(key) || !take(':'))
        return false;
      if (key == "descr" && !haveDescr)
        haveDescr = parseString(header.descr);
      else if (key == "fortran_order" && !haveOrder)
        haveOrder = parseBool(header.fortranOrder);
      else if (key == "shape" && !haveShape)
        haveShape = parseShape(header.shape);
      else
        return false;
      if (!take(',') && !peek('}'))
        return false;
    }
    skipSpace();
    return position == text.size() && haveDescr && haveOrder && haveShape;
  }

private:
  void skipSpace() {
    while (position < text.size() &&
           (text[position] == ' ' || text[position] == '\n'))
      ++position;
  }
  bool peek(char c) {
    skipSpace();
    return position < text.size() && text[position] == c;
  }
  bool take(char c) {
    if (!peek(c))
      return false;
    ++position;
    return true;
  }
  bool takeWord(std::string_view word) {
    skipSpace();
    if (text.substr(position, word.size()) != word)
      return false;
    position += word.size();
    return true;
  }
  bool parseString(std::string &value) {
    char quote = peek('"') ? '"' : '\'';
    if (!take(quote))
      return false;
    size_t end = text.find(quote, position);
    if (end == std::string_view::npos)
      return false;
    value = std::string(text.substr(position, end - position));
    position = end + 1;
    return true;
  }
  bool parseBool(bool &value) {
    value = takeWord("True");
    return value || takeWord("False");
  }
  bool parseShape(std::vector<int64_t> &shape) {
    if (!take('('))
      return false;
    while (!take(')')) {
      skipSpace();
      int64_t size = 0;
      size_t start = position;
      for (; position < text.size() && text[position] >= '0' &&
             text[position] <= '9';
           ++position)
        if (__builtin_mul_overflow(size, int64_t(10), &size) ||
            __builtin_add_overflow(size, text[position] - '0', &size))
          return false;
      if (position == start)
        return false;
      shape.push_back(size);
      if (!take(',') && !peek(')'))
        return false;
    }
    return true;
  }

  std::string_view text;
  size_t position = 0;
};

bool readExactly(std::FILE *file, void *data, size_t bytes) {
  return std::fread(data, 1, bytes, file) == bytes;
}

Result<Header> readHeader(std::FILE *file, const std::string &path) {
  unsigned char preamble[kMagicBytes + 2];
  if (!readExactly(file, preamble, sizeof(preamble)) ||
      std::memcmp(preamble, kMagic, kMagicBytes) != 0)
    return Error{path + ": expected a .npy file, got something else"};
  int major = preamble[kMagicBytes];
  if (major < 1 || major > 3)
    return Error{path + ": expected .npy version 1, 2 or 3, got " +
                 std::to_string(major)};
  unsigned char lengthBytes[4] = {0, 0, 0, 0};
  if (!readExactly(file, lengthBytes, major == 1 ? 2 : 4))
    return Error{path + ": expected a header, got the end of the file"};
  size_t length = lengthBytes[0] | lengthBytes[1] << 8 | lengthBytes[2] << 16 |
                  static_cast<size_t>(lengthBytes[3]) << 24;
  if (length > kMaxHeaderBytes)
    return Error{path + ": expected a header of at most " +
                 std::to_string(kMaxHeaderBytes) + " bytes, got " +
                 std::to_string(length)};
  std::string text(length, '\0');
  if (!readExactly(file, text.data(), length))
    return Error{path + ": expected a header of " + std::to_string(length) +
                 " bytes, got the end of the file"};
  Header header;
  if (!HeaderParser(text).parse(header))
    return Error{path + ": expected a header with descr, fortran_order and "
                        "shape, got something else"};
  return header;
}

/// The element type of `descr` under what the caller expects.
Result<ElementType> resolveType(const std::string &path,
                                const std::string &descr,
                                std::optional<ElementType> expected) {
  if (expected == ElementType::BF16) {
    for (std::string_view known : kBF16Descriptors)
      if (descr == known)
        return ElementType::BF16;
    return Error{path +
                 ": expected bf16 bits stored as '<u2', '<i2' or '|V2'"
                 ", got '" +
                 descr + "'"};
  }
  for (const Descriptor &entry : kDescriptors) {
    // Byte order means nothing for one-byte types.
    bool same = entry.text == descr ||
                (entry.text[0] == '|' && descr.size() == 3 &&
                 entry.text.substr(1) == std::string_view(descr).substr(1));
    if (!same)
      continue;
    if (expected && *expected != entry.type)
      return Error{path + ": expected element type " +
                   std::string(toString(*expected)) + ", got " +
                   std::string(toString(entry.type))};
    return entry.type;
  }
  std::string wanted = expected
                           ? "element type " + std::string(toString(*expected))
                           : std::string("f2, f4, f8, i1, i4, i8 or b1 in "
                                         "little endian");
  return Error{path + ": expected " + wanted + ", got '" + descr + "'"};
}

Result<void> checkShape(const std::string &path,
                        const std::vector<int64_t> &shape,
                        const std::optional<std::vector<int64_t>> &expected) {
  if (!expected)
    return {};
  bool same = expected->size() == shape.size();
  std::string wanted;
  for (size_t i = 0; i < expected->size(); ++i) {
    int64_t size = (*expected)[i];
    wanted += (i ? "x" : "") + (size < 0 ? "?" : std::to_string(size));
    same = same && (size < 0 || size == shape[i]);
  }
  if (same)
    return {};
  return Error{path + ": expected shape " +
               (wanted.empty() ? "scalar" : wanted) + ", got " +
               shapeToString(shape)};
}

/// Bytes between the current position and the end of a regular file.
Result<int64_t> remainingBytes(std::FILE *file, const std::string &path) {
  long here = std::ftell(file);
  if (here < 0 || std::fseek(file, 0, SEEK_END) != 0)
    return Error{path + ": expected a regular file, got something else"};
  long end = std::ftell(file);
  if (end < here || std::fseek(file, here, SEEK_SET) != 0)
    return Error{path + ": expected a regular file, got something else"};
  return static_cast<int64_t>(end - here);
}

/// Moves elements from Fortran order (first dimension fastest) to C order.
Result<Array> fromFortranOrder(const Array &source) {
  Result<Array> target = Array::create(source.elementType(), source.shape());
  if (!target)
    return target;
  int64_t width = byteWidth(source.elementType());
  std::vector<int64_t> steps(source.shape().size());
  int64_t step = 1;
  for (size_t i = 0; i < steps.size(); ++i) {
    steps[i] = step;
    step *= source.shape()[i];
  }
  for (int64_t i = 0; i < source.numElements(); ++i) {
    int64_t rest = i, offset = 0;
    for (size_t d = steps.size(); d-- > 0;) {
      offset += rest % source.shape()[d] * steps[d];
      rest /= source.shape()[d];
    }
    std::memcpy(target->dataAs<char>() + i * width,
                source.dataAs<char>() + offset * width, width);
  }
  return target;
}

std::string makeHeader(const Array &array) {
  std::string_view descr = "<u2"; // bf16
  for (const Descriptor &entry : kDescriptors)
    if (entry.type == array.elementType())
      descr = entry.text;
  std::string text = "{'descr': '" + std::string(descr) +
                     "', 'fortran_order': False, 'shape': (";
  for (int64_t size : array.shape())
    text += std::to_string(size) + ", ";
  text += "), }";
  while ((kPreambleBytes + text.size() + 1) % kHeaderAlignment != 0)
    text += ' ';
  return text + '\n';
}

bool writeContents(std::FILE *file, const Array &array) {
  std::string header = makeHeader(array);
  if (header.size() > std::numeric_limits<uint16_t>::max())
    return false; // A rank in the thousands.
  unsigned char preamble[kPreambleBytes];
  std::memcpy(preamble, kMagic, kMagicBytes);
  preamble[6] = 1;
  preamble[7] = 0;
  preamble[8] = header.size() & 0xFF;
  preamble[9] = static_cast<unsigned char>(header.size() >> 8);
  if (std::fwrite(preamble, 1, sizeof(preamble), file) != sizeof(preamble) ||
      std::fwrite(header.data(), 1, header.size(), file) != header.size())
    return false;
  size_t width = static_cast<size_t>(byteWidth(array.elementType()));
  size_t count = static_cast<size_t>(array.numElements());
  if (array.isContiguous())
    return std::fwrite(array.data(), width, count, file) == count;
  for (int64_t i = 0; i < array.numElements(); ++i)
    if (std::fwrite(array.dataAs<char>() +
                        array.offsetOf(i) * static_cast<int64_t>(width),
                    width, 1, file) != 1)
      return false;
  return true;
}

} // namespace

Result<Array> readNpy(const std::string &path,
                      const NpyExpectation &expectation) {
  File file(std::fopen(path.c_str(), "rb"));
  if (!file.handle)
    return Error{path +
                 ": expected a readable file, got: " + lastSystemError()};
  Result<Header> header = readHeader(file.handle, path);
  if (!header)
    return Error{header.error()};
  Result<ElementType> type = resolveType(path, header->descr, expectation.type);
  if (!type)
    return Error{type.error()};
  if (Result<void> ok = checkShape(path, header->shape, expectation.shape); !ok)
    return Error{ok.error()};
  Result<int64_t> remaining = remainingBytes(file.handle, path);
  if (!remaining)
    return Error{remaining.error()};
  // Compare before allocating: a corrupt shape must not exhaust the memory.
  int64_t wanted = byteWidth(*type);
  bool fits = true;
  for (int64_t size : header->shape)
    fits = fits && !__builtin_mul_overflow(wanted, size, &wanted);
  if (!fits || wanted != *remaining)
    return Error{path + ": expected " +
                 (fits ? std::to_string(wanted) : "fewer than 2^63") +
                 " bytes of data for shape " + shapeToString(header->shape) +
                 ", got " + std::to_string(*remaining)};
  Result<Array> array = Array::create(*type, header->shape);
  if (!array)
    return Error{path + ": " + array.error()};
  if (!readExactly(file.handle, array->data(), static_cast<size_t>(wanted)))
    return Error{path + ": expected " + std::to_string(wanted) +
                 " bytes of data, got a read error"};
  if (header->fortranOrder && array->rank() > 1)
    return fromFortranOrder(*array);
  return array;
}

Result<void> writeNpy(const std::string &path, const Array &array) {
  struct stat status;
  bool exists = stat(path.c_str(), &status) == 0;
  if (exists && access(path.c_str(), W_OK) != 0)
    return Error{path +
                 ": expected a writable path, got: " + lastSystemError()};
  // A device or a pipe must not be replaced by a file of that name. Otherwise
  // write beside the target, so that rename() does not cross file systems; the
  // process number keeps concurrent writers apart.
  bool direct = exists && !S_ISREG(status.st_mode);
  std::string target =
      direct ? path : path + ".partial" + std::to_string(getpid());
  File file(std::fopen(target.c_str(), "wb"));
  if (!file.handle)
    return Error{path +
                 ": expected a writable path, got: " + lastSystemError()};
  bool written = writeContents(file.handle, array);
  written = std::fclose(file.handle) == 0 && written;
  file.handle = nullptr;
  if (written && (direct || std::rename(target.c_str(), path.c_str()) == 0))
    return {};
  std::string reason = lastSystemError();
  if (!direct)
    std::remove(target.c_str());
  return Error{
      path + ": expected to write " +
      std::to_string(array.numElements() * byteWidth(array.elementType())) +
      " bytes, got: " + reason};
}

} // namespace rcm::reference
