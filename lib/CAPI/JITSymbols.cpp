//===- JITSymbols.cpp - functions that compiled code may call -------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
// Processors without native conversions between float types make LLVM call the
// compiler's support library, of which g++ 12 has no bf16 part. In the x86-64
// calling convention f16 and bf16 travel in the low bits of a vector register,
// as a float does; the functions here return a float with those bits.
//
//===----------------------------------------------------------------------===//

#include "JITSymbols.h"

#include "mlir/ExecutionEngine/CRunnerUtils.h"

#include "llvm/ADT/APFloat.h"

#include <cstring>

static float inLowBits(uint16_t bits) {
  uint32_t wide = bits;
  float value;
  std::memcpy(&value, &wide, sizeof(value));
  return value;
}

/// Rounds once, to nearest even.
static float convert(llvm::APFloat value, const llvm::fltSemantics &to) {
  bool losesInfo = false;
  value.convert(to, llvm::APFloat::rmNearestTiesToEven, &losesInfo);
  return inLowBits(
      static_cast<uint16_t>(value.bitcastToAPInt().getZExtValue()));
}

static float truncateF32ToF16(float value) {
  return convert(llvm::APFloat(value), llvm::APFloat::IEEEhalf());
}

static float truncateF64ToF16(double value) {
  return convert(llvm::APFloat(value), llvm::APFloat::IEEEhalf());
}

static float truncateF64ToBF16(double value) {
  return convert(llvm::APFloat(value), llvm::APFloat::BFloat());
}

static float truncateF32ToBF16(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  // A NaN stays one: its upper half may be all zero, so set the quiet bit.
  if (value != value)
    return inLowBits(static_cast<uint16_t>((bits >> 16) | 0x40));
  // To nearest even: add half of the dropped range, less one if even.
  bits += 0x7fff + ((bits >> 16) & 1);
  return inLowBits(static_cast<uint16_t>(bits >> 16));
}

static float extendF16ToF32(float lowBits) {
  uint32_t bits;
  std::memcpy(&bits, &lowBits, sizeof(bits));
  llvm::APFloat value(llvm::APFloat::IEEEhalf(),
                      llvm::APInt(16, bits & 0xffff));
  bool losesInfo = false;
  value.convert(llvm::APFloat::IEEEsingle(), llvm::APFloat::rmNearestTiesToEven,
                &losesInfo);
  return value.convertToFloat();
}

llvm::orc::SymbolMap
rcm::capi::jitSymbols(llvm::orc::MangleAndInterner interner) {
  llvm::orc::SymbolMap symbols;
  auto add = [&](llvm::StringRef name, auto *function) {
    symbols[interner(name)] = {llvm::orc::ExecutorAddr::fromPtr(function),
                               llvm::JITSymbolFlags::Exported |
                                   llvm::JITSymbolFlags::Callable};
  };
  add("memrefCopy", &memrefCopy);
  add("__truncsfhf2", &truncateF32ToF16);
  add("__truncdfhf2", &truncateF64ToF16);
  add("__truncsfbf2", &truncateF32ToBF16);
  add("__truncdfbf2", &truncateF64ToBF16);
  add("__extendhfsf2", &extendF16ToF32);
  return symbols;
}
