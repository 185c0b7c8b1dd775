//===- Traffic.cpp - bytes that kernels read and write --------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/Transforms/Traffic.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace rcm;

/// Keys are padded to whole tiles by the quantization pre-pass.
static constexpr int64_t kKeyTile = 128;
static constexpr int64_t kF32Bytes = 4;

FailureOr<int64_t> rcm::getNumBytes(Type type) {
  auto shaped = dyn_cast<ShapedType>(type);
  if (!shaped)
    return llvm::divideCeil(type.getIntOrFloatBitWidth(), 8);
  if (!shaped.hasStaticShape())
    return failure();
  return shaped.getNumElements() *
         llvm::divideCeil(shaped.getElementTypeBitWidth(), 8);
}

namespace {

/// Collects rows and remembers the first operand without a static size.
class RowBuilder {
public:
  RowBuilder(Operation *op, std::vector<TrafficRow> &rows)
      : op(op), rows(rows) {}

  void read(StringRef kernel, StringRef tensor, Value value) {
    rows.push_back({kernel.str(), tensor.str(), sizeOf(tensor, value), 0});
  }
  void write(StringRef kernel, StringRef tensor, Value value) {
    rows.push_back({kernel.str(), tensor.str(), 0, sizeOf(tensor, value)});
  }
  void add(StringRef kernel, StringRef tensor, int64_t bytesRead,
           int64_t bytesWritten) {
    rows.push_back({kernel.str(), tensor.str(), bytesRead, bytesWritten});
  }
  int64_t sizeOf(StringRef tensor, Value value) {
    FailureOr<int64_t> bytes = getNumBytes(value.getType());
    if (succeeded(bytes))
      return *bytes;
    if (!failed)
      op->emitOpError("expected static sizes to count bytes, got `")
          << tensor << "` of type " << value.getType();
    failed = true;
    return 0;
  }
  LogicalResult finish() const { return failure(failed); }

private:
  Operation *op;
  std::vector<TrafficRow> &rows;
  bool failed = false;
};

/// What the pre-pass of an 8-bit recipe writes and the attention kernel reads.
struct QuantizedOperand {
  const char *name;
  int64_t bytes;
};

/// Tensors of an attention op that are no activations.
constexpr llvm::StringLiteral kParameters[] = {
    "alpha", "beta", "bias", "lse", "statistics", "key_scale", "value_scale"};

} // namespace

/// Elements per batch, head and dimension of an operand: everything but rows.
static int64_t getNumColumns(Value value, AffineMap map) {
  auto type = cast<ShapedType>(value.getType());
  int64_t columns = 1;
  for (auto [position, result] : llvm::enumerate(map.getResults()))
    if (cast<AffineDimExpr>(result).getPosition() != kKeyRow)
      columns *= type.getDimSize(position);
  return columns;
}

/// The rows of the two pre-pass kernels: statistics, then quantization, each
/// reading K and V once.
static SmallVector<QuantizedOperand>
appendPrePass(AttentionOpInterface op, RowBuilder &builder) {
  AttentionMaps maps = op.getNamedMaps();
  auto keyType = cast<ShapedType>(op.getKey().getType());
  AffineExpr row = getAffineDimExpr(kKeyRow, op->getContext());
  int64_t keys = keyType.getDimSize(*maps.key.getResultPosition(row));
  if (ShapedType::isDynamic(keys)) {
    builder.sizeOf("key", op.getKey());
    return {};
  }
  int64_t tiles = llvm::divideCeil(keys, kKeyTile);
  int64_t keyColumns = getNumColumns(op.getKey(), maps.key);
  int64_t valueColumns = getNumColumns(op.getValue(), maps.value);
  AffineExpr dim = getAffineDimExpr(kKeyDim, op->getContext());
  int64_t heads =
      keyColumns / keyType.getDimSize(*maps.key.getResultPosition(dim));
  // Per channel: mean of K; mean and largest magnitude of V.
  int64_t statistics = (keyColumns + 2 * valueColumns) * kF32Bytes;
  builder.read("quantize_statistics", "key", op.getKey());
  builder.read("quantize_statistics", "value", op.getValue());
  builder.add("quantize_statistics", "statistics", 0, statistics);
  SmallVector<QuantizedOperand> quantized = {
      {"key_int8", tiles * kKeyTile * keyColumns},
      {"key_scale", tiles * heads * kF32Bytes},
      {"value_e4m3", tiles * kKeyTile * valueColumns},
      {"value_scale", 2 * valueColumns * kF32Bytes}};
  builder.read("quantize", "key", op.getKey());
  builder.read("quantize", "value", op.getValue());
  builder.add("quantize", "statistics", statistics, 0);
  for (const QuantizedOperand &operand : quantized)
    builder.add("quantize", operand.name, 0, operand.bytes);
  return quantized;
}

