//===- TransformsTuningTableTest.cpp - Measured schedules by shape --------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/Transforms/TuningTable.h"

#include <gtest/gtest.h>

using namespace rcm;

static std::string entryText(const std::string &recipe, int64_t rows,
                             double milliseconds) {
  auto range = "[" + std::to_string(rows / 2) + ", " +
               std::to_string(rows * 2) + "]";
  return R"({"recipe": ")" + recipe +
         R"(", "depth": 128, "width": 128, "causal": false, "rows": )" + range +
         R"(, "keys": [1, 100000], "heads": [1, 64], "schedule": ")" + recipe +
         std::to_string(rows) + R"(", "ms": )" + std::to_string(milliseconds) +
         R"(, "measured": {"rows": )" + std::to_string(rows) +
         R"(, "keys": 4096, "heads": 16, "type": "bf16"}})";
}

static TuningTable parse(const std::string &entries) {
  llvm::Expected<TuningTable> table = TuningTable::parse(
      R"({"format": "rcm-tuning-table", "version": 1, "chip": "sm_90a", )"
      R"("entries": [)" + entries + "]}",
      "test");
  EXPECT_TRUE(bool(table)) << llvm::toString(table.takeError());
  return table ? std::move(*table) : TuningTable();
}

static AttentionShape shapeOf(int64_t rows, int64_t keys = 4096,
                              int64_t depth = 128) {
  return {1, 16, 16, rows, keys, depth, 128, false, true};
}

TEST(TuningTable, TakesTheNearestEntryThatHolds) {
  TuningTable table = parse(entryText("int8-e4m3", 1000, 1) + "," +
                            entryText("int8-e4m3", 3000, 1));
  EXPECT_EQ(table.find("int8-e4m3", shapeOf(499)), nullptr);
  ASSERT_TRUE(table.find("int8-e4m3", shapeOf(500)));
  EXPECT_EQ(table.find("int8-e4m3", shapeOf(1600))->measuredRows, 1000);
  // Nearer by factor, not by difference: 1800 / 1000 > 3000 / 1800.
  EXPECT_EQ(table.find("int8-e4m3", shapeOf(1800))->measuredRows, 3000);
  EXPECT_EQ(table.find("int8-e4m3", shapeOf(6001)), nullptr);
  EXPECT_EQ(table.find("int8-e4m3", shapeOf(1000, 100001)), nullptr);
}

TEST(TuningTable, SharesEntriesWhereKernelsAreTheSame) {
  TuningTable table = parse(entryText("bf16", 1000, 1));
  EXPECT_TRUE(table.find("f16", shapeOf(1000)));
  EXPECT_FALSE(table.find("int8-e4m3", shapeOf(1000)));
  EXPECT_TRUE(table.find("bf16", shapeOf(1000, 4096, 96)));
  EXPECT_FALSE(table.find("bf16", shapeOf(1000, 4096, 64)));
  AttentionShape causal = shapeOf(1000);
  causal.causal = true;
  EXPECT_FALSE(table.find("bf16", causal));
}

TEST(TuningTable, ScalesMeasuredTimes) {
  TuningTable table = parse(entryText("bf16", 4096, 2));
  EXPECT_NEAR(*table.estimate("bf16", shapeOf(4096)), 2000, 1e-6);
  // Twice the keys take about twice as long.
  double twice = *table.estimate("bf16", shapeOf(4096, 8192));
  EXPECT_GT(twice, 3600);
  EXPECT_LT(twice, 4100);
  EXPECT_FALSE(table.estimate("int8-e4m3", shapeOf(4096)));
}

TEST(TuningTable, RefusesWhatItDoesNotKnow) {
  auto errorOf = [](const std::string &text) {
    return llvm::toString(TuningTable::parse(text, "t.json").takeError());
  };
  EXPECT_EQ(errorOf(R"({"format": "rcm-tuning-table", "version": 9})"),
            "t.json: expected a tuning table of version 1, got version 9; "
            "measure again with rcm-bench --tune");
  EXPECT_EQ(errorOf(R"({"format": "rcm-tuning-table", "version": "1"})"),
            "t.json: expected `version` to be a whole number, got \"1\"");
  EXPECT_EQ(errorOf(R"({"format": "rcm-tuning-table", "version": 1,
                        "chip": "sm_90a", "entries": [3]})"),
            "t.json: entry 0: expected an object, got something else");
  EXPECT_EQ(errorOf("[]"),
            "t.json: expected `format` to be \"rcm-tuning-table\", got none");
}

TEST(TuningTable, BuiltInTableIsForItsChipOnly) {
  llvm::Expected<TuningTable> known = TuningTable::open("", "sm_90a");
  ASSERT_TRUE(bool(known)) << llvm::toString(known.takeError());
  EXPECT_EQ(known->chip(), "sm_90a");
  llvm::Expected<TuningTable> other = TuningTable::open("", "sm_100a");
  ASSERT_TRUE(bool(other)) << llvm::toString(other.takeError());
  EXPECT_TRUE(other->entries().empty());
}
