/* RUN: cc -std=c99 -pedantic -Wall -Wextra -Werror -I%rcm_src/include \
 * RUN:   -isystem %mlir_include %s -L%rcm_lib -lRCMCompiler \
 * RUN:   -lRCMUpstreamCAPI -Wl,-rpath,%rcm_lib -o %t
 * RUN: %t | FileCheck %s
 *
 * A module is built operation by operation, without text, then lowered,
 * executed and compiled into a kernel object.
 *
 * CHECK: version 100, rcm 0.1.0, LLVM 22
 * CHECK: attribute: #rcm<skip_schedule trigflow>
 * CHECK: no schedule 7: null
 * CHECK: error: {{.*}}expected `value` to be a value, got null
 * CHECK: error: {{.*}}expected `beta` to be a value, got null
 * CHECK: error: {{.*}}expected `size` of the specification to be at least
 * CHECK: func.func @step(
 * CHECK: rcm.skip_coefficients edm sigma_data(5.000000e-01) ins(%{{.*}} : tensor<2xf32>)
 * CHECK: rcm.attention_skip scale(5.000000e-01) causal ins(
 * CHECK-SAME: coefficients(%{{.*}}#0, %{{.*}}#1 : tensor<2xf32>, tensor<2xf32>)
 * CHECK: attention ops: 1, after lowering 0
 * CHECK: t = 0 gives the residual: 3.0
 * CHECK: object of {{[0-9][0-9][0-9]+}} bytes starts with RCMOBJ
 * CHECK: object of {{[0-9][0-9][0-9]+}} bytes starts with RCMOBJ
 * CHECK: ptx: {{.*}}.version
 * CHECK: error: {{.*}}expected `size` of the options to be at least
 * CHECK: error: {{.*}}expected `recipe` to be default, auto, none, bf16, f16 or int8-e4m3, got int3
 * CHECK: error: broken.mlir:1:
 * CHECK: error: {{.*}}'rcm.attention' op
 * CHECK: unverified module: null
 * CHECK: registered: rcm rcm_rt rcm_tile
 * CHECK: done
 */
#include "rcm-c/Dialects.h"

#include "mlir-c/BuiltinAttributes.h"
#include "mlir-c/BuiltinTypes.h"

#include <stdio.h>
#include <string.h>

enum { kBatch = 2, kRows = 4, kChannels = 4, kSize = 2 * 4 * 4, kInputs = 8 };

static void onDiagnostic(void *user, rcmSeverity severity, const char *text) {
  (void)user;
  if (severity == RCM_SEVERITY_ERROR)
    printf("error: %s\n", text);
}

static void onText(void *user, const char *text, size_t length) {
  (void)user;
  printf("%.*s\n", (int)length, text);
}

static void onMlirText(MlirStringRef text, void *user) {
  (void)user;
  printf("%.*s", (int)text.length, text.data);
}

static void onObject(void *user, const char *bytes, size_t length) {
  (void)user;
  printf("object of %d bytes starts with %.6s\n", (int)length, bytes + 1);
}

static void onPTX(void *user, const char *text, size_t length) {
  (void)user;
  (void)length;
  printf("ptx: %.60s\n", strstr(text, ".version"));
}

static MlirStringRef str(const char *text) {
  return mlirStringRefCreateFromCString(text);
}

static MlirType arrayType(MlirContext context) {
  int64_t shape[3];
  shape[0] = kBatch;
  shape[1] = kRows;
  shape[2] = kChannels;
  return mlirRankedTensorTypeGet(3, shape, mlirF32TypeGet(context),
                                 mlirAttributeGetNull());
}

static MlirType timeType(MlirContext context) {
  int64_t shape = kBatch;
  return mlirRankedTensorTypeGet(1, &shape, mlirF32TypeGet(context),
                                 mlirAttributeGetNull());
}

/* func.func @step(q, k, v, x, out: array, t, c_skip, c_out: times) -> array,
 * with an empty block. */
static MlirOperation createFunction(MlirLocation location) {
  MlirContext context = mlirLocationGetContext(location);
  MlirType array = arrayType(context);
  MlirType inputs[kInputs];
  MlirLocation locations[kInputs];
  MlirRegion body = mlirRegionCreate();
  MlirOperationState state =
      mlirOperationStateGet(str("func.func"), location);
  MlirNamedAttribute attributes[2];
  int i;
  for (i = 0; i < kInputs; ++i) {
    inputs[i] = i < 5 ? array : timeType(context);
    locations[i] = location;
  }
  attributes[0] = mlirNamedAttributeGet(
      mlirIdentifierGet(context, str("sym_name")),
      mlirStringAttrGet(context, str("step")));
  attributes[1] = mlirNamedAttributeGet(
      mlirIdentifierGet(context, str("function_type")),
      mlirTypeAttrGet(mlirFunctionTypeGet(context, kInputs, inputs, 1, &array)));
  mlirOperationStateAddAttributes(&state, 2, attributes);
  mlirRegionAppendOwnedBlock(body, mlirBlockCreate(kInputs, inputs, locations));
  mlirOperationStateAddOwnedRegions(&state, 1, &body);
  return mlirOperationCreate(&state);
}