LogicalResult rcm::appendAttentionTraffic(AttentionOpInterface op,
                                          TrafficRecipe recipe, bool fused,
                                          std::vector<TrafficRow> &rows) {
  RowBuilder builder(op, rows);
  size_t first = rows.size();
  bool hasSkip = op.getResidual() != nullptr;
  bool readsResidual = hasSkip && !isLiteralZero(op.getAlpha());
  bool readsAttention = !hasSkip || !isLiteralZero(op.getBeta());
  std::string kernel = hasSkip && fused ? "attention_skip" : "attention";
  if (readsAttention) {
    SmallVector<QuantizedOperand> quantized;
    if (recipe == TrafficRecipe::kInt8E4M3)
      quantized = appendPrePass(op, builder);
    builder.read(kernel, "query", op.getQuery());
    for (const QuantizedOperand &operand : quantized)
      builder.add(kernel, operand.name, operand.bytes, 0);
    if (recipe == TrafficRecipe::kNone) {
      builder.read(kernel, "key", op.getKey());
      builder.read(kernel, "value", op.getValue());
    }
    if (op.getBias())
      builder.read(kernel, "bias", op.getBias());
    if (op.getLse())
      builder.write(kernel, "lse", op.getLse());
    if (hasSkip && !fused) {
      builder.write(kernel, "attention_out", op.getOut());
      builder.read("skip", "attention_out", op.getOut());
    }
  }
  if (hasSkip) {
    StringRef skip = fused ? StringRef(kernel) : StringRef("skip");
    if (readsResidual)
      builder.read(skip, "residual", op.getResidual());
    builder.read(skip, "alpha", op.getAlpha());
    builder.read(skip, "beta", op.getBeta());
    kernel = skip.str();
  }
  builder.write(kernel, "out", op.getOut());
  for (TrafficRow &row : MutableArrayRef(rows).drop_front(first))
    row.isActivation = !llvm::is_contained(kParameters, row.tensor);
  return builder.finish();
}

LogicalResult
rcm::appendKernelTraffic(Operation *op, StringRef kernel,
                         function_ref<bool(Value)> isActivation,
                         std::vector<TrafficRow> &rows) {
  auto destinations = cast<DestinationStyleOpInterface>(op);
  RowBuilder builder(op, rows);
  for (OpOperand *input : destinations.getDpsInputOperands()) {
    if (!isa<ShapedType>(input->get().getType()))
      continue;
    builder.read(kernel, "in" + std::to_string(input->getOperandNumber()),
                 input->get());
    rows.back().isActivation = isActivation(input->get());
  }
  auto structured = dyn_cast<linalg::LinalgOp>(op);
  for (auto [index, init] : llvm::enumerate(destinations.getDpsInits())) {
    // A fill or an uninitialised destination costs no read of its own on
    // tensors: it is the kernel's starting value.
    bool isRead = structured && !init.getDefiningOp<linalg::FillOp>() &&
                  !init.getDefiningOp<tensor::EmptyOp>() &&
                  structured.payloadUsesValueFromOperand(
                      structured.getDpsInitOperand(index));
    int64_t bytes = builder.sizeOf("out", init);
    builder.add(kernel, "out" + std::to_string(index), isRead ? bytes : 0,
                bytes);
    rows.back().isActivation =
        isActivation(op->getNumResults() ? op->getResult(index) : init);
  }
  return builder.finish();
}
