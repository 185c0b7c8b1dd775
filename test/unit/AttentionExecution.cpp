//===- AttentionExecution.cpp - runs rcm ops through stock passes
//---------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "AttentionExecution.h"

#include "Jit.h"
#include "rcm/Reference/Random.h"

#include <limits>
#include <utility>

using namespace rcm;
using namespace rcm::test;
using namespace rcm::reference;

namespace {

/// A function argument: an array or a scalar, and how the op names it.
struct Bound {
  std::string name;
  OperandSpec spec;
  const char *space; ///< of bindOperand
  Array array;
  bool isScalar = false;
  double scalar = 0.0;
};

class CaseRunner {
public:
  CaseRunner(const AttentionCase &test, uint64_t seed)
      : test(test), seed(seed) {}
  AttentionRun run();

private:
  int64_t sizeOf(char dim, const std::string &name) const;
  void add(const std::string &name, const OperandSpec &spec, const char *space);
  void addCoefficient(const std::string &name, const OperandSpec &spec,
                      std::optional<double> literal);
  void bindAll();
  Bound *find(const std::string &name);

  std::string getType(const Bound &bound, bool asMemref) const;
  std::string getMap(const Bound &bound) const;
  std::string list(const std::vector<std::string> &names, bool types,
                   const std::string &suffix);
  std::string makeModule();
  std::string makeOp();

  AttentionProblem makeReferenceProblem();
  std::vector<double> gather(const std::string &name);

  const AttentionCase &test;
  uint64_t seed;
  std::vector<Bound> bound;
  Array causalMask; ///< the reference's form of an offset
};

} // namespace

int64_t CaseRunner::sizeOf(char dim, const std::string &name) const {
  switch (dim) {
  case 'b':
    return test.b;
  case 'h':
    return name == "k" || name == "v" ? test.g : test.h;
  case 'm':
    return test.lq;
  case 'n':
    return test.lk;
  case 'k':
    return test.depth;
  case 'd':
    return test.valueDepth;
  default:
    return 1;
  }
}

void CaseRunner::add(const std::string &name, const OperandSpec &spec,
                     const char *space) {
  std::vector<int64_t> shape;
  for (char dim : spec.dims)
    shape.push_back(sizeOf(dim, name));
  Bound operand{name, spec, space, std::move(*Array::create(spec.type, shape))};
  RandomStream stream(seed, bound.size());
  for (int64_t i = 0; i < operand.array.numElements(); ++i)
    operand.array.set(i, stream.normal(i));
  bound.push_back(std::move(operand));
}

void CaseRunner::addCoefficient(const std::string &name,
                                const OperandSpec &spec,
                                std::optional<double> literal) {
  if (!spec.dims.empty() && !literal)
    return add(name, spec, "bhmd");
  Bound operand{name, {"", spec.type}, "bhmd", Array(), /*isScalar=*/true};
  // Exact in f32.
  operand.scalar = literal ? *literal : name == "alpha" ? 0.75 : -1.25;
  bound.push_back(std::move(operand));
}

/// Every element of the operand's row `key` becomes NaN.
static void poison(Array &array, const std::string &dims, int64_t key) {
  int64_t rowDim = static_cast<int64_t>(dims.find('n')), inner = 1;
  for (size_t i = rowDim + 1; i < dims.size(); ++i)
    inner *= array.shape()[i];
  for (int64_t i = 0; i < array.numElements(); ++i)
    if (i / inner % array.shape()[rowDim] == key)
      array.set(i, std::numeric_limits<double>::quiet_NaN());
}

void CaseRunner::bindAll() {
  add("q", test.q, "bhmk");
  add("k", test.k, "bhnk");
  add("v", test.v, "bhnd");
  if (test.hasSkip) {
    add("x", test.x, "bhmd");
    addCoefficient("alpha", test.alpha, test.literalAlpha);
    addCoefficient("beta", test.beta, test.literalBeta);
  }
  if (!test.bias.dims.empty())
    add("bias", test.bias, "bhmn");
  add("out", test.out, "bhmd");
  if (!test.lse.dims.empty())
    add("lse", test.lse, "bhmd");
  if (Bound *bias = find("bias"); bias && test.hiddenRow)
    for (int64_t n = 0; n < test.lk; ++n) // dims must be "mn"
      bias->array.set(*test.hiddenRow * test.lk + n,
                      -std::numeric_limits<double>::infinity());
  if (test.poisonedKey)
    for (const char *name : {"k", "v"})
      poison(find(name)->array, find(name)->spec.dims, *test.poisonedKey);
}

