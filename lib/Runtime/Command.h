//===- Command.h - Checking and enqueueing single commands ------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_RUNTIME_COMMAND_H
#define RCM_LIB_RUNTIME_COMMAND_H

#include "Object.h"
#include "Program.h"

namespace rcm::runtime {

/// Checks the operands of a tensor map that the driver would refuse without a
/// reason, and encodes it.
rcmResult encodeMap(const Driver &driver, const object::TensorMap &map,
                    uint64_t base, const uint64_t *sizes,
                    const uint64_t *strides, CUtensorMap &encoded);

/// Takes stream-ordered memory from the device's pool. `pointer` is what to
/// free with cuMemFreeAsync, `address` the aligned start.
rcmResult allocateScratch(const Driver &driver, CUdevice device,
                          CUstream stream, uint64_t bytes, uint64_t alignment,
                          CUdeviceptr &pointer, uint64_t &address);

/// Checks a launch against the device's limits and configures its kernel.
rcmResult checkCommand(const Driver &driver, rcmObject &object, CUdevice device,
                       DeviceCode &code, const Command &command);

/// Enqueues a checked command.
rcmResult enqueueCommand(const Driver &driver, const rcmObject &object,
                         const DeviceCode &code, const Command &command,
                         CUstream stream);

} // namespace rcm::runtime

#endif // RCM_LIB_RUNTIME_COMMAND_H
