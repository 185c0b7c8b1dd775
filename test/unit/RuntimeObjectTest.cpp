//===- RuntimeObjectTest.cpp - The kernel object format -------------------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#include "RuntimeTestObjects.h"

#include <random>

using namespace rcm::test;

namespace {
/// Loads bytes; the result and, through `error`, the text.
rcmResult loadBytes(const std::string &bytes) {
  // An exact copy on the heap: the sanitizer sees every read beyond the end.
  std::vector<char> copy(bytes.begin(), bytes.end());
  rcmObject *object = nullptr;
  rcmResult result = rcmObjectLoadMemory(copy.empty() ? "" : copy.data(),
                                         copy.size(), &object);
  if (result == RCM_SUCCESS)
    rcmObjectDestroy(object);
  return result;
}

/// Expects the object to be refused with a text that contains `text`.
void expectInvalid(const KernelObject &object, const char *text) {
  EXPECT_EQ(loadBytes(encode(object)), RCM_ERROR_CORRUPT_OBJECT) << text;
  EXPECT_NE(std::string(rcmGetLastErrorText()).find(text), std::string::npos)
      << rcmGetLastErrorText();
}
} // namespace

TEST(RuntimeObject, Crc32HasTheKnownCheckValue) {
  EXPECT_EQ(crc32("123456789", 9), 0xCBF43926u);
  EXPECT_EQ(crc32("", 0), 0u);
}

TEST(RuntimeObject, ReadsBackWhatWasWritten) {
  KernelObject object = makeObject(), read;
  object.cubin = std::string("\x7f"
                             "ELF\0 binary",
                             12);
  object.cubinMinimumDriver = 13000;
  std::string bytes = encode(object), error;
  ASSERT_EQ(decode(bytes.data(), bytes.size(), read, error),
            DecodeResult::Success)
      << error;
  EXPECT_EQ(encode(read), bytes);
  EXPECT_EQ(read.cubin, object.cubin);
  EXPECT_EQ(read.entries[0].arguments[0].sizes[0], kDynamic);
  EXPECT_EQ(read.entries[0].launches[1].parameters.size(), 6u);
}

TEST(RuntimeObject, Describes) {
  Loaded loaded(makeObject());
  rcmObjectInfo info;
  ASSERT_EQ(rcmObjectGetInfo(loaded.object, &info), RCM_SUCCESS);
  EXPECT_STREQ(info.chip, "sm_90a");
  EXPECT_EQ(info.computeCapabilityMajor, 9);
  EXPECT_EQ(info.exactComputeCapability, 1);
  EXPECT_EQ(info.entryCount, 1u);
  EXPECT_EQ(info.kernelCount, 2u);
  EXPECT_EQ(info.cubinBytes, 0u);
  EXPECT_STREQ(rcmObjectKernelName(loaded.object, 1), "second");
  EXPECT_EQ(rcmObjectKernelName(loaded.object, 2), nullptr);
  EXPECT_STREQ(rcmObjectProperty(loaded.object, "recipe"), "int8-e4m3");
  EXPECT_EQ(rcmObjectProperty(loaded.object, "colour"), nullptr);
  EXPECT_STREQ(rcmEntryProperty(loaded.entry, "operation"), "attention");
  EXPECT_STREQ(rcmEntryProperty(loaded.entry, "recipe"), "int8-e4m3");
  EXPECT_EQ(rcmEntryArgumentCount(loaded.entry), 3u);
  rcmArgumentInfo argument;
  ASSERT_EQ(rcmEntryGetArgument(loaded.entry, 1, &argument), RCM_SUCCESS);
  EXPECT_STREQ(argument.name, "y");
  EXPECT_EQ(argument.direction, RCM_OUT);
  EXPECT_EQ(argument.type, RCM_TYPE_F16);
  EXPECT_EQ(argument.sizes[0], RCM_DYNAMIC);
  EXPECT_EQ(argument.sizes[1], 64);
  EXPECT_EQ(argument.strides[0], 64);
  EXPECT_EQ(rcmEntryGetArgument(loaded.entry, 3, &argument),
            RCM_ERROR_INVALID_ARGUMENT);
  const rcmEntry *entry = nullptr;
  EXPECT_EQ(rcmObjectFindEntry(loaded.object, "run", &entry), RCM_SUCCESS);
  EXPECT_EQ(entry, loaded.entry);
  EXPECT_EQ(rcmObjectFindEntry(loaded.object, "walk", &entry),
            RCM_ERROR_NOT_FOUND);
  EXPECT_STREQ(rcmGetLastErrorText(),
               "expected an entry named `walk`, got none among 1 entries");
}

