//===- RuntimeTestObjects.h - Kernel objects made by hand --------------*- C++
//-*-===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TEST_UNIT_RUNTIMETESTOBJECTS_H
#define RCM_TEST_UNIT_RUNTIMETESTOBJECTS_H

#include "RuntimeFakeDriver.h"
#include "rcm/Runtime/KernelObject.h"
#include "rcm/Runtime/RCMRuntime.h"

#include <cstring>
#include <dlfcn.h>
#include <gtest/gtest.h>

namespace rcm::test {

using namespace rcm::object;

/// Appends instructions to an entry; each call returns the new value's number.
class ProgramBuilder {
public:
  explicit ProgramBuilder(Entry &entry) : entry(entry) {}

  uint32_t add(Opcode opcode, uint32_t a = 0, uint32_t b = 0, uint32_t c = 0,
               uint64_t immediate = 0, uint16_t modifier = 0) {
    entry.program.push_back({opcode, modifier, a, b, c, immediate});
    return entry.program.size() - 1;
  }
  uint32_t constant(int64_t value) {
    return add(Opcode::ConstInt, 0, 0, 0, value);
  }
  uint32_t f32(float value) {
    uint32_t bits;
    std::memcpy(&bits, &value, sizeof(bits));
    return add(Opcode::ConstF32, 0, 0, 0, bits);
  }
  uint32_t f64(double value) {
    uint64_t bits;
    std::memcpy(&bits, &value, sizeof(bits));
    return add(Opcode::ConstF64, 0, 0, 0, bits);
  }
  void require(uint32_t condition, const char *text) {
    entry.strings.push_back(text);
    add(Opcode::Require, condition, entry.strings.size() - 1);
  }
  uint32_t map(TensorMap map) {
    entry.tensorMaps.push_back(std::move(map));
    return add(Opcode::TensorMap, entry.tensorMaps.size() - 1);
  }
  void launch(Launch launch) {
    entry.launches.push_back(std::move(launch));
    add(Opcode::Launch, entry.launches.size() - 1);
  }

private:
  Entry &entry;
};

inline Argument tensor(const char *name, ElementType type,
                       std::vector<int64_t> sizes, std::vector<int64_t> strides,
                       Direction direction = Direction::In) {
  Argument argument;
  argument.name = name;
  argument.type = type;
  argument.direction = direction;
  argument.alignment = getElementBytes(type);
  argument.sizes = std::move(sizes);
  argument.strides = std::move(strides);
  return argument;
}

inline Argument scalar(const char *name, ElementType type) {
  Argument argument = tensor(name, type, {}, {});
  argument.kind = ArgumentKind::Scalar;
  return argument;
}

/// Everything a program can do: a tensor map, scratch with a memset, two
/// launches (the second programmatic, with a cluster), parameters of every
/// kind, one requirement. Entry `run` takes x: ?x64 f16, y: ?x64 f16 (out),
/// scale: f32.
inline KernelObject makeObject() {
  KernelObject object;
  object.producer = "test";
  object.chip = "sm_90a";
  object.computeCapability = 90;
  object.exactComputeCapability = true;
  object.ptxVersion = 86;
  object.ptxMinimumDriver = 12070;
  object.ptx = ".version 8.6\n"
               ".visible .entry first(.param .u64 a, .param .u32 b)\n{}\n"
               ".visible .entry second(.param .align 64 .b8 m[128], "
               ".param .u64 .ptr .align 1 out, .param .f32 s, .param .f64 d, "
               ".param .u16 h, .param .u8 c)\n{}\n";
  object.properties = {{"recipe", "int8-e4m3"}};
  object.kernels = {{"first", 32, 0}, {"second", 168, 1000}};
  Entry entry;
  entry.name = "run";
  entry.properties = {{"operation", "attention"}};
  entry.arguments = {
      tensor("x", ElementType::F16, {kDynamic, 64}, {kDynamic, 1}),
      tensor("y", ElementType::F16, {kDynamic, 64}, {64, 1}, Direction::Out),
      scalar("scale", ElementType::F32)};
  ProgramBuilder b(entry);
  uint32_t rows = b.add(Opcode::Size, 0, 0);
  uint32_t outRows = b.add(Opcode::Size, 1, 0);
  uint32_t same = b.add(Opcode::CmpInt, rows, outRows);
  b.require(same, "expected `x` and `y` to have as many rows");
  uint32_t one = b.constant(1), two = b.constant(2), width = b.constant(64);
  uint32_t tile = b.constant(128), zero = b.constant(0);
  uint32_t blocks = b.add(Opcode::CeilDivU, rows, tile);
  uint32_t sms = b.add(Opcode::Multiprocessors);
  uint32_t grid = b.add(Opcode::MinS, blocks, sms);
  uint32_t bytes = b.add(Opcode::Mul, blocks, width);
  uint32_t x = b.add(Opcode::Data, 0), y = b.add(Opcode::Data, 1);
  uint32_t stride = b.add(Opcode::Stride, 0, 0);
  uint32_t strideBytes = b.add(Opcode::Mul, stride, two);
  uint32_t scale = b.add(Opcode::Scalar, 2);
  uint32_t wide = b.add(Opcode::F32ToF64, scale);
  uint32_t scratch = b.add(Opcode::Scratch, bytes, 0, 0, 1024);
  TensorMap map;
  map.elementType = 6;
  map.swizzle = 3;
  map.base = x;
  map.sizes = {width, rows};
  map.strides = {strideBytes};
  map.box = {64, 128};
  map.elementStrides = {1, 1};
  uint32_t encoded = b.map(map);
  b.add(Opcode::Memset, scratch, bytes, kNone, 0, 0xAB);
  Launch first;
  for (int d = 0; d < 3; ++d)
    first.grid[d] = first.block[d] = one;
  first.grid[0] = grid;
  first.block[0] = tile;
  first.sharedBytes = zero;
  first.parameters = {{ParameterKind::I64, scratch},
                      {ParameterKind::I32, rows}};
  b.launch(first);
  Launch second = first;
  second.kernel = 1;
  second.grid[0] = two;
  second.sharedBytes = b.constant(100000);
  second.cluster[0] = 2;
  second.cluster[1] = second.cluster[2] = 1;
  second.flags = kProgrammatic;
  second.parameters = {
      {ParameterKind::Map, encoded}, {ParameterKind::I64, y},
      {ParameterKind::F32, scale},   {ParameterKind::F64, wide},
      {ParameterKind::I16, tile},    {ParameterKind::I8, one}};
  b.launch(second);
  object.entries = {entry};
  return object;
}

/// The three arguments of `run`.
struct RunArguments {
  int64_t sizes[2], strides[2];
  rcmArgument list[3] = {};