Bound *CaseRunner::find(const std::string &name) {
  for (Bound &operand : bound)
    if (operand.name == name)
      return &operand;
  return nullptr;
}

std::string CaseRunner::getType(const Bound &operand, bool asMemref) const {
  std::string element(toString(operand.spec.type));
  if (operand.isScalar)
    return element;
  std::string text = asMemref ? "memref<" : "tensor<";
  for (char dim : operand.spec.dims)
    text += (test.isDynamic && dim != '1'
                 ? "?"
                 : std::to_string(sizeOf(dim, operand.name))) +
            "x";
  return text + element + ">";
}

std::string CaseRunner::getMap(const Bound &operand) const {
  std::string text = "affine_map<(b, h, m, n, k, d) -> (";
  for (size_t i = 0; i < operand.spec.dims.size(); ++i) {
    char dim = operand.spec.dims[i];
    text += (i ? ", " : "") + std::string(1, dim == '1' ? '0' : dim);
  }
  return text + ")>";
}

/// "%q, %k : type, type", or the types alone.
std::string CaseRunner::list(const std::vector<std::string> &names, bool types,
                             const std::string &suffix) {
  std::string values, typeList;
  for (const std::string &name : names) {
    Bound *operand = find(name);
    if (!operand)
      continue;
    std::string comma = values.empty() ? "" : ", ";
    values += comma + "%" + name + (operand->isScalar ? "" : suffix);
    typeList += comma + getType(*operand, !test.onTensors);
  }
  return types ? typeList : values + " : " + typeList;
}

std::string CaseRunner::makeOp() {
  std::string suffix = test.onTensors ? "_t" : "";
  std::string text = test.hasSkip ? "rcm.attention_skip" : "rcm.attention";
  text += " scale(" + std::to_string(test.scale) + ")";
  if (test.causalOffset)
    text += " causal offset(%offset)";
  text += "\n    ins(" + list({"q", "k", "v", "x"}, false, suffix) + ")";
  if (test.hasSkip)
    text +=
        "\n    coefficients(" + list({"alpha", "beta"}, false, suffix) + ")";
  if (!test.bias.dims.empty())
    text += "\n    bias(" + list({"bias"}, false, suffix) + ")";
  text += "\n    outs(" + list({"out", "lse"}, false, suffix) + ")";
  std::string maps;
  for (const Bound &operand : bound)
    maps += (maps.empty() ? "" : ", ") + getMap(operand);
  text += "\n    {indexing_maps = [" + maps + "]}";
  if (!test.onTensors)
    return "  " + text + "\n";
  std::string results = !test.lse.dims.empty() ? "%r:2" : "%r";
  return "  " + results + " = " + text + " -> " +
         list({"out", "lse"}, true, suffix) + "\n";
}

std::string CaseRunner::makeModule() {
  std::string text = "func.func @run(";
  std::string body;
  for (const Bound &operand : bound) {
    std::string type = getType(operand, /*asMemref=*/true);
    std::string name = "%" + operand.name;
    bool isLiteral = (operand.name == "alpha" && test.literalAlpha) ||
                     (operand.name == "beta" && test.literalBeta);
    text += (&operand == bound.data() ? "" : ", ") + name +
            (isLiteral ? "_unused" : "") + ": " + type;
    if (isLiteral)
      body += "  " + name + " = arith.constant " +
              std::to_string(operand.scalar) + " : " + type + "\n";
    if (test.onTensors && !operand.isScalar)
      body += "  " + name + "_t = bufferization.to_tensor " + name +
              " restrict writable : " + type + " to " +
              getType(operand, false) + "\n";
  }
  if (test.causalOffset)
    body += "  %offset = arith.constant " + std::to_string(*test.causalOffset) +
            " : index\n";
  body += makeOp();
  if (test.onTensors)
    for (const char *name : {"out", "lse"})
      if (Bound *operand = find(name)) {
        std::string result = !test.lse.dims.empty()
                                 ? (operand->name == "out" ? "#0" : "#1")
                                 : "";
        body += "  bufferization.materialize_in_destination %r" + result +
                " in restrict writable %" + name + " : (" +
                getType(*operand, false) + ", " + getType(*operand, true) +
                ") -> ()\n";
      }
  return text + ") attributes {llvm.emit_c_interface} {\n" + body +
         "  return\n}\n";
}

