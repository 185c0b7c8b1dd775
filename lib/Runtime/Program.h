//===- Program.h - Running an entry's program -------------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_RUNTIME_PROGRAM_H
#define RCM_LIB_RUNTIME_PROGRAM_H

#include "Arguments.h"
#include "Driver.h"

#include <memory>

namespace rcm::runtime {

/// One thing to enqueue.
struct Command {
  /// Memset when null.
  const object::Launch *launch = nullptr;
  // Memset.
  uint64_t address = 0, bytes = 0;
  uint8_t value = 0;
  // Launch.
  int64_t grid[3] = {}, block[3] = {}, sharedBytes = 0;
  /// One per parameter that is no tensor map; low bytes first.
  std::vector<uint64_t> scalars;
  /// One per parameter, as the driver takes them.
  std::vector<void *> parameters;
  /// The same when somebody else holds them.
  void **rawParameters = nullptr;
};

/// What a program needs from outside.
class ProgramHost {
public:
  virtual ~ProgramHost() = default;

  /// Gives scratch memory. Called at most once, after every requirement was
  /// found to hold, with at least 1 byte.
  virtual rcmResult allocate(uint64_t bytes, uint64_t alignment,
                             uint64_t &address) = 0;

  /// Encodes a tensor map whose operands were evaluated.
  virtual rcmResult encode(const object::TensorMap &map, uint64_t base,
                           const uint64_t *sizes, const uint64_t *strides,
                           CUtensorMap &encoded) = 0;
};

/// What a program computed. Commands point into `maps`.
struct Plan {
  std::unique_ptr<CUtensorMap[]> maps;
  std::vector<Command> commands;
};

/// Runs an entry's program on bound arguments: checks requirements, takes
/// scratch memory, encodes tensor maps, and lists what to enqueue. Takes as
/// many steps as the program has instructions. `types` is what validateProgram
/// found.
rcmResult runProgram(const object::Entry &entry,
                     const std::vector<object::ValueType> &types,
                     const std::vector<BoundArgument> &arguments,
                     int32_t multiprocessors, ProgramHost &host, Plan &plan);

/// Evaluates an instruction on integers (Add to Select's predecessor, CmpInt)
/// or floats. `a` and `b` are the bits of the operands. Division by zero and
/// overflow of division are RCM_ERROR_REQUIREMENT.
rcmResult evaluateInt(const object::Instruction &instruction, uint64_t a,
                      uint64_t b, uint64_t &value);
uint64_t evaluateFloat(const object::Instruction &instruction, bool isDouble,
                       uint64_t a, uint64_t b);

} // namespace rcm::runtime

#endif // RCM_LIB_RUNTIME_PROGRAM_H
