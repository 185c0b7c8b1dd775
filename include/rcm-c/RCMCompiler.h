/*===- RCMCompiler.h - C API of the rcm compiler ------------------*- C -*-===*\
|*                                                                            *|
|* Part of the rcm project, under the MIT License. See LICENSE.               *|
|*                                                                            *|
|*===----------------------------------------------------------------------===*|
|*                                                                            *|
|* Parses MLIR modules, runs pass pipelines on them, compiles functions for   *|
|* the processor of this machine and kernels for GPUs. Plain C99. Dialects.h  *|
|* builds modules without text.                                               *|
|*                                                                            *|
|* Conventions                                                                *|
|*   - Functions that can fail return an rcmStatus, or a null pointer. What   *|
|*     went wrong is told to the context's diagnostic callback, one call per  *|
|*     message. Nothing throws, nothing ends the process.                     *|
|*   - Objects are destroyed by the function named after them; null is        *|
|*     allowed there. A context must outlive what was made from it.           *|
|*   - A context and its modules belong to one thread at a time. Executables  *|
|*     may be invoked from any thread; calls of one executable run one after  *|
|*     the other.                                                             *|
|*   - Texts handed out live as long as the object they came from.            *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#ifndef RCM_C_RCMCOMPILER_H
#define RCM_C_RCMCOMPILER_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define RCM_COMPILER_EXPORT __attribute__((visibility("default")))
#else
#define RCM_COMPILER_EXPORT
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** Version of this interface: major * 10000 + minor * 100 + patch. A library
 *  whose major number differs from the header's is not compatible; before 1.0
 *  neither is one whose minor number differs (docs/Compatibility.md). */
#define RCM_COMPILER_VERSION 100

/** Most dimensions an argument or result may have. */
#define RCM_COMPILER_MAX_RANK 8

/** A size that a type leaves open. */
#define RCM_COMPILER_DYNAMIC ((int64_t)INT64_MIN)

typedef enum rcmStatus {
  RCM_STATUS_SUCCESS = 0,
  /** The diagnostic callback was told why. */
  RCM_STATUS_FAILURE = 1
} rcmStatus;

/** The version of the library, in the form of RCM_COMPILER_VERSION. */
RCM_COMPILER_EXPORT uint32_t rcmCompilerVersion(void);
/** "rcm 0.1.0, LLVM 22.1.8". */
RCM_COMPILER_EXPORT const char *rcmCompilerDescription(void);

/*===----------------------------------------------------------------------===*\
|* Contexts and diagnostics                                                   *|
\*===----------------------------------------------------------------------===*/

typedef struct rcmContext rcmContext;

typedef enum rcmSeverity {
  RCM_SEVERITY_ERROR = 0,
  RCM_SEVERITY_WARNING = 1,
  /** What a pass did or did not do; see rcmContextEnableRemarks. */
  RCM_SEVERITY_REMARK = 2,
  RCM_SEVERITY_NOTE = 3
} rcmSeverity;

/** Receives one message without severity, "FILE:LINE:COLUMN: text". The text
 *  is valid during the call. */
typedef void (*rcmDiagnosticCallback)(void *user, rcmSeverity severity,
                                      const char *text);

/** A context with all upstream dialects and those of rcm. A null callback
 *  drops the messages. */
RCM_COMPILER_EXPORT rcmContext *
rcmContextCreate(rcmDiagnosticCallback callback, void *user);
RCM_COMPILER_EXPORT void rcmContextDestroy(rcmContext *context);

/** Sends remarks of passes whose whole category matches the regular expression to
 *  the callback; "rcm.*" are all of ours. Once per context. */
RCM_COMPILER_EXPORT rcmStatus rcmContextEnableRemarks(rcmContext *context,
                                                      const char *filter);

/*===----------------------------------------------------------------------===*\
|* Modules                                                                    *|
\*===----------------------------------------------------------------------===*/

typedef struct rcmModule rcmModule;

/** Parses and verifies a module. `name` is what messages call the text. */
RCM_COMPILER_EXPORT rcmModule *rcmModuleParse(rcmContext *context,
                                              const char *text, size_t length,
                                              const char *name);
RCM_COMPILER_EXPORT rcmModule *rcmModuleParseFile(rcmContext *context,
                                                  const char *path);
RCM_COMPILER_EXPORT rcmModule *rcmModuleClone(const rcmModule *module);
RCM_COMPILER_EXPORT void rcmModuleDestroy(rcmModule *module);

typedef void (*rcmTextCallback)(void *user, const char *text, size_t length);
/** Prints the module in MLIR's text form, in pieces. */
RCM_COMPILER_EXPORT void rcmModulePrint(const rcmModule *module,
                                        rcmTextCallback callback, void *user);

/** Runs passes under builtin.module: "canonicalize,cse" or
 *  "builtin.module(canonicalize,cse)". After a failure the module may be
 *  destroyed and nothing else. */
RCM_COMPILER_EXPORT rcmStatus rcmModuleRunPasses(rcmModule *module,
                                                 const char *pipeline);