static rcmAttentionSpec describe(MlirBlock block) {
  rcmAttentionSpec spec;
  memset(&spec, 0, sizeof spec);
  spec.size = sizeof spec;
  spec.query = mlirBlockGetArgument(block, 0);
  spec.key = mlirBlockGetArgument(block, 1);
  spec.value = mlirBlockGetArgument(block, 2);
  spec.out = mlirBlockGetArgument(block, 4);
  spec.scale = 0.5;
  return spec;
}

static MlirModule buildModule(MlirContext context) {
  MlirLocation location = mlirLocationUnknownGet(context);
  MlirModule module = mlirModuleCreateEmpty(location);
  MlirOperation function = createFunction(location);
  MlirBlock block =
      mlirRegionGetFirstBlock(mlirOperationGetRegion(function, 0));
  MlirOperation skip, attention, done;
  MlirOperationState state =
      mlirOperationStateGet(str("func.return"), location);
  MlirValue result;
  rcmAttentionSpec spec = describe(block);
  mlirBlockAppendOwnedOperation(mlirModuleGetBody(module), function);
  skip = rcmSkipCoefficientsCreate(location, RCM_SKIP_SCHEDULE_EDM, 0.5,
                                   mlirBlockGetArgument(block, 5),
                                   mlirBlockGetArgument(block, 6),
                                   mlirBlockGetArgument(block, 7));
  mlirBlockAppendOwnedOperation(block, skip);
  spec.residual = mlirBlockGetArgument(block, 3);
  spec.alpha = mlirOperationGetResult(skip, 0);
  spec.beta = mlirOperationGetResult(skip, 1);
  spec.causal = true;
  attention = rcmAttentionCreate(location, &spec);
  mlirBlockAppendOwnedOperation(block, attention);
  result = mlirOperationGetResult(attention, 0);
  mlirOperationStateAddOperands(&state, 1, &result);
  done = mlirOperationCreate(&state);
  mlirBlockAppendOwnedOperation(block, done);
  return module;
}

static void checkAttributes(MlirContext context) {
  MlirAttribute schedule =
      rcmSkipScheduleAttrGet(context, RCM_SKIP_SCHEDULE_TRIGFLOW);
  printf("attribute: ");
  mlirAttributePrint(schedule, onMlirText, NULL);
  printf("\n");
  if (!rcmAttributeIsASkipSchedule(schedule) ||
      rcmAttributeIsASkipSchedule(mlirUnitAttrGet(context)) ||
      rcmSkipScheduleAttrGetValue(schedule) != RCM_SKIP_SCHEDULE_TRIGFLOW)
    printf("wrong attribute\n");
  printf("no schedule 7: %s\n",
         rcmSkipScheduleAttrGet(context, (rcmSkipSchedule)7).ptr ? "an attribute"
                                                                 : "null");
}

/* Operands that are missing are errors. */
static void checkMissing(MlirContext context) {
  MlirLocation location = mlirLocationUnknownGet(context);
  MlirOperation function = createFunction(location);
  MlirBlock block =
      mlirRegionGetFirstBlock(mlirOperationGetRegion(function, 0));
  rcmAttentionSpec spec = describe(block);
  spec.value.ptr = NULL;
  if (rcmAttentionCreate(location, &spec).ptr)
    printf("an operation without values\n");
  spec = describe(block);
  spec.residual = spec.alpha = mlirBlockGetArgument(block, 3);
  if (rcmAttentionCreate(location, &spec).ptr)
    printf("an operation without beta\n");
  spec.size = 8;
  if (rcmAttentionCreate(location, &spec).ptr)
    printf("an operation of an unknown version\n");
  mlirOperationDestroy(function);
}

static void run(rcmModule *module) {
  static float q[kSize], k[kSize], v[kSize], x[kSize], out[kSize];
  static float times[3][kBatch];
  float *data[kInputs];
  rcmValue arguments[kInputs], result;
  rcmExecutable *executable = rcmModuleCompile(module, "step", "rcm-to-cpu");
  int i, last = kSize - 1;
  data[0] = q, data[1] = k, data[2] = v, data[3] = x, data[4] = out;
  for (i = 0; i < 3; ++i)
    data[5 + i] = times[i];
  for (i = 0; i < kSize; ++i)
    q[i] = k[i] = v[i] = (float)i, x[i] = 3;
  memset(arguments, 0, sizeof arguments);
  memset(&result, 0, sizeof result);
  for (i = 0; i < kInputs; ++i) {
    arguments[i].kind = RCM_VALUE_TENSOR;
    arguments[i].element = RCM_ELEMENT_F32;
    arguments[i].rank = i < 5 ? 3 : 1;
    arguments[i].data = data[i];
    arguments[i].sizes[0] = kBatch;
    arguments[i].strides[0] = i < 5 ? kRows * kChannels : 1;
    arguments[i].sizes[1] = kRows;
    arguments[i].sizes[2] = arguments[i].strides[1] = kChannels;
    arguments[i].strides[2] = 1;
  }
  if (!rcmExecutableInvoke(executable, arguments, kInputs, &result, 1))
    printf("t = 0 gives the residual: %.1f\n", ((float *)result.data)[last]);
  rcmExecutableDestroy(executable);
}

