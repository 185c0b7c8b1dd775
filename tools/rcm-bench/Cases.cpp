//===- Cases.cpp - shapes, modes and their modules ------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Cases.h"

#include <cmath>
#include <cstdio>

using namespace rcm::tools;
using rcm::reference::byteWidth;
using rcm::reference::ElementType;

/// What people run: Wan2.1 and Wan2.2, the usual attention ladder, and the
/// shapes of the original proposal.
static const Shape kShapes[] = {{"wan1.3b_480p", 1, 12, 12, 32760, 32760, 128},
                                {"wan14b_480p", 1, 40, 40, 32760, 32760, 128},
                                {"wan14b_720p", 1, 40, 40, 75600, 75600, 128},
                                {"cross_512", 1, 12, 12, 32760, 512, 128},
                                {"b2h16_8k", 2, 16, 16, 8192, 8192, 128},
                                {"b4h16_4k", 4, 16, 16, 4096, 4096, 128},
                                {"b8h16_2k", 8, 16, 16, 2048, 2048, 128},
                                {"proposal_large", 16, 12, 12, 2048, 2048, 64},
                                {"proposal_medium", 8, 8, 8, 512, 512, 64},
                                {"proposal_small", 4, 4, 4, 128, 128, 64}};

std::string rcm::tools::knownShapes() {
  std::string text;
  for (const Shape &shape : kShapes)
    text += (text.empty() ? "" : ", ") + shape.name;
  return text;
}

std::vector<Shape> rcm::tools::namedShapes() {
  return std::vector<Shape>(std::begin(kShapes), std::end(kShapes));
}

Result<Shape> rcm::tools::parseShape(const std::string &text) {
  for (const Shape &shape : kShapes)
    if (shape.name == text)
      return shape;
  Error error{"expected `--shape` to be B,Hq,Hkv,Lq,Lk,D or one of {" +
              knownShapes() + "}, got '" + text + "'"};
  std::vector<std::string> parts = split(text, ',');
  if (parts.size() != 6)
    return error;
  int64_t sizes[6];
  for (size_t index = 0; index < 6; ++index) {
    Result<int64_t> size = parseInteger(parts[index]);
    // 2^31 rows or heads are beyond any memory.
    if (!size || *size > INT32_MAX)
      return error;
    sizes[index] = *size;
    // No key is legal: such rows give alpha * x.
    bool isKeys = index == 4;
    if (*size < (isKeys ? 0 : 1))
      return Error{"expected B, Hq, Hkv, Lq and D of `--shape` to be at least "
                   "1 and Lk at least 0, got '" +
                   text + "'"};
  }
  if (sizes[1] % sizes[2])
    return Error{"expected Hq of `--shape` to be a multiple of Hkv, got " +
                 parts[1] + " and " + parts[2]};
  return Shape{text,     sizes[0], sizes[1], sizes[2],
               sizes[3], sizes[4], sizes[5]};
}

Result<Mode> rcm::tools::parseMode(const std::string &text) {
  for (Mode mode : {Mode::Attention, Mode::Skip, Mode::TwoPass, Mode::Fused})
    if (toString(mode) == text)
      return mode;
  return Error{"expected `--mode` to be attention, skip, two-pass or fused, "
               "got '" +
               text + "'"};
}

std::string rcm::tools::toString(Mode mode) {
  switch (mode) {
  case Mode::Attention:
    return "attention";
  case Mode::Skip:
    return "skip";
  case Mode::TwoPass:
    return "two-pass";
  case Mode::Fused:
    break;
  }
  return "fused";
}

/// "memref<1x2x?x4xf32>".
static std::string memref(std::vector<int64_t> sizes, ElementType type) {
  std::string text = "memref<";
  for (int64_t size : sizes)
    text += (size == kOpenSize ? "?" : std::to_string(size)) + "x";
  return text + std::string(rcm::reference::toString(type)) + ">";
}

namespace {

/// The types and the scale of a case as text.
struct Texts {
  explicit Texts(const Case &benchmark) {
    const Shape &s = benchmark.shape;
    ElementType type = benchmark.type;
    q = memref({s.batch, s.queryHeads, s.queries, s.depth}, type);
    k = memref({s.batch, s.keyHeads, s.keys, s.depth}, type);
    t = memref({s.batch},
               type == ElementType::F64 ? ElementType::F64 : ElementType::F32);
    char text[40];
    std::snprintf(text, sizeof(text), "%.17g",
                  1 / std::sqrt(static_cast<double>(s.depth)));
    scale = text;
    if (scale.find_first_of(".e") == std::string::npos)
      scale += ".0";
    causal = benchmark.causal ? " causal" : "";
  }
  std::string q, k, t, scale, causal;
};

} // namespace

