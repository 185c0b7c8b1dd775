//===- AttentionExecution.h - runs rcm ops through stock passes
//-----------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TEST_UNIT_ATTENTIONEXECUTION_H
#define RCM_TEST_UNIT_ATTENTIONEXECUTION_H

#include "rcm/Reference/Attention.h"

#include <optional>
#include <string>
#include <vector>

namespace rcm::test {

/// An operand: its dimensions as letters of "bhmnkd" in memory order, or 1
/// for a dimension of size 1 that is read at 0.
struct OperandSpec {
  std::string dims;
  reference::ElementType type = reference::ElementType::F32;
};

/// One rcm.attention or rcm.attention_skip with its inputs.
struct AttentionCase {
  int64_t b = 2, h = 4, g = 4, lq = 5, lk = 7, depth = 8, valueDepth = 6;
  OperandSpec q{"bhmk"}, k{"bhnk"}, v{"bhnd"}, out{"bhmd"};
  bool hasSkip = true;
  OperandSpec x{"bhmd"}, alpha{"b"}, beta{"b"};
  /// The coefficient is a constant in the module.
  std::optional<double> literalAlpha, literalBeta;
  /// Absent while they have no dimensions.
  OperandSpec bias, lse;
  double scale = 0.3;
  std::optional<int64_t> causalOffset;
  /// Sizes are ? in the types.
  bool isDynamic = false;
  /// The op works on tensors that view the memory, or on memrefs.
  bool onTensors = true;
  /// Passes before convert-rcm-to-linalg, in pipeline syntax with a trailing
  /// comma.
  std::string passes;
  /// A pipeline to the LLVM dialect that replaces all of these passes.
  std::string pipeline;
  /// Not empty: the op is tiled by these sizes, one per loop (0: not tiled).
  std::vector<int64_t> tileSizes;
  /// Every value in query row `hiddenRow` of the bias, (m, n), is -inf.
  std::optional<int64_t> hiddenRow;
  /// K and V of this key are NaN.
  std::optional<int64_t> poisonedKey;
};

/// Outputs in logical order, (b, h, m, d) and (b, h, m).
struct AttentionRun {
  std::string error;
  std::vector<double> out, lse;
  std::vector<double> expectedOut, expectedLse;
};

/// Draws the inputs from `seed`, runs the case through convert-rcm-to-linalg,
/// upstream passes and the JIT, and computes the f64 reference. `error` tells
/// why nothing was run.
AttentionRun runCase(const AttentionCase &test, uint64_t seed = 1);

/// Runs `module`, whose function @run has `llvm.emit_c_interface` and takes
/// memrefs of f32 or f64 that all have the shape [values[i].size()]; the
/// vectors are its arguments, in and out. Empty, or why nothing was run.
std::string runOnVectors(const std::string &module,
                         std::vector<std::vector<float>> &values);
std::string runOnVectors(const std::string &module,
                         std::vector<std::vector<double>> &values);

} // namespace rcm::test

#endif // RCM_TEST_UNIT_ATTENTIONEXECUTION_H