/** How often an operation occurs: "rcm.attention_skip". */
RCM_COMPILER_EXPORT size_t rcmModuleCountOps(const rcmModule *module,
                                             const char *operation);

/** What a module of memrefs allocates, operation by operation: the type as
 *  text and its bytes, RCM_COMPILER_DYNAMIC if a size is not known. An
 *  allocation inside a loop is told once. */
typedef void (*rcmAllocationCallback)(void *user, const char *type,
                                      int64_t bytes);
RCM_COMPILER_EXPORT rcmStatus
rcmModuleListAllocations(const rcmModule *module, const char *function,
                         rcmAllocationCallback callback, void *user);

/*===----------------------------------------------------------------------===*\
|* Functions                                                                  *|
\*===----------------------------------------------------------------------===*/

/** Numbers as in the runtime's rcmType. */
typedef enum rcmElement {
  RCM_ELEMENT_OTHER = 0,
  RCM_ELEMENT_F16 = 1,
  RCM_ELEMENT_BF16 = 2,
  RCM_ELEMENT_F32 = 3,
  RCM_ELEMENT_F64 = 4,
  RCM_ELEMENT_I8 = 5,
  RCM_ELEMENT_I16 = 6,
  RCM_ELEMENT_I32 = 7,
  RCM_ELEMENT_I64 = 8, /**< also index */
  RCM_ELEMENT_I1 = 10  /**< one byte, 0 or 1 */
} rcmElement;

typedef enum rcmValueKind {
  RCM_VALUE_SCALAR = 0,
  RCM_VALUE_TENSOR = 1,
  RCM_VALUE_MEMREF = 2,
  /** Anything that cannot be passed from C. */
  RCM_VALUE_OTHER = 3
} rcmValueKind;

typedef struct rcmValueInfo {
  rcmValueKind kind;
  rcmElement element;
  int32_t rank; /**< 0 for scalars */
  int64_t sizes[RCM_COMPILER_MAX_RANK]; /**< or RCM_COMPILER_DYNAMIC */
  /** 1 if values must be dense and row-major; otherwise `strides` tells, in
   *  elements or as RCM_COMPILER_DYNAMIC: memrefs with a strided layout. */
  int32_t dense;
  int64_t strides[RCM_COMPILER_MAX_RANK];
  const char *type; /**< "tensor<4x?xf32>" */
  /** The name in the text the module was parsed from, without "%"; empty if
   *  unknown. */
  const char *name;
} rcmValueInfo;

/** Gives a dynamic argument of a function its sizes, so that what is known of
 *  the module's inside grows (allocations, mismatches). Callers of the function
 *  inside the module are not adapted. */
RCM_COMPILER_EXPORT rcmStatus rcmModuleSetArgumentShape(rcmModule *module,
                                                        const char *function,
                                                        size_t index,
                                                        const int64_t *sizes);

/** The type of a function, detached from its module. */
typedef struct rcmSignature rcmSignature;

/** Name of public function `index` with a body, or null. */
RCM_COMPILER_EXPORT const char *rcmModuleFunctionName(const rcmModule *module,
                                                      size_t index);
RCM_COMPILER_EXPORT rcmSignature *
rcmModuleGetSignature(const rcmModule *module, const char *function);
RCM_COMPILER_EXPORT void rcmSignatureDestroy(rcmSignature *signature);
RCM_COMPILER_EXPORT size_t
rcmSignatureArgumentCount(const rcmSignature *signature);
RCM_COMPILER_EXPORT size_t
rcmSignatureResultCount(const rcmSignature *signature);
/** Null if there is no such argument or result. */
RCM_COMPILER_EXPORT const rcmValueInfo *
rcmSignatureArgument(const rcmSignature *signature, size_t index);
RCM_COMPILER_EXPORT const rcmValueInfo *
rcmSignatureResult(const rcmSignature *signature, size_t index);

/** An operand of a described attention. */
typedef struct rcmAttentionOperand {
  /** The function's argument it is, or -1. */
  int32_t argument;
  /** Without an argument: 1 if it is the number `constant`, 0 if absent. */
  int32_t isConstant;
  double constant;
  /** One character per dimension of the argument: b (batch), h (query head), m
   *  (query row), n (key), k (dimension of Q and K), d (dimension of V), or 1
   *  for a dimension of size 1. */
  char dims[RCM_COMPILER_MAX_RANK + 1];
} rcmAttentionOperand;

/** A function that is nothing but one attention, with or without a skip. */
typedef struct rcmAttentionDescription {
  rcmAttentionOperand query, key, value, residual, alpha, beta, bias;
  /** If it has an argument, alpha and beta are what `schedule` makes of it; its
   *  dims are theirs. */
  rcmAttentionOperand time;
  const char *schedule; /**< "edm"; lives forever */
  double sigmaData;
  /** On memrefs the argument that is written; on tensors -1, result 0. */
  rcmAttentionOperand out;
  double scale;
  /** Query row m sees the keys n <= m + causalOffset. */
  int32_t causal;
  int64_t causalOffset;
} rcmAttentionDescription;

