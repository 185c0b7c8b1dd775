//===- ReferenceArrayTest.cpp - Arrays and .npy files ---------------------===//

#include "rcm/Reference/Npy.h"
#include "rcm/Reference/Numbers.h"

#include "gtest/gtest.h"

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <limits>
#include <unistd.h>

using namespace rcm::reference;

namespace {

/// A folder of its own per test.
class NpyTest : public testing::Test {
protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/rcm-npy-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  std::string path(const std::string &name) { return folder + "/" + name; }
  std::string contents(const std::string &name) {
    std::ifstream file(path(name), std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }
  /// A version 1.0 file with the given dictionary and data.
  std::string put(const std::string &name, std::string dictionary,
                  const std::string &data, int major = 1) {
    std::ofstream file(path(name), std::ios::binary);
    size_t length = dictionary.size();
    file << "\x93NUMPY" << static_cast<char>(major) << '\0'
         << static_cast<char>(length & 0xFF) << static_cast<char>(length >> 8);
    if (major > 1)
      file << '\0' << '\0';
    file << dictionary << data;
    return path(name);
  }
  std::string error(const std::string &file, NpyExpectation expectation = {}) {
    Result<Array> array = readNpy(file, expectation);
    return array ? "no error" : array.error().substr(file.size());
  }
  size_t filesInFolder() {
    size_t count = 0;
    for (auto &entry : std::filesystem::directory_iterator(folder)) {
      (void)entry;
      ++count;
    }
    return count;
  }

  std::string folder;
};

constexpr ElementType kAllTypes[] = {
    ElementType::F16, ElementType::BF16, ElementType::F32, ElementType::F64,
    ElementType::I1,  ElementType::I8,   ElementType::I32, ElementType::I64};

} // namespace

TEST(Array, StoresEveryType) {
  for (ElementType type : kAllTypes) {
    Result<Array> array = Array::create(type, {2, 3});
    ASSERT_TRUE(array);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(array->data()) % 64, 0u);
    EXPECT_EQ(array->storageBytes(), 6 * byteWidth(type));
    EXPECT_EQ(array->toF64(), std::vector<double>(6, 0.0));
    array->set(4, 1.0);
    EXPECT_EQ(array->get(4), 1.0);
    EXPECT_EQ(array->toF32()[4], 1.0f);
    EXPECT_EQ(parseElementType(toString(type)), type);
  }
}

