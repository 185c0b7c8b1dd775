/*===- Dialects.h - the rcm dialects in MLIR's C API --------------*- C -*-===*\
|*                                                                            *|
|* Part of the rcm project, under the MIT License. See LICENSE.               *|
|*                                                                            *|
|*===----------------------------------------------------------------------===*|
|*                                                                            *|
|* For programs that build modules with MLIR's own C API (mlir-c/IR.h, in     *|
|* libRCMUpstreamCAPI.so where the system does not have it as a shared        *|
|* library): registration, attributes and operations of the rcm dialect, and  *|
|* the way from there to the functions of RCMCompiler.h. Plain C99.           *|
|*                                                                            *|
|* Created operations belong to the caller until they are put into a block    *|
|* and are not verified before mlirOperationVerify or a pass runs.            *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#ifndef RCM_C_DIALECTS_H
#define RCM_C_DIALECTS_H

#include "rcm-c/RCMCompiler.h"

#include "mlir-c/AffineMap.h"
#include "mlir-c/IR.h"

#ifdef __cplusplus
extern "C" {
#endif

/*===----------------------------------------------------------------------===*\
|* Registration                                                               *|
\*===----------------------------------------------------------------------===*/

/** mlirGetDialectHandle__rcm__: the dialect alone, as IR. */
MLIR_DECLARE_CAPI_DIALECT_REGISTRATION(RCM, rcm);

/** Adds every dialect of this project (rcm, rcm_tile, rcm_rt), with the
 *  interfaces that our passes need on them and on upstream's dialects. */
RCM_COMPILER_EXPORT void rcmRegisterDialects(MlirDialectRegistry registry);

/** Registers our passes and pipelines by name, once per process. */
RCM_COMPILER_EXPORT void rcmRegisterPasses(void);

/*===----------------------------------------------------------------------===*\
|* From and to RCMCompiler.h                                                  *|
\*===----------------------------------------------------------------------===*/

/** The MLIR context inside; owned by `context`. Dialects are loaded when they
 *  are first parsed; mlirContextLoadAllAvailableDialects loads all at once. */
RCM_COMPILER_EXPORT MlirContext rcmContextGetMLIR(rcmContext *context);

/** A module that was built in the context of rcmContextGetMLIR. Takes ownership
 *  of `module` in any case. Null, after messages, if it does not verify. */
RCM_COMPILER_EXPORT rcmModule *rcmModuleFromMLIR(rcmContext *context,
                                                 MlirModule module);

/** The MLIR module inside; owned by `module`. */
RCM_COMPILER_EXPORT MlirModule rcmModuleGetMLIR(const rcmModule *module);

/*===----------------------------------------------------------------------===*\
|* Attributes                                                                 *|
\*===----------------------------------------------------------------------===*/

/** How a time t becomes the coefficients c_skip and c_out. */
typedef enum rcmSkipSchedule {
  RCM_SKIP_SCHEDULE_EDM = 0,
  RCM_SKIP_SCHEDULE_TRIGFLOW = 1,
  RCM_SKIP_SCHEDULE_RECTIFIED_FLOW_TRIGFLOW = 2
} rcmSkipSchedule;

/** #rcm<skip_schedule ...>; null for a number that is no schedule. */
RCM_COMPILER_EXPORT MlirAttribute
rcmSkipScheduleAttrGet(MlirContext context, rcmSkipSchedule schedule);
RCM_COMPILER_EXPORT bool rcmAttributeIsASkipSchedule(MlirAttribute attribute);
/** `attribute` must be one. */
RCM_COMPILER_EXPORT rcmSkipSchedule
rcmSkipScheduleAttrGetValue(MlirAttribute attribute);

/*===----------------------------------------------------------------------===*\
|* Operations                                                                 *|
\*===----------------------------------------------------------------------===*/

/** Operands and attributes of rcm.attention and rcm.attention_skip. Start from
 *  all zeros and set the size: a null value is an absent operand. */
typedef struct rcmAttentionSpec {
  /** sizeof(rcmAttentionSpec) of the caller; later versions add fields at the
   *  end. */
  size_t size;
  MlirValue query, key, value;
  /** All three or none of them: with a skip or without. */
  MlirValue residual, alpha, beta;
  MlirValue bias;         /**< optional */
  MlirValue causalOffset; /**< optional, of type index */
  MlirValue out;
  MlirValue logSumExp; /**< optional second destination */
  double scale;
  bool causal;
  /** One map per operand in the order q, k, v, [residual, alpha, beta], [bias],
   *  out, [logSumExp]; none for the default memory order. */
  intptr_t mapCount;
  const MlirAffineMap *maps;
} rcmAttentionSpec;

/** rcm.attention_skip, or rcm.attention without a residual. On tensors the
 *  results have the types of the destinations. A null operation, after an
 *  error message in the context, if a required operand is missing or the size
 *  is no version's. */
RCM_COMPILER_EXPORT MlirOperation
rcmAttentionCreate(MlirLocation location, const rcmAttentionSpec *spec);

/** rcm.skip_coefficients. For a scalar t the destinations are null; for tensors
 *  and memrefs there are two of t's type. */
RCM_COMPILER_EXPORT MlirOperation rcmSkipCoefficientsCreate(
    MlirLocation location, rcmSkipSchedule schedule, double sigmaData,
    MlirValue t, MlirValue skipDestination, MlirValue outDestination);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RCM_C_DIALECTS_H */
