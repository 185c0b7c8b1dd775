//===- InitAll.h - registers everything this project has ------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_INITALL_H
#define RCM_INITALL_H

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace rcm {

/// Adds our dialects, with the interfaces that our passes need on them and on
/// upstream dialects, to `registry`.
void registerAllDialects(mlir::DialectRegistry &registry);

/// Registers our passes and pipelines under their command-line names. Further
/// calls do nothing.
void registerAllPasses();

} // namespace rcm

#endif // RCM_INITALL_H
