//===- Arithmetic.cpp - The arithmetic of programs ------------------------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Error.h"
#include "Program.h"

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace rcm::runtime;
using namespace rcm::object;

namespace {
/// Quotients and remainders of operands that divide without overflow.
uint64_t divide(Opcode opcode, uint64_t a, uint64_t b) {
  auto sa = static_cast<int64_t>(a), sb = static_cast<int64_t>(b);
  // The quotient is below zero before rounding.
  bool negative = (sa < 0) != (sb < 0);
  switch (opcode) {
  case Opcode::DivS:
    return sa / sb;
  case Opcode::DivU:
    return a / b;
  case Opcode::RemS:
    return sa % sb;
  case Opcode::RemU:
    return a % b;
  case Opcode::CeilDivS:
    return sa / sb + (sa % sb != 0 && !negative);
  case Opcode::CeilDivU:
    return a / b + (a % b != 0);
  default: // FloorDivS
    return sa / sb - (sa % sb != 0 && negative);
  }
}

uint64_t shift(Opcode opcode, uint64_t a, uint64_t count) {
  constexpr uint64_t kBits = 64;
  auto sa = static_cast<int64_t>(a);
  if (opcode == Opcode::ShrS)
    return sa >> std::min(count, kBits - 1);
  if (count >= kBits)
    return 0;
  return opcode == Opcode::Shl ? a << count : a >> count;
}

bool compare(IntPredicate predicate, uint64_t a, uint64_t b) {
  auto sa = static_cast<int64_t>(a), sb = static_cast<int64_t>(b);
  switch (predicate) {
  case IntPredicate::EQ:
    return a == b;
  case IntPredicate::NE:
    return a != b;
  case IntPredicate::SLT:
    return sa < sb;
  case IntPredicate::SLE:
    return sa <= sb;
  case IntPredicate::SGT:
    return sa > sb;
  case IntPredicate::SGE:
    return sa >= sb;
  case IntPredicate::ULT:
    return a < b;
  case IntPredicate::ULE:
    return a <= b;
  case IntPredicate::UGT:
    return a > b;
  case IntPredicate::UGE:
    return a >= b;
  }
  return false;
}

/// The low `width` bits, sign- or zero-extended.
uint64_t extend(uint64_t a, unsigned width, bool isSigned) {
  uint64_t low = a & ((uint64_t(1) << width) - 1);
  uint64_t sign = uint64_t(1) << (width - 1);
  return isSigned ? (low ^ sign) - sign : low;
}
} // namespace

rcmResult rcm::runtime::evaluateInt(const Instruction &instruction, uint64_t a,
                                    uint64_t b, uint64_t &value) {
  Opcode opcode = instruction.opcode;
  auto sa = static_cast<int64_t>(a), sb = static_cast<int64_t>(b);
  switch (opcode) {
  case Opcode::Add:
    value = a + b;
    break;
  case Opcode::Sub:
    value = a - b;
    break;
  case Opcode::Mul:
    value = a * b;
    break;
  case Opcode::MinS:
    value = std::min(sa, sb);
    break;
  case Opcode::MaxS:
    value = std::max(sa, sb);
    break;
  case Opcode::MinU:
    value = std::min(a, b);
    break;
  case Opcode::MaxU:
    value = std::max(a, b);
    break;
  case Opcode::And:
    value = a & b;
    break;
  case Opcode::Or:
    value = a | b;
    break;
  case Opcode::Xor:
    value = a ^ b;
    break;
  case Opcode::Shl:
  case Opcode::ShrS:
  case Opcode::ShrU:
    value = shift(opcode, a, b);
    break;
  case Opcode::ExtS:
  case Opcode::ExtU:
    value = extend(a, instruction.modifier, opcode == Opcode::ExtS);
    break;
  case Opcode::CmpInt:
    value = compare(static_cast<IntPredicate>(instruction.modifier), a, b);
    break;
  default: {
    bool isUnsigned = opcode == Opcode::DivU || opcode == Opcode::RemU ||
                      opcode == Opcode::CeilDivU;
    if (b == 0)
      return fail(RCM_ERROR_REQUIREMENT, "division by zero");
    if (!isUnsigned && sa == INT64_MIN && sb == -1)
      return fail(RCM_ERROR_REQUIREMENT, "division overflows 64 bits");
    value = divide(opcode, a, b);
  }
  }
  return RCM_SUCCESS;
}