/** Fails, without a message, if the function holds anything else. */
RCM_COMPILER_EXPORT rcmStatus
rcmModuleDescribeAttention(const rcmModule *module, const char *function,
                           rcmAttentionDescription *description);

/*===----------------------------------------------------------------------===*\
|* Executables                                                                *|
\*===----------------------------------------------------------------------===*/

typedef struct rcmExecutable rcmExecutable;

/** Compiles one function for this machine's processor, with all its features.
 *  `pipeline` must take the module to the LLVM dialect, tensors becoming memrefs
 *  of the identity layout; null means "rcm-stock-to-cpu". The module stays as
 *  it was. */
RCM_COMPILER_EXPORT rcmExecutable *
rcmModuleCompile(const rcmModule *module, const char *function,
                 const char *pipeline);
RCM_COMPILER_EXPORT void rcmExecutableDestroy(rcmExecutable *executable);

/** A scalar, or a tensor or memref in memory. */
typedef struct rcmValue {
  rcmValueKind kind; /**< RCM_VALUE_MEMREF for tensors too is fine */
  rcmElement element;
  int32_t rank;
  /** Address of the first element; scalars: of the value. */
  void *data;
  int64_t sizes[RCM_COMPILER_MAX_RANK];
  /** In elements. Arguments must have those that the signature asks for. */
  int64_t strides[RCM_COMPILER_MAX_RANK];
} rcmValue;

/** Runs the function. Arguments are checked against the signature. The data
 *  of tensor results belongs to the executable until its next call, or is that
 *  of an argument. Scalar results are written to where `data` points, which
 *  the caller sets. */
RCM_COMPILER_EXPORT rcmStatus rcmExecutableInvoke(rcmExecutable *executable,
                                                  const rcmValue *arguments,
                                                  size_t argumentCount,
                                                  rcmValue *results,
                                                  size_t resultCount);

/** What the last call allocated on the heap; results do not count. */
typedef struct rcmAllocationStatistics {
  uint64_t temporaryCount; /**< allocations */
  uint64_t temporaryBytes; /**< sum of their sizes */
  uint64_t peakBytes;      /**< most bytes alive at once, results included */
  uint64_t resultBytes;
} rcmAllocationStatistics;
RCM_COMPILER_EXPORT void
rcmExecutableGetStatistics(const rcmExecutable *executable,
                           rcmAllocationStatistics *statistics);

/*===----------------------------------------------------------------------===*\
|* Kernels                                                                    *|
\*===----------------------------------------------------------------------===*/

typedef enum rcmEmitFormat {
  /** Text: one PTX module with every kernel. */
  RCM_EMIT_PTX = 0,
  /** The PTX as ptxas assembles it. */
  RCM_EMIT_CUBIN = 1,
  /** What the runtime loads: PTX, a cubin when there is a ptxas, and how to
   *  launch the kernels (docs/KernelObject.md). */
  RCM_EMIT_OBJECT = 2
} rcmEmitFormat;

/** Emits a module whose kernels are in gpu.modules, in the llvm and nvvm
 *  dialects, and whose host functions are those that the rcm_rt dialect
 *  describes. `ptxas` is the assembler's path; null: the first on PATH. The
 *  bytes come in one piece; after a failure none do. */
RCM_COMPILER_EXPORT rcmStatus rcmModuleEmit(const rcmModule *module,
                                            rcmEmitFormat format,
                                            const char *ptxas,
                                            rcmTextCallback callback,
                                            void *user);

/** The same into a file, which has either its old or its new contents at any
 *  time and is not made when something fails. */
RCM_COMPILER_EXPORT rcmStatus rcmModuleEmitFile(const rcmModule *module,
                                                rcmEmitFormat format,
                                                const char *ptxas,
                                                const char *path);

/** What rcmModuleCompileForGPU does. */
typedef struct rcmGPUOptions {
  /** sizeof(rcmGPUOptions) of the caller; later versions add fields at the
   *  end. */
  size_t size;
  const char *chip;   /**< null: "sm_90a" */
  const char *recipe; /**< number formats; null: "default" */
  const char *ptxas;  /**< as in rcmModuleEmit */
  /** 1: attention and skips in linalg stay as they are. */
  int32_t keepLinalg;
} rcmGPUOptions;

/** From a module of linalg, rcm and their friends to kernels: finds attention,
 *  runs "rcm-to-nvvm" and emits. Null options are the defaults. The module
 *  stays as it was; the bytes come in one piece; after a failure none do. */
RCM_COMPILER_EXPORT rcmStatus rcmModuleCompileForGPU(
    const rcmModule *module, rcmEmitFormat format, const rcmGPUOptions *options,
    rcmTextCallback callback, void *user);

/** The same for a module's text. `name` is what messages call it. */
RCM_COMPILER_EXPORT rcmStatus rcmTextCompileForGPU(
    rcmContext *context, const char *text, size_t length, const char *name,
    rcmEmitFormat format, const rcmGPUOptions *options,
    rcmTextCallback callback, void *user);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RCM_C_RCMCOMPILER_H */