static void compileForGPU(rcmContext *context, rcmModule *module) {
  static const char broken[] = "func.func @f( {";
  static const char negate[] =
      "func.func @negate(%a: memref<?xf32>, %o: memref<?xf32>) {\n"
      "  linalg.map { arith.negf } ins(%a : memref<?xf32>)\n"
      "      outs(%o : memref<?xf32>)\n"
      "  return\n"
      "}\n";
  rcmGPUOptions options;
  memset(&options, 0, sizeof options);
  options.size = sizeof options;
  options.chip = "sm_90a";
  options.recipe = "none";
  rcmModuleCompileForGPU(module, RCM_EMIT_OBJECT, &options, onObject, NULL);
  rcmTextCompileForGPU(context, negate, strlen(negate), "negate.mlir",
                       RCM_EMIT_OBJECT, &options, onObject, NULL);
  rcmModuleCompileForGPU(module, RCM_EMIT_PTX, NULL, onPTX, NULL);
  options.size = 1;
  rcmModuleCompileForGPU(module, RCM_EMIT_OBJECT, &options, onObject, NULL);
  options.size = sizeof options;
  options.recipe = "int3";
  rcmModuleCompileForGPU(module, RCM_EMIT_OBJECT, &options, onObject, NULL);
  rcmTextCompileForGPU(context, broken, strlen(broken), "broken.mlir",
                       RCM_EMIT_OBJECT, NULL, onObject, NULL);
}

/* An attention whose operands do not fit does not become a module of ours. */
static void checkVerification(rcmContext *context) {
  MlirContext mlir = rcmContextGetMLIR(context);
  MlirLocation location = mlirLocationUnknownGet(mlir);
  MlirModule module = mlirModuleCreateEmpty(location);
  MlirOperation function = createFunction(location);
  MlirBlock block =
      mlirRegionGetFirstBlock(mlirOperationGetRegion(function, 0));
  MlirOperationState state =
      mlirOperationStateGet(str("func.return"), location);
  rcmAttentionSpec spec = describe(block);
  MlirAffineMap map = mlirAffineMapEmptyGet(mlir);
  MlirValue result;
  MlirOperation attention;
  spec.mapCount = 1;
  spec.maps = &map;
  mlirBlockAppendOwnedOperation(mlirModuleGetBody(module), function);
  attention = rcmAttentionCreate(location, &spec);
  mlirBlockAppendOwnedOperation(block, attention);
  result = mlirOperationGetResult(attention, 0);
  mlirOperationStateAddOperands(&state, 1, &result);
  mlirBlockAppendOwnedOperation(block, mlirOperationCreate(&state));
  printf("unverified module: %s\n",
         rcmModuleFromMLIR(context, module) ? "a module" : "null");
}

/* Contexts that this library did not make know the dialects after one call. */
static void checkRegistration(void) {
  static const char *names[] = {"rcm", "rcm_rt", "rcm_tile"};
  MlirDialectRegistry registry = mlirDialectRegistryCreate();
  MlirContext context = mlirContextCreate();
  int i;
  mlirDialectHandleInsertDialect(mlirGetDialectHandle__rcm__(), registry);
  rcmRegisterDialects(registry);
  rcmRegisterPasses();
  rcmRegisterPasses();
  mlirContextAppendDialectRegistry(context, registry);
  printf("registered:");
  for (i = 0; i < 3; ++i)
    if (mlirContextGetOrLoadDialect(context, str(names[i])).ptr)
      printf(" %s", names[i]);
  printf("\n");
  mlirContextDestroy(context);
  mlirDialectRegistryDestroy(registry);
}

int main(void) {
  rcmContext *context = rcmContextCreate(onDiagnostic, NULL);
  MlirContext mlir = rcmContextGetMLIR(context);
  rcmModule *module, *lowered;
  printf("version %u, %s\n", (unsigned)rcmCompilerVersion(),
         rcmCompilerDescription());
  mlirContextGetOrLoadDialect(mlir, str("func"));
  checkAttributes(mlir);
  checkMissing(mlir);
  module = rcmModuleFromMLIR(context, buildModule(mlir));
  rcmModulePrint(module, onText, NULL);
  lowered = rcmModuleClone(module);
  rcmModuleRunPasses(lowered, "convert-rcm-to-linalg");
  printf("attention ops: %d, after lowering %d\n",
         (int)rcmModuleCountOps(module, "rcm.attention_skip"),
         (int)rcmModuleCountOps(lowered, "rcm.attention_skip"));
  run(module);
  compileForGPU(context, module);
  checkVerification(context);
  checkRegistration();
  rcmModuleDestroy(lowered);
  rcmModuleDestroy(module);
  rcmContextDestroy(context);
  printf("done\n");
  return 0;
}