static std::string skipText(const Texts &x, ElementType type) {
  std::string element(rcm::reference::toString(type));
  std::string compute = type == ElementType::F64 ? "f64" : "f32";
  bool narrow = compute != element;
  auto widen = [&](const std::string &from, const std::string &to) {
    return narrow ? "    %" + to + " = arith.extf %" + from + " : " + element +
                        " to " + compute + "\n"
                  : "";
  };
  std::string suffix = narrow ? "w" : "";
  return "func.func @run(%x: " + x.q + ", %o: " + x.q + ", %a: " + x.t +
         ", %b: " + x.t + ", %out: " + x.q +
         ") {\n"
         "  linalg.generic {indexing_maps = [\n"
         "      affine_map<(b, h, m, d) -> (b, h, m, d)>, "
         "affine_map<(b, h, m, d) -> (b, h, m, d)>,\n"
         "      affine_map<(b, h, m, d) -> (b)>, affine_map<(b, h, m, d) -> "
         "(b)>, affine_map<(b, h, m, d) -> (b, h, m, d)>],\n"
         "      iterator_types = [\"parallel\", \"parallel\", \"parallel\", "
         "\"parallel\"]}\n"
         "      ins(%x, %o, %a, %b : " +
         x.q + ", " + x.q + ", " + x.t + ", " + x.t + ") outs(%out : " + x.q +
         ") {\n  ^bb0(%xe: " + element + ", %oe: " + element +
         ", %ae: " + compute + ", %be: " + compute + ", %init: " + element +
         "):\n" + widen("xe", "xew") + widen("oe", "oew") +
         "    %l = arith.mulf %ae, %xe" + suffix + " : " + compute +
         "\n    %r = arith.mulf %be, %oe" + suffix + " : " + compute +
         "\n    %s = arith.addf %l, %r : " + compute + "\n" +
         (narrow ? "    %n = arith.truncf %s : " + compute + " to " + element +
                       "\n    linalg.yield %n : " + element + "\n"
                 : "    linalg.yield %s : " + element + "\n") +
         "  }\n  return\n}\n";
}

std::string rcm::tools::moduleText(const Case &benchmark,
                                   const std::string &schedule) {
  Texts x(benchmark);
  std::string attribute =
      schedule.empty() ? ""
                       : "\n      {rcm_tile.schedule = #rcm_tile.schedule<" +
                             schedule + ">}";
  if (benchmark.mode == Mode::Skip)
    return skipText(x, benchmark.type);
  if (benchmark.mode == Mode::Attention)
    return "func.func @run(%q: " + x.q + ", %k: " + x.k + ", %v: " + x.k +
           ", %out: " + x.q + ") {\n  rcm.attention scale(" + x.scale + ")" +
           x.causal + "\n      ins(%q, %k, %v : " + x.q + ", " + x.k + ", " +
           x.k + ")\n      outs(%out : " + x.q + ")" + attribute +
           "\n  return\n}\n";
  return "func.func @run(%q: " + x.q + ", %k: " + x.k + ", %v: " + x.k +
         ", %x: " + x.q + ", %a: " + x.t + ", %b: " + x.t + ", %out: " + x.q +
         ") {\n  rcm.attention_skip scale(" + x.scale + ")" + x.causal +
         "\n      ins(%q, %k, %v, %x : " + x.q + ", " + x.k + ", " + x.k +
         ", " + x.q + ")\n      coefficients(%a, %b : " + x.t + ", " + x.t +
         ")\n      outs(%out : " + x.q + ")" + attribute +
         "\n  return\n}\n";
}

std::string rcm::tools::pipelineOf(const Case &benchmark) {
  // The attention goes through memory in the output's type: a wider one would
  // handicap the baseline.
  if (benchmark.mode == Mode::TwoPass)
    return "rcm-to-cpu{fuse=false}";
  return "rcm-to-cpu";
}

double rcm::tools::floatOperations(const Case &benchmark) {
  const Shape &s = benchmark.shape;
  auto rows = static_cast<double>(s.batch * s.queryHeads) *
              static_cast<double>(s.queries);
  double skip = 3 * rows * static_cast<double>(s.depth);
  if (benchmark.mode == Mode::Skip)
    return skip;
  double attention =
      4 * rows * static_cast<double>(s.keys) * static_cast<double>(s.depth);
  // The diagonal's half; the usual convention for Lq = Lk.
  return benchmark.causal ? attention / 2 : attention;
}

