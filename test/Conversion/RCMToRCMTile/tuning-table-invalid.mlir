// Tables that do not fit this compiler are refused as a whole, with what was
// expected and found.
// RUN: rcm-opt %s --rcm-select-schedule=table=%S/Inputs/tuning-table.json | FileCheck %s --check-prefix=GOOD
// GOOD: consumer_warpgroups = 2

// DEFINE: %{change} =
// DEFINE: %{select} = sed '%{change}' %S/Inputs/tuning-table.json > %t.json && not rcm-opt %s --rcm-select-schedule=table=%t.json 2>&1 | FileCheck %s
// REDEFINE: %{change} = s/"version": 1/"version": 2/
// RUN: %{select} --check-prefix=VERSION
// VERSION: error: {{.*}}.json: expected a tuning table of version 1, got version 2; measure again with rcm-bench --tune
// REDEFINE: %{change} = s/sm_90a/sm_100a/
// RUN: %{select} --check-prefix=CHIP
// CHIP: error: {{.*}}.json: expected a tuning table of the chip sm_90a, got one of sm_100a
// REDEFINE: %{change} = s/rcm-tuning-table/table/
// RUN: %{select} --check-prefix=FORMAT
// FORMAT: error: {{.*}}.json: expected `format` to be "rcm-tuning-table", got "table"
// REDEFINE: %{change} = s/"keys": .500, 2000./"keys": 3/
// RUN: %{select} --check-prefix=MEMBER
// MEMBER: error: {{.*}}.json: entry 0: expected `keys` to be two whole numbers, the smaller first, got 3
// REDEFINE: %{change} = s/"measured"/"guessed"/
// RUN: %{select} --check-prefix=MISSING
// MISSING: error: {{.*}}.json: entry 0: expected `measured` to be an object, got none
// REDEFINE: %{change} = s/, "version"/ "version"/
// RUN: %{select} --check-prefix=JSON
// JSON: error: {{.*}}.json: expected JSON, got

// Schedules of other compilers, and such that no kernel has.
// REDEFINE: %{change} = s/stages = 3, //
// RUN: %{select} --check-prefix=FIELD
// FIELD: error: {{.*}}.json: entry 0: expected a schedule of this compiler, got <consumer_warpgroups = 2, query_tile = 128, key_tile = 128, accumulation {{.*}}>: struct is missing required parameter: stages
// REDEFINE: %{change} = s/stages = 3/stages = 9/
// RUN: %{select} --check-prefix=STAGES
// STAGES: error: {{.*}}.json: entry 0: expected a schedule of this compiler, got <{{.*}}stages = 9{{.*}}>: expected `stages` to be 2 to 8, got 9
// REDEFINE: %{change} = s/stages = 3/stages = 6/
// RUN: %{select} --check-prefix=MEMORY
// MEMORY: error: {{.*}}.json: entry 0: expected shared memory to be at most 232448 bytes, got
// REDEFINE: %{change} = s/"recipe": "int8-e4m3"/"recipe": "bf16"/
// RUN: %{select} --check-prefix=RECIPE
// RECIPE: error: {{.*}}.json: entry 0: expected recipe of the schedule to be bf16, got int8-e4m3
// REDEFINE: %{change} = s/"depth": 128/"depth": 512/
// RUN: %{select} --check-prefix=DEPTH
// DEPTH: error: {{.*}}.json: entry 0: expected `depth` and `width` to be 1 to 256, got 512 and 128

// Speed does not cost accuracy.
// REDEFINE: %{change} = s/500, 2000/500, 5000/g
// RUN: %{select} --check-prefix=DIRECT
// DIRECT: error: {{.*}}.json: entry 0: expected at most 4096 keys under direct accumulation, got 5000
// REDEFINE: %{change} = s/direct, promotion_tiles = 1/promoted, promotion_tiles = 64/
// RUN: %{select} --check-prefix=INTERVAL
// INTERVAL: error: {{.*}}.json: entry 0: expected `promotion_tiles` to be at most 32, got 64
// REDEFINE: %{change} = s/scales = thread/scales = warp/
// RUN: %{select} --check-prefix=SCALES
// SCALES: error: {{.*}}.json: entry 0: expected `scales` to be thread, got warp
// REDEFINE: %{change} = s/rescale_threshold = 2.0/rescale_threshold = 4.0/
// RUN: %{select} --check-prefix=RESCALE
// RESCALE: error: {{.*}}.json: entry 0: expected `rescale_threshold` to be at most 2{{.*}}, got 4

// RUN: not rcm-opt %s --rcm-select-schedule=table=%t.none.json 2>&1 | FileCheck %s --check-prefix=FILE
// FILE: error: {{.*}}.none.json: expected a tuning table, got 'No such file or directory'
// RUN: not rcm-opt %s --rcm-select-recipe=table=%t.none.json 2>&1 | FileCheck %s --check-prefix=FILE

!q = memref<2x4x1000x128xbf16>
func.func @f(%q: !q) {
  rcm.attention scale(0.125) ins(%q, %q, %q : !q, !q, !q) outs(%q : !q)
  return
}