AttentionProblem CaseRunner::makeReferenceProblem() {
  auto bind = [&](const std::string &name) {
    Bound *operand = find(name);
    if (operand->isScalar)
      return Operand::scalar(operand->scalar);
    return *bindOperand(operand->array, operand->spec.dims, operand->space);
  };
  AttentionProblem problem;
  problem.batch = test.b;
  problem.queryHeads = test.h;
  problem.keyHeads = problem.valueHeads = test.g;
  problem.queries = test.lq;
  problem.keys = test.lk;
  problem.depth = test.depth;
  problem.valueDepth = test.valueDepth;
  problem.q = bind("q");
  problem.k = bind("k");
  problem.v = bind("v");
  if (test.hasSkip) {
    problem.alpha = bind("alpha");
    problem.beta = bind("beta");
    if (test.literalAlpha != 0.0)
      problem.x = bind("x");
    problem.ignoreAttention = test.literalBeta == 0.0 && test.lse.dims.empty();
  }
  problem.scale = test.scale;
  if (!test.bias.dims.empty())
    problem.bias = bind("bias");
  if (!test.causalOffset)
    return problem;
  if (*test.causalOffset == 0)
    problem.causal = Causal::TopLeft;
  else if (*test.causalOffset == test.lk - test.lq)
    problem.causal = Causal::BottomRight;
  else { // any other offset as a bias of -inf
    causalMask =
        std::move(*Array::create(ElementType::F64, {test.lq, test.lk}));
    for (int64_t m = 0; m < test.lq; ++m)
      for (int64_t n = 0; n < test.lk; ++n)
        if (n > m + *test.causalOffset)
          causalMask.set(m * test.lk + n,
                         -std::numeric_limits<double>::infinity());
    problem.bias = *bindOperand(causalMask, "mn", "bhmn");
  }
  return problem;
}

/// An output in logical order: out (b, h, m, d), lse (b, h, m).
std::vector<double> CaseRunner::gather(const std::string &name) {
  Bound *operand = find(name);
  Operand view =
      *bindOperand(operand->array, operand->spec.dims, operand->space);
  std::vector<double> values;
  int64_t inner = name == "out" ? test.valueDepth : 1;
  for (int64_t b = 0; b < test.b; ++b)
    for (int64_t h = 0; h < test.h; ++h)
      for (int64_t m = 0; m < test.lq; ++m)
        for (int64_t d = 0; d < inner; ++d)
          values.push_back(view.at(b, h, m, d));
  return values;
}

AttentionRun CaseRunner::run() {
  bindAll();
  AttentionRun result;
  std::vector<Argument> arguments;
  for (Bound &operand : bound)
    arguments.push_back(
        operand.isScalar
            ? Argument::scalar(operand.scalar,
                               operand.spec.type == ElementType::F64)
            : Argument::memref(operand.array.data(), operand.array.shape(),
                               operand.array.strides()));
  // Whatever is not written stays NaN.
  for (const char *name : {"out", "lse"})
    if (Bound *operand = find(name))
      operand->array.fillBytes(0xFF);
  result.error =
      test.pipeline.empty()
          ? compileAndRun(makeModule(), test.passes, arguments, test.tileSizes)
          : runPipelineAndCall(makeModule(), test.pipeline, arguments);
  if (!result.error.empty())
    return result;
  AttentionProblem problem = makeReferenceProblem();
  Result<AttentionResult> expected = referenceAttention(problem);
  if (!expected) {
    result.error = "reference: " + expected.error();
    return result;
  }
  result.out = gather("out");
  result.expectedOut = expected->out;
  if (!test.lse.dims.empty()) {
    result.lse = gather("lse");
    result.expectedLse = expected->lse;
  }
  return result;
}

AttentionRun rcm::test::runCase(const AttentionCase &test, uint64_t seed) {
  return CaseRunner(test, seed).run();
}

template <typename T>
static std::string runVectors(const std::string &module,
                              std::vector<std::vector<T>> &values) {
  std::vector<Argument> arguments;
  for (std::vector<T> &vector : values)
    arguments.push_back(Argument::memref(
        vector.data(), {static_cast<int64_t>(vector.size())}, {1}));
  return compileAndRun(module, "", arguments);
}

std::string rcm::test::runOnVectors(const std::string &module,
                                    std::vector<std::vector<float>> &values) {
  return runVectors(module, values);
}
std::string rcm::test::runOnVectors(const std::string &module,
                                    std::vector<std::vector<double>> &values) {
  return runVectors(module, values);
}