TEST(RuntimeObject, RefusesEveryTruncation) {
  std::string bytes = encode(makeObject());
  for (size_t size = 0; size < bytes.size(); ++size)
    ASSERT_EQ(loadBytes(bytes.substr(0, size)), RCM_ERROR_CORRUPT_OBJECT)
        << size;
  EXPECT_EQ(loadBytes(bytes + '\0'), RCM_ERROR_CORRUPT_OBJECT);
  EXPECT_EQ(loadBytes(bytes), RCM_SUCCESS);
}

TEST(RuntimeObject, RefusesEveryFlippedBit) {
  std::string bytes = encode(makeObject());
  for (size_t at = 0; at < bytes.size(); ++at)
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = bytes;
      damaged[at] ^= 1 << bit;
      rcmResult result = loadBytes(damaged);
      ASSERT_TRUE(result == RCM_ERROR_CORRUPT_OBJECT ||
                  result == RCM_ERROR_NEWER_OBJECT)
          << at;
    }
}

TEST(RuntimeObject, RefusesANewerFormatByName) {
  KernelObject object = makeObject();
  object.formatVersion = 2;
  EXPECT_EQ(loadBytes(encode(object)), RCM_ERROR_NEWER_OBJECT);
  EXPECT_STREQ(rcmGetLastErrorText(), "newer kernel object: expected format "
                                      "version 1 or older, got 2");
}

/// Damages the metadata behind a correct checksum, as a broken writer would.
TEST(RuntimeObject, SurvivesDamageThatTheChecksumDoesNotSee) {
  std::string bytes = encode(makeObject());
  constexpr size_t kRow = 32, kMetadata = 96; // two rows behind the header
  auto put = [](std::string &text, size_t at, uint32_t value) {
    for (int i = 0; i < 4; ++i)
      text[at + i] = static_cast<char>(value >> (8 * i));
  };
  uint64_t size = 0;
  for (int i = 7; i >= 0; --i)
    size = size << 8 | static_cast<unsigned char>(bytes[kRow + 16 + i]);
  std::mt19937 random(1);
  int accepted = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string damaged = bytes;
    for (unsigned i = 0, changes = 1 + random() % 3; i < changes; ++i)
      damaged[kMetadata + random() % size] =
          random() % 2 ? static_cast<char>(random()) : '\xff';
    put(damaged, kRow + 4, crc32(damaged.data() + kMetadata, size));
    put(damaged, 24, 0);
    put(damaged, 24, crc32(damaged.data(), kMetadata));
    rcmResult result = loadBytes(damaged);
    ASSERT_TRUE(result == RCM_SUCCESS || result == RCM_ERROR_CORRUPT_OBJECT);
    accepted += result == RCM_SUCCESS;
  }
  // Some changes are harmless (a name, a constant): the test reached
  // validation.
  EXPECT_GT(accepted, 0);
}

