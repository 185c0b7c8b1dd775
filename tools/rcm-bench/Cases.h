//===- Cases.h - shapes, modes and their modules ----------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TOOLS_RCM_BENCH_CASES_H
#define RCM_TOOLS_RCM_BENCH_CASES_H

#include "support/CommandLine.h"

#include "rcm/Reference/Generators.h"

namespace rcm::tools {

/// A size that a module leaves open.
constexpr int64_t kOpenSize = -1;

struct Shape {
  std::string name;
  int64_t batch, queryHeads, keyHeads, queries, keys, depth;
};

/// A name people use, or B,Hq,Hkv,Lq,Lk,D.
Result<Shape> parseShape(const std::string &text);
/// The names, comma-separated.
std::string knownShapes();
/// All that have one.
std::vector<Shape> namedShapes();

enum class Mode {
  /// Attention alone.
  Attention,
  /// alpha * x + beta * o alone.
  Skip,
  /// Attention to memory, then the skip.
  TwoPass,
  /// Both in one pass.
  Fused
};

Result<Mode> parseMode(const std::string &text);
std::string toString(Mode mode);

struct Case {
  Shape shape;
  Mode mode = Mode::Fused;
  reference::ElementType type = reference::ElementType::F32;
  bool causal = false;
};

/// The module of a case: one public function @run on memrefs. Sizes of the
/// shape may be open. `schedule` becomes the attention's schedule, "stages = 4,
/// ..."; without it the compiler chooses.
std::string moduleText(const Case &benchmark, const std::string &schedule = "");
/// The same in plain linalg on tensors (matmul, softmax, matmul, skip), for
/// f32 and as many key heads as query heads: @run(q, k, v, x, a, b).
std::string unfusedText(const Case &benchmark);
/// Passes that compile it.
std::string pipelineOf(const Case &benchmark);

/// Operations counted as everyone does: 4 B Hq Lq Lk D, half of that if causal;
/// 3 per element for the skip.
double floatOperations(const Case &benchmark);
/// Bytes of every operand, each once.
double minimumBytes(const Case &benchmark);

} // namespace rcm::tools

#endif // RCM_TOOLS_RCM_BENCH_CASES_H
