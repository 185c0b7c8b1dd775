//===- GPUCompare.h - kernel, emulation and f64 -----------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TOOLS_RCM_RUNNER_GPUCOMPARE_H
#define RCM_TOOLS_RCM_RUNNER_GPUCOMPARE_H

#include "Compare.h"
#include "GPURun.h"

namespace rcm::tools {

/// Runs an entry on the GPU and, if it is one attention, the emulation of its
/// recipe and f64 on the CPU. `module`, where there is one, is what entries
/// that are anything else are compared with: as written and in f64.
Result<Comparison> compareOnGPU(GPUJob &job, Job *module,
                                const RunnerOptions &options);

} // namespace rcm::tools

#endif // RCM_TOOLS_RCM_RUNNER_GPUCOMPARE_H