TEST(RuntimeObject, ChecksPrograms) {
  struct Case {
    const char *text;
    void (*damage)(Entry &);
  };
  const Case cases[] = {
      {"operand 3 is not defined yet", [](Entry &e) { e.program[2].b = 3; }},
      {"unknown opcode 99",
       [](Entry &e) { e.program[2].opcode = static_cast<Opcode>(99); }},
      {"unknown predicate", [](Entry &e) { e.program[2].modifier = 10; }},
      {"a field without a meaning is not 0",
       [](Entry &e) { e.program[2].c = 1; }},
      {"index 7 is outside its table", [](Entry &e) { e.program[0].a = 7; }},
      {"index 2 is outside its table", [](Entry &e) { e.program[0].b = 2; }},
      {"argument 2 is of the other kind", [](Entry &e) { e.program[0].a = 2; }},
      {"index 9 is outside its table",
       [](Entry &e) { e.launches[0].kernel = 9; }},
      {"has the wrong type",
       [](Entry &e) { e.launches[0].parameters[0].kind = ParameterKind::Map; }},
      {"it stands behind a later stage's instruction",
       [](Entry &e) { e.program.push_back({Opcode::Require, 0, 2, 0, 0, 0}); }},
      {"there is more than one scratch",
       [](Entry &e) {
         e.program.push_back({Opcode::Scratch, 0, 0, 0, 0, 16});
       }},
      {"expected a width of 1 to 63",
       [](Entry &e) { e.program.push_back({Opcode::ExtS, 64, 0, 0, 0, 0}); }},
  };
  for (const Case &c : cases) {
    KernelObject object = makeObject();
    c.damage(object.entries[0]);
    expectInvalid(object, c.text);
  }
}

TEST(RuntimeObject, ChecksNumbers) {
  struct Case {
    const char *text;
    void (*damage)(KernelObject &);
  };
  const Case cases[] = {
      {"tensor map 0 holds a number out of range",
       [](KernelObject &o) { o.entries[0].tensorMaps[0].box[0] = 257; }},
      {"tensor map 0 holds a number out of range",
       [](KernelObject &o) { o.entries[0].tensorMaps[0].swizzle = 4; }},
      {"launch 1 holds a number out of range",
       [](KernelObject &o) { o.entries[0].launches[1].cluster[1] = 0; }},
      {"argument 0 holds a number out of range",
       [](KernelObject &o) { o.entries[0].arguments[0].alignment = 3; }},
      {"argument 0 holds a number out of range",
       [](KernelObject &o) { o.entries[0].arguments[0].sizes[1] = -1; }},
      {"two entries are named `run`",
       [](KernelObject &o) { o.entries.push_back(o.entries[0]); }},
      {"expected properties sorted by name, got `a` behind `recipe`",
       [](KernelObject &o) { o.properties.push_back({"a", ""}); }},
      {"expected PTX without a null", [](KernelObject &o) { o.ptx.clear(); }},
      {"expected a minimum driver of the cubin exactly when there is one",
       [](KernelObject &o) { o.cubin = "x"; }},
      {"expected a chip, a compute capability and a PTX version",
       [](KernelObject &o) { o.chip.clear(); }},
  };
  for (const Case &c : cases) {
    KernelObject object = makeObject();
    c.damage(object);
    expectInvalid(object, c.text);
  }
}

TEST(RuntimeObject, ReportsFilesThatCannotBeRead) {
  rcmObject *object = nullptr;
  EXPECT_EQ(rcmObjectLoadFile("no/such/file.rcmobj", &object), RCM_ERROR_FILE);
  EXPECT_STREQ(rcmGetLastErrorText(),
               "no/such/file.rcmobj: No such file or directory");
  EXPECT_EQ(rcmObjectLoadFile(".", &object), RCM_ERROR_FILE);
  EXPECT_EQ(rcmObjectLoadFile(nullptr, &object), RCM_ERROR_INVALID_ARGUMENT);
  EXPECT_EQ(rcmObjectLoadMemory("x", 1, &object), RCM_ERROR_CORRUPT_OBJECT);
  EXPECT_STREQ(rcmGetLastErrorText(),
               "corrupt kernel object: not a kernel object");
  EXPECT_EQ(object, nullptr);
}

TEST(RuntimeObject, NamesEveryResult) {
  for (int code = RCM_SUCCESS; code <= RCM_ERROR_INTERNAL; ++code)
    EXPECT_EQ(std::string(rcmResultName(static_cast<rcmResult>(code)))
                  .rfind("RCM_", 0),
              0u);
  EXPECT_STREQ(rcmResultName(static_cast<rcmResult>(99)), "unknown result");
  EXPECT_EQ(rcmRuntimeVersion(), static_cast<uint32_t>(RCM_RUNTIME_VERSION));
}