namespace {
template <typename Float> Float fromBits(uint64_t bits) {
  Float value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

template <typename Float> uint64_t toBits(Float value) {
  uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof(value));
  return bits;
}

/// The relations for which each predicate of cmp.float holds, as a set of bits.
enum Relation : uint8_t { kEqual = 1, kGreater = 2, kLess = 4, kUnordered = 8 };
constexpr uint8_t kHoldsFor[kFloatPredicates] = {0,
                                                 kEqual,
                                                 kGreater,
                                                 kGreater | kEqual,
                                                 kLess,
                                                 kLess | kEqual,
                                                 kLess | kGreater,
                                                 kLess | kGreater | kEqual,
                                                 kUnordered | kEqual,
                                                 kUnordered | kGreater,
                                                 kUnordered | kGreater | kEqual,
                                                 kUnordered | kLess,
                                                 kUnordered | kLess | kEqual,
                                                 kUnordered | kLess | kGreater,
                                                 kUnordered,
                                                 kUnordered | kLess | kGreater |
                                                     kEqual};

template <typename Float> bool compare(unsigned predicate, Float a, Float b) {
  Relation relation = a == b  ? kEqual
                      : a > b ? kGreater
                      : a < b ? kLess
                              : kUnordered;
  return kHoldsFor[predicate] & relation;
}

template <typename Float>
uint64_t evaluate(const Instruction &instruction, Float a, Float b) {
  bool unordered = std::isnan(a) || std::isnan(b);
  switch (instruction.opcode) {
  case Opcode::FAdd:
    return toBits<Float>(a + b);
  case Opcode::FSub:
    return toBits<Float>(a - b);
  case Opcode::FMul:
    return toBits<Float>(a * b);
  case Opcode::FDiv:
    return toBits<Float>(a / b);
  case Opcode::FMin:
    return toBits<Float>(unordered ? a + b : std::fmin(a, b));
  case Opcode::FMax:
    return toBits<Float>(unordered ? a + b : std::fmax(a, b));
  case Opcode::FNeg:
    return toBits<Float>(-a);
  case Opcode::FAbs:
    return toBits<Float>(std::fabs(a));
  case Opcode::FSqrt:
    return toBits<Float>(std::sqrt(a));
  case Opcode::FSin:
    return toBits<Float>(std::sin(a));
  case Opcode::FCos:
    return toBits<Float>(std::cos(a));
  default: // CmpFloat
    return compare<Float>(instruction.modifier, a, b);
  }
}
} // namespace

uint64_t rcm::runtime::evaluateFloat(const Instruction &instruction,
                                     bool isDouble, uint64_t a, uint64_t b) {
  switch (instruction.opcode) {
  case Opcode::F32ToF64:
    return toBits<double>(fromBits<float>(a));
  case Opcode::F64ToF32:
    return toBits<float>(static_cast<float>(fromBits<double>(a)));
  case Opcode::IntToF32:
    return toBits<float>(static_cast<float>(static_cast<int64_t>(a)));
  case Opcode::IntToF64:
    return toBits<double>(static_cast<double>(static_cast<int64_t>(a)));
  default:
    break;
  }
  if (isDouble)
    return evaluate<double>(instruction, fromBits<double>(a),
                            fromBits<double>(b));
  return evaluate<float>(instruction, fromBits<float>(a), fromBits<float>(b));
}
