//===- Jit.h - lowers a module with stock passes and calls it
//-------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TEST_UNIT_JIT_H
#define RCM_TEST_UNIT_JIT_H

#include <cstdint>
#include <string>
#include <vector>

namespace rcm::test {

/// A memref descriptor of any rank, or a scalar of up to 8 bytes.
class Argument {
public:
  static Argument memref(void *data, const std::vector<int64_t> &sizes,
                         const std::vector<int64_t> &strides);
  static Argument scalar(double value, bool isF64);
  static Argument index(int64_t value);

  /// What invokePacked wants: the address of the value; a memref's value is
  /// the pointer to its descriptor.
  void *packed();

private:
  std::vector<int64_t> words;
  void *descriptor = nullptr;
  bool isMemref = false;
};

/// Parses `module`, tiles its attention ops by `tileSizes` if there are any,
/// runs `passes` (pipeline syntax with a trailing comma, or empty),
/// convert-rcm-to-linalg and upstream passes, and calls @run, which must have
/// `llvm.emit_c_interface`. Empty, or one text of what went wrong.
std::string compileAndRun(const std::string &module, const std::string &passes,
                          std::vector<Argument> &arguments,
                          const std::vector<int64_t> &tileSizes = {});

/// The same through `pipeline` alone, which must end in the LLVM dialect.
std::string runPipelineAndCall(const std::string &module,
                               const std::string &pipeline,
                               std::vector<Argument> &arguments,
                               const std::vector<int64_t> &tileSizes = {});

} // namespace rcm::test

#endif // RCM_TEST_UNIT_JIT_H