TEST(Array, StridesAreFollowed) {
  Result<Array> array = Array::create(ElementType::I32, {2, 3}, {1, 5});
  ASSERT_TRUE(array);
  EXPECT_FALSE(array->isContiguous());
  EXPECT_EQ(array->storageBytes(), (1 + 2 * 5 + 1) * 4);
  array->fillBytes(0xFF);
  for (int i = 0; i < 6; ++i)
    array->set(i, i);
  EXPECT_EQ(array->toF64(), (std::vector<double>{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(array->dataAs<int32_t>()[5], 1);
  EXPECT_EQ(array->dataAs<int32_t>()[2], -1); // A gap.
  Result<Array> copy = array->clone();
  ASSERT_TRUE(copy);
  EXPECT_EQ(copy->toF64(), array->toF64());
}

TEST(Array, IntegersSaturateAndRoundToEven) {
  Result<Array> array = Array::fromValues(ElementType::I8, {6},
                                          {-1000, 1000, 2.5, 3.5, NAN, -128.4});
  ASSERT_TRUE(array);
  EXPECT_EQ(array->toF64(), (std::vector<double>{-128, 127, 2, 4, 0, -128}));
  Result<Array> wide = Array::fromValues(ElementType::I64, {2}, {1e30, -1e30});
  ASSERT_TRUE(wide);
  EXPECT_EQ(wide->dataAs<int64_t>()[0], std::numeric_limits<int64_t>::max());
  EXPECT_EQ(wide->dataAs<int64_t>()[1], std::numeric_limits<int64_t>::min());
}

TEST(Array, RefusesImpossibleShapes) {
  int64_t huge = int64_t(1) << 40;
  EXPECT_EQ(Array::create(ElementType::F32, {-1}).error(),
            "expected sizes and strides of at least 0, got shape -1 and "
            "strides 1");
  EXPECT_EQ(Array::create(ElementType::F32, {huge, huge}).error(),
            "expected a size that fits 63 bits, got shape "
            "1099511627776x1099511627776");
  EXPECT_FALSE(Array::create(ElementType::F64, {huge, 1 << 19, 2}));
  EXPECT_EQ(Array::fromValues(ElementType::F32, {2}, {1}).error(),
            "expected 2 values for shape 2, got 1");
  Result<Array> empty = Array::create(ElementType::F32, {3, 0, huge});
  ASSERT_TRUE(empty);
  EXPECT_EQ(empty->numElements(), 0);
}

TEST_F(NpyTest, RoundTripsEveryType) {
  for (ElementType type : kAllTypes) {
    Result<Array> array = Array::fromValues(type, {2, 3}, {0, 1, 1, 0, 1, 1});
    ASSERT_TRUE(array);
    std::string file = path(std::string(toString(type)));
    ASSERT_TRUE(writeNpy(file, *array));
    Result<Array> back = readNpy(file, {type, {{2, -1}}});
    ASSERT_TRUE(back) << back.error();
    EXPECT_EQ(back->elementType(), type);
    EXPECT_EQ(back->shape(), array->shape());
    EXPECT_EQ(back->toF64(), array->toF64());
  }
}

TEST_F(NpyTest, RoundTripsEveryRank) {
  std::vector<int64_t> shape;
  for (int rank = 0; rank < 6; ++rank, shape.push_back(rank)) {
    Result<Array> array = Array::create(ElementType::F32, shape);
    ASSERT_TRUE(array);
    ASSERT_TRUE(writeNpy(path("a"), *array));
    Result<Array> back = readNpy(path("a"), {std::nullopt, shape});
    ASSERT_TRUE(back) << back.error();
    // The data of a file starts at a multiple of 64.
    EXPECT_EQ((contents("a").size() - 4 * array->numElements()) % 64, 0u);
  }
}

TEST_F(NpyTest, WritesStridedArraysInLogicalOrder) {
  Result<Array> array = Array::create(ElementType::F64, {2, 2}, {1, 4});
  ASSERT_TRUE(array);
  array->fillBytes(0xAA);
  for (int i = 0; i < 4; ++i)
    array->set(i, i);
  ASSERT_TRUE(writeNpy(path("a"), *array));
  EXPECT_EQ(readNpy(path("a"))->toF64(), (std::vector<double>{0, 1, 2, 3}));
}

TEST_F(NpyTest, ReadsFortranOrder) {
  std::string data("\0\1\2\3\4\5", 6);
  std::string file =
      put("a", "{'descr': '|i1', 'fortran_order': True, 'shape': (2, 3), }\n",
          data);
  Result<Array> array = readNpy(file);
  ASSERT_TRUE(array) << array.error();
  EXPECT_EQ(array->toF64(), (std::vector<double>{0, 2, 4, 1, 3, 5}));
}

TEST_F(NpyTest, ReadsOtherSpellings) {
  std::string four("\0\0\x80\x3f", 4);
  EXPECT_EQ(error(put("v2",
                      "{\"shape\":(1,),\"descr\":\"<f4\","
                      "\"fortran_order\":False}",
                      four, 2)),
            "no error");
  EXPECT_EQ(error(put("v3",
                      "{'descr': '<f4', 'fortran_order': False, "
                      "'shape': ()}",
                      four, 3)),
            "no error");
  // numpy writes '|b1'; other writers '<i1'.
  EXPECT_EQ(error(put("i1",
                      "{'descr': '<i1', 'fortran_order': False, "
                      "'shape': (4,)}",
                      four)),
            "no error");
}

TEST_F(NpyTest, ReadsBF16OnlyWhenAsked) {
  std::string data("\x80\x3f\xc0\xff", 4); // 1.0 and a NaN.
  for (const char *descr : {"<u2", "<i2", "|V2", "<V2"}) {
    std::string file = put("a",
                           std::string("{'descr': '") + descr +
                               "', 'fortran_order': False, 'shape': (2,), }",
                           data);
    Result<Array> array = readNpy(file, {ElementType::BF16, {}});
    ASSERT_TRUE(array) << array.error();
    EXPECT_EQ(array->get(0), 1.0);
    EXPECT_TRUE(std::isnan(array->get(1)));
    EXPECT_EQ(error(file), ": expected f2, f4, f8, i1, i4, i8 or b1 in little "
                           "endian, got '" +
                               std::string(descr) + "'");
  }
  std::string half = put("h",
                         "{'descr': '<f2', 'fortran_order': False, "
                         "'shape': (2,), }",
                         data);
  EXPECT_EQ(error(half, {ElementType::BF16, {}}),
            ": expected bf16 bits stored as '<u2', '<i2' or '|V2', got '<f2'");
}

TEST_F(NpyTest, RefusesEveryTruncation) {
  Result<Array> array = Array::fromValues(ElementType::F16, {3}, {1, 2, 3});
  ASSERT_TRUE(array && writeNpy(path("a"), *array));
  std::string whole = contents("a");
  for (size_t length = 0; length < whole.size(); ++length) {
    std::ofstream(path("cut"), std::ios::binary) << whole.substr(0, length);
    Result<Array> cut = readNpy(path("cut"));
    ASSERT_FALSE(cut) << length;
    ASSERT_NE(cut.error().find(": expected "), std::string::npos);
    ASSERT_EQ(cut.error().find('\n'), std::string::npos);
  }
  std::ofstream(path("long"), std::ios::binary) << whole << "x";
  EXPECT_EQ(error(path("long")),
            ": expected 6 bytes of data for shape 3, got 7");
}

TEST_F(NpyTest, SurvivesEveryFlippedByte) {
  Result<Array> array =
      Array::fromValues(ElementType::F32, {2, 2}, {1, 2, 3, 4});
  ASSERT_TRUE(array && writeNpy(path("a"), *array));
  std::string whole = contents("a");
  for (size_t at = 0; at < whole.size(); ++at)
    for (int flip : {0x01, 0x20, 0xFF}) {
      std::string bad = whole;
      bad[at] = static_cast<char>(bad[at] ^ flip);
      std::ofstream(path("bad"), std::ios::binary) << bad;
      Result<Array> result = readNpy(path("bad"));
      ASSERT_TRUE(result || !result.error().empty());
    }
}

TEST_F(NpyTest, RefusesWhatWasNotExpected) {
  Result<Array> array = Array::create(ElementType::F32, {2, 3});
  ASSERT_TRUE(array && writeNpy(path("a"), *array));
  EXPECT_EQ(error(path("a"), {ElementType::F16, {}}),
            ": expected element type f16, got f32");
  EXPECT_EQ(error(path("a"), {{}, {{2, 4}}}), ": expected shape 2x4, got 2x3");
  EXPECT_EQ(error(path("a"), {{}, {{-1, 3, 1}}}),
            ": expected shape ?x3x1, got 2x3");
  EXPECT_EQ(error(path("a"), {{}, std::vector<int64_t>{}}),
            ": expected shape scalar, got 2x3");
  EXPECT_EQ(error(path("missing")),
            ": expected a readable file, got: No such file or directory");
  EXPECT_NE(error(folder), "no error");
  EXPECT_EQ(error(put("big",
                      "{'descr': '>f4', 'fortran_order': False, "
                      "'shape': (), }",
                      "1234")),
            ": expected f2, f4, f8, i1, i4, i8 or b1 in little endian, got "
            "'>f4'");
  EXPECT_EQ(error(put("huge",
                      "{'descr': '<f4', 'fortran_order': False, "
                      "'shape': (4611686018427387904, 8), }",
                      "1234")),
            ": expected fewer than 2^63 bytes of data for shape "
            "4611686018427387904x8, got 4");
  EXPECT_EQ(error(put("twice",
                      "{'descr': '<f4', 'descr': '<f4', "
                      "'fortran_order': False, 'shape': (), }",
                      "1234")),
            ": expected a header with descr, fortran_order and shape, got "
            "something else");
}

TEST_F(NpyTest, LeavesNothingBehindWhenWritingFails) {
  Result<Array> array = Array::create(ElementType::F32, {2});
  ASSERT_TRUE(array);
  Result<void> missing = writeNpy(path("no/such/folder"), *array);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error(), path("no/such/folder") +
                                 ": expected a writable path, got: No such "
                                 "file or directory");
  ASSERT_FALSE(writeNpy(folder, *array)); // A folder is no file.
  EXPECT_EQ(filesInFolder(), 0u);
  ASSERT_TRUE(writeNpy(path("a"), *array));
  EXPECT_EQ(filesInFolder(), 1u);
  // A device stays a device, and its full disk is an error.
  Result<void> full = writeNpy("/dev/full", *array);
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error(), "/dev/full: expected to write 8 bytes, got: No "
                          "space left on device");
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/full"));
}