double rcm::tools::minimumBytes(const Case &benchmark) {
  const Shape &s = benchmark.shape;
  auto width = static_cast<double>(byteWidth(benchmark.type));
  double query = static_cast<double>(s.batch * s.queryHeads) *
                 static_cast<double>(s.queries * s.depth) * width;
  double key = static_cast<double>(s.batch * s.keyHeads) *
               static_cast<double>(s.keys * s.depth) * width;
  switch (benchmark.mode) {
  case Mode::Attention:
    return 2 * query + 2 * key;
  case Mode::Skip:
    return 3 * query;
  case Mode::TwoPass:
    // The attention goes to memory and comes back.
    return 5 * query + 2 * key;
  case Mode::Fused:
    break;
  }
  return 3 * query + 2 * key;
}

/// %0 = kElementwise(...) on the whole of rank-3 tensors.
static std::string
genericText(const std::string &result, const std::string &maps,
            const std::string &inputs, const std::string &init,
            const std::string &arguments, const std::string &body,
            const std::string &type) {
  return "  %" + result + " = linalg.generic {indexing_maps = [" + maps +
         "], iterator_types = [\"parallel\", \"parallel\", \"parallel\"]}\n"
         "      ins(" +
         inputs + ") outs(%" + init + " : " + type + ") {\n  ^bb0(" +
         arguments + "):\n" + body + "    linalg.yield %r : f32\n  } -> " +
         type + "\n";
}

/// Scores times the scale, -inf where the mask hides the key.
static std::string scaleText(bool causal) {
  if (!causal)
    return "    %r = arith.mulf %i, %scale : f32\n";
  return "    %row = linalg.index 1 : index\n"
         "    %key = linalg.index 2 : index\n"
         "    %seen = arith.cmpi ule, %key, %row : index\n"
         "    %scaled = arith.mulf %i, %scale : f32\n"
         "    %r = arith.select %seen, %scaled, %hidden : f32\n";
}

std::string rcm::tools::unfusedText(const Case &benchmark) {
  const Shape &s = benchmark.shape;
  Texts x(benchmark);
  std::string heads = std::to_string(s.batch * s.queryHeads) + "x";
  std::string lq = std::to_string(s.queries) + "x",
              lk = std::to_string(s.keys) + "x",
              d = std::to_string(s.depth) + "x";
  std::string q = "tensor<" + heads + lq + d + "f32>",
              k = "tensor<" + heads + lk + d + "f32>",
              kt = "tensor<" + heads + d + lk + "f32>",
              score = "tensor<" + heads + lq + lk + "f32>",
              t = "tensor<" + heads + "f32>";
  std::string id = "affine_map<(b, m, n) -> (b, m, n)>",
              row = "affine_map<(b, m, n) -> (b)>";
  auto zeros = [](const std::string &name, const std::string &type) {
    return "  %" + name + "_e = tensor.empty() : " + type + "\n  %" + name +
           "_z = linalg.fill ins(%zero : f32) outs(%" + name + "_e : " + type +
           ") -> " + type + "\n";
  };
  return "func.func @run(%q: " + q + ", %k: " + k + ", %v: " + k +
         ", %x: " + q + ", %a: " + t + ", %b: " + t + ") -> " + q +
         " {\n  %zero = arith.constant 0.0 : f32\n"
         "  %hidden = arith.constant 0xFF800000 : f32\n"
         "  %scale = arith.constant " +
         x.scale + " : f32\n  %kt_e = tensor.empty() : " + kt +
         "\n  %kt = linalg.transpose ins(%k : " + k + ") outs(%kt_e : " + kt +
         ") permutation = [0, 2, 1]\n" + zeros("s", score) + zeros("o", q) +
         "  %s0 = linalg.batch_matmul ins(%q, %kt : " + q + ", " + kt +
         ") outs(%s_z : " + score + ") -> " + score + "\n" +
         genericText("s1", id + ", " + id, "%s0 : " + score, "s_e",
                     "%i: f32, %init: f32", scaleText(benchmark.causal),
                     score) +
         "  %p = linalg.softmax dimension(2) ins(%s1 : " + score +
         ") outs(%s_e : " + score + ") -> " + score +
         "\n  %o = linalg.batch_matmul ins(%p, %v : " + score + ", " + k +
         ") outs(%o_z : " + q + ") -> " + q + "\n" +
         genericText(
             "out", id + ", " + id + ", " + row + ", " + row + ", " + id,
             "%x, %o, %a, %b : " + q + ", " + q + ", " + t + ", " + t, "o_e",
             "%xe: f32, %oe: f32, %ae: f32, %be: f32, %init: f32",
             "    %l = arith.mulf %ae, %xe : f32\n"
             "    %m = arith.mulf %be, %oe : f32\n"
             "    %r = arith.addf %l, %m : f32\n",
             q) +
         "  return %out : " + q + "\n}\n";
}