  RunArguments(void *x, void *y, int64_t rows, int64_t rowStride = 64)
      : sizes{rows, 64}, strides{rowStride, 1} {
    for (rcmArgument &argument : list) {
      argument.type = RCM_TYPE_F16;
      argument.rank = 2;
      argument.sizes = sizes;
    }
    list[0].data = x;
    list[0].strides = strides;
    list[1].data = y;
    list[2] = {};
    list[2].kind = RCM_ARGUMENT_SCALAR;
    list[2].type = RCM_TYPE_F32;
    list[2].scalar.f32 = 0.125f;
  }
};

/// The fake driver's control; opens it for the runtime at the first call.
inline const fake::Control &fakeDriver() {
  static const fake::Control *control = [] {
    rcmSetDriverLibrary(RCM_FAKE_DRIVER);
    void *library = dlopen(RCM_FAKE_DRIVER, RTLD_NOW);
    if (!library)
      std::abort();
    auto get = reinterpret_cast<const fake::Control *(*)()>(
        dlsym(library, "rcmFakeControl"));
    return get();
  }();
  return *control;
}

/// A kernel parameter as the fake driver recorded it.
template <typename Number> Number asNumber(const std::string &bytes) {
  Number value;
  EXPECT_EQ(bytes.size(), sizeof(value));
  std::memcpy(&value, bytes.data(), sizeof(value));
  return value;
}

/// A loaded object that destroys itself.
struct Loaded {
  rcmObject *object = nullptr;
  const rcmEntry *entry = nullptr;

  explicit Loaded(const KernelObject &contents) {
    std::string bytes = encode(contents);
    EXPECT_EQ(rcmObjectLoadMemory(bytes.data(), bytes.size(), &object),
              RCM_SUCCESS)
        << rcmGetLastErrorText();
    entry = rcmObjectEntryAt(object, 0);
  }
  ~Loaded() { EXPECT_EQ(rcmObjectDestroy(object), RCM_SUCCESS); }
};

} // namespace rcm::test

#endif // RCM_TEST_UNIT_RUNTIMETESTOBJECTS_H
