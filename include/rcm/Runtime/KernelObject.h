//===- KernelObject.h - The kernel object as C++ structures -----*- C++ -*-===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//
//
// docs/KernelObject.md in C++, shared by the compiler, which writes objects,
// and the runtime, which reads them. Only the C++ standard library is needed.
// The numbers of the enums are part of the file format.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_RUNTIME_KERNELOBJECT_H
#define RCM_RUNTIME_KERNELOBJECT_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace rcm::object {

inline constexpr uint32_t kFormatVersion = 1;
inline constexpr unsigned char kMagic[8] = {0x89, 'R', 'C', 'M',
                                            'O',  'B', 'J', '\n'};
inline constexpr uint32_t kMaxRank = 8;
inline constexpr uint32_t kMaxMapRank = 5;
/// Most instructions of a program.
inline constexpr uint32_t kMaxInstructions = 1u << 20;
/// Most elements of every other list.
inline constexpr uint32_t kMaxListLength = 4096;
inline constexpr uint64_t kMaxFileBytes = uint64_t(1) << 32;
/// Largest alignment of scratch memory and of arguments.
inline constexpr uint32_t kMaxAlignment = 4096;
/// "No value", for optional operands.
inline constexpr uint32_t kNone = 0xFFFFFFFFu;
/// A size or stride that is not fixed.
inline constexpr int64_t kDynamic = INT64_MIN;

enum class Opcode : uint16_t {
  ConstInt = 1,
  ConstF32,
  ConstF64,
  Size,
  Stride,
  Data,
  Scalar,
  Multiprocessors,
  Add = 16,
  Sub,
  Mul,
  DivS,
  DivU,
  RemS,
  RemU,
  CeilDivS,
  CeilDivU,
  FloorDivS,
  MinS,
  MaxS,
  MinU,
  MaxU,
  And,
  Or,
  Xor,
  Shl,
  ShrS,
  ShrU,
  ExtS,
  ExtU,
  CmpInt,
  Select,
  FAdd = 48,
  FSub,
  FMul,
  FDiv,
  FMin,
  FMax,
  FNeg,
  FAbs,
  FSqrt,
  FSin,
  FCos,
  CmpFloat,
  F32ToF64,
  F64ToF32,
  IntToF32,
  IntToF64,
  Require = 80,
  Scratch,
  TensorMap,
  Memset,
  Launch
};

/// Predicates of CmpInt.
enum class IntPredicate : uint16_t {
  EQ,
  NE,
  SLT,
  SLE,
  SGT,
  SGE,
  ULT,
  ULE,
  UGT,
  UGE
};
inline constexpr uint16_t kIntPredicates = 10;

/// Predicates of CmpFloat.
enum class FloatPredicate : uint16_t {
  False,
  OEQ,
  OGT,
  OGE,
  OLT,
  OLE,
  ONE,
  ORD,
  UEQ,
  UGT,
  UGE,
  ULT,
  ULE,
  UNE,
  UNO,
  True
};
inline constexpr uint16_t kFloatPredicates = 16;

struct Instruction {
  Opcode opcode = Opcode::ConstInt;
  uint16_t modifier = 0;
  uint32_t a = 0, b = 0, c = 0;
  uint64_t immediate = 0;
};

enum class ValueType : uint8_t { None, Int, F32, F64, Map };

enum class ArgumentKind : uint8_t { Tensor = 0, Scalar = 1 };
enum class Direction : uint8_t { In = 1, Out = 2, InOut = 3 };

/// As rcmType of the C interface.
enum class ElementType : uint8_t {
  F16 = 1,
  BF16,
  F32,
  F64,
  I8,
  I16,
  I32,
  I64,
  F8E4M3,
  I1
};
inline constexpr uint8_t kElementTypes = 10;

struct Argument {
  std::string name;
  ArgumentKind kind = ArgumentKind::Tensor;
  Direction direction = Direction::In;
  ElementType type = ElementType::F32;
  /// Of the data pointer, in bytes.
  uint32_t alignment = 1;
  /// One per dimension; kDynamic when not fixed. Strides are in elements.
  std::vector<int64_t> sizes, strides;
};

/// The enumerators are the driver's, as numbers.
struct TensorMap {
  uint8_t elementType = 0, interleave = 0, swizzle = 0, l2Promotion = 0,
          fill = 0;
  uint32_t predicate = kNone, base = 0;
  /// Values: elements, fastest first; bytes, one fewer.
  std::vector<uint32_t> sizes, strides;
  /// Numbers.
  std::vector<uint32_t> box, elementStrides;
};

enum class ParameterKind : uint8_t { I64, I32, F32, F64, Map, I8, I16 };
inline constexpr uint8_t kParameterKinds = 7;

struct Parameter {
  ParameterKind kind = ParameterKind::I64;
  uint32_t value = 0;
};

/// Launch::flags.
inline constexpr uint32_t kProgrammatic = 1;

struct Launch {
  uint32_t kernel = 0;
  uint32_t grid[3] = {0, 0, 0}, block[3] = {0, 0, 0};
  uint32_t sharedBytes = 0, predicate = kNone;
  uint32_t cluster[3] = {0, 0, 0};
  uint32_t flags = 0;
  std::vector<Parameter> parameters;
};

/// Sorted by name.
using Properties = std::vector<std::pair<std::string, std::string>>;

struct Entry {
  std::string name;
  Properties properties;
  std::vector<Argument> arguments;
  std::vector<std::string> strings;
  std::vector<TensorMap> tensorMaps;
  std::vector<Launch> launches;
  std::vector<Instruction> program;
};

struct Kernel {
  std::string name;
  /// Per thread; 0: not known.
  uint32_t registers = 0;
  uint32_t staticSharedBytes = 0;
};

struct KernelObject {
  uint32_t formatVersion = kFormatVersion;
  std::string producer, chip;
  uint32_t computeCapability = 0; ///< 10 * major + minor
  bool exactComputeCapability = false;
  uint32_t ptxVersion = 0;       ///< 10 * major + minor
  uint32_t ptxMinimumDriver = 0; ///< 1000 * major + 10 * minor
  uint32_t cubinMinimumDriver = 0;
  Properties properties;
  std::vector<Kernel> kernels;
  std::vector<Entry> entries;
  std::string ptx;
  std::string cubin;
};

/// Bytes of an element; 0 for a number that is no type.
size_t getElementBytes(ElementType type);
/// "f16", ...; "?" for a number that is no type.
const char *getElementTypeName(ElementType type);
/// Bytes of a kernel parameter.
size_t getParameterBytes(ParameterKind kind);
/// Bytes of an element of a tensor map; 0 for a number that is no type.
size_t getMapElementBytes(uint8_t elementType);

/// CRC-32 as zlib and PNG compute it.
uint32_t crc32(const void *data, size_t size);

/// Checks everything but the code: indices, types of operands, ranges, order of
/// effects. Returns an empty string, or one line that says what is wrong.
std::string validate(const KernelObject &object);

/// Checks one program and, on success, stores the type of every value.
std::string validateProgram(const Entry &entry, size_t kernelCount,
                            std::vector<ValueType> &types);

/// The file's bytes. `object` must be valid.
std::string encode(const KernelObject &object);

/// What decode found.
enum class DecodeResult { Success, Corrupt, Newer };

/// Reads and validates a file. On failure `error` is one line and `object` is
/// in an unspecified state. Never reads beyond `size`; may throw std::bad_alloc
/// only.
DecodeResult decode(const void *data, size_t size, KernelObject &object,
                    std::string &error);

} // namespace rcm::object

#endif // RCM_RUNTIME_KERNELOBJECT_H
