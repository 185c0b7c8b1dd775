//===- ReportPage.cpp - a page that shows one run -------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "ReportPage.h"

#include "ReportCharts.h"

#include "support/JSON.h"
#include "support/JSONReader.h"

#include <algorithm>
#include <cstdio>

using namespace rcm::tools;
using rcm::reference::Error;
using rcm::reference::Result;

/// Light and dark; drawings follow the same variables.
static constexpr const char *kStyle = R"(
:root { color-scheme: light dark; --ink: #1c2330; --dim: #5b6575; --paper: #ffffff;
  --card: #f4f6f9; --line: #d5dae2; --fused: #0f6fc6; --twopass: #e0812b; --part: #93a1b5;
  --rival: #7a5cb8; --residual: #2a9d6f; --quantized: #8f78c9; --operand: #93a1b5; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --dim: #9aa5b5;
  --paper: #14181f; --card: #1d232d; --line: #363f4d; --fused: #4aa3f0; --twopass: #f09a4a; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 860px; padding: 16px; background: var(--paper);
  color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; line-height: 1.2; margin: 8px 0; }
h2 { font-size: 1.2rem; margin: 32px 0 4px; }
h3 { font-size: 1rem; margin: 0 0 8px; overflow-wrap: anywhere; }
p { margin: 4px 0 12px; } .dim { color: var(--dim); font-size: 0.875rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 12px; margin: 0; }
dt { color: var(--dim); } dd { margin: 0; overflow-wrap: anywhere; }
figure { margin: 12px 0; padding: 12px; background: var(--card); border-radius: 8px; }
figcaption { font-size: 0.875rem; color: var(--dim); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.8125rem; width: 100%; }
th, td { text-align: right; padding: 3px 6px; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { white-space: normal; }
th:first-child, td:first-child, td.text, th.text { text-align: left; }
summary { cursor: pointer; color: var(--dim); font-size: 0.875rem; padding: 6px 0; }
svg { display: block; overflow: hidden; } svg text { font-size: 13px; fill: var(--ink); }
svg .value { text-anchor: end; font-weight: 600; } svg .tick { text-anchor: middle; fill: var(--dim); font-size: 12px; }
svg .unit { fill: var(--dim); font-size: 12px; } svg .side { text-anchor: end; fill: var(--dim); font-size: 12px; }
svg .number { text-anchor: middle; font-size: 10px; font-weight: 700; fill: #ffffff; }
svg .spread { stroke: var(--ink); stroke-width: 1.5; } svg .grid { stroke: var(--line); }
svg .roof { stroke: var(--ink); stroke-width: 2; } svg .dot { stroke: var(--card); }
.fused { fill: var(--fused); background: var(--fused); } .twopass { fill: var(--twopass); background: var(--twopass); }
.part { fill: var(--part); background: var(--part); } .rival { fill: var(--rival); background: var(--rival); }
.intermediate { fill: var(--twopass); background: var(--twopass); } .residual { fill: var(--residual); background: var(--residual); }
.out { fill: var(--fused); background: var(--fused); } .quantized { fill: var(--quantized); background: var(--quantized); }
.operand { fill: var(--operand); background: var(--operand); } .other { fill: var(--dim); background: var(--dim); }
svg .part-of { stroke: var(--card); stroke-width: 1; }
.key { display: flex; flex-wrap: wrap; gap: 4px 14px; font-size: 0.8125rem; margin: 8px 0; }
.key i { display: inline-block; width: 12px; height: 12px; border-radius: 2px; margin-right: 5px; }
)";

namespace {

/// Assembles the page.
class Page {
public:
  Page(const ReportData &data, const ReportOptions &options)
      : data(data), options(options) {}
  std::string build();

private:
  void addHead();
  void addLatency();
  void addRoofline();
  void addTraffic();
  void addErrors();
  void addTimingTable();
  std::string describeFusion(const std::string &shape) const;
  void addRow(const char *tag, const std::vector<std::string> &cells) {
    html += "<tr>";
    for (const std::string &cell : cells)
      html += std::string("<") + tag + ">" + escapeHTML(cell) + "</" + tag +
              ">";
    html += "</tr>\n";
  }

  const ReportData &data;
  const ReportOptions &options;
  std::string html;
};

} // namespace

void Page::addHead() {
  std::string title = "rcm on " + data.device;
  html += "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">"
          "\n<meta name=\"viewport\" content=\"width=device-width, "
          "initial-scale=1\">\n<title>" +
          escapeHTML(title) + "</title>\n<style>" + kStyle +
          "</style>\n</head>\n<body>\n<h1>Attention and skip: one pass against "
          "two</h1>\n<dl>";
  auto add = [&](const char *name, const std::string &value) {
    if (!value.empty())
      html += std::string("<dt>") + name + "</dt><dd>" + escapeHTML(value) +
              "</dd>\n";
  };
  add("device", data.device);
  add("driver", data.driver);
  add("commit", data.commit);
  add("date", data.firstDate == data.lastDate
                  ? data.firstDate
                  : data.firstDate + " to " + data.lastDate);
  html += "</dl>\n";
}

/// What fusion gains in a shape, for every recipe that was timed both ways.
std::string Page::describeFusion(const std::string &shape) const {
  std::string text;
  for (const ReportTiming &one : data.timings)
    for (const ReportTiming &two : data.timings) {
      bool isPair = one.shape == shape && two.shape == shape &&
                    one.recipe == two.recipe && one.target == two.target &&
                    one.mode.rfind("fused", 0) == 0 &&
                    two.mode == "two-pass" + one.mode.substr(5);
      if (!isPair)
        continue;
      char line[200];
      std::snprintf(line, sizeof(line),
                    "%s%sone pass takes %.3f of the time of two "
                    "(%.2f times as fast)%s",
                    text.empty() ? "" : "; ",
                    one.recipe.empty() || one.recipe == "none"
                        ? ""
                        : (one.recipe + ": ").c_str(),
                    one.median / two.median, two.median / one.median,
                    one.p90 < two.p10 || two.p90 < one.p10
                        ? ""
                        : ", within the spread");
      text += line;
    }
  return text;
}

void Page::addLatency() {
  html += "<h2>Latency</h2>\n<p class=\"dim\">Medians; the thin line is the "
          "10th to the 90th percentile. Every shape has its own scale, from "
          "0.</p>\n<div class=\"key\"><span><i class=\"fused\"></i>one pass</"
          "span><span><i class=\"twopass\"></i>two passes</span><span><i "
          "class=\"part\"></i>a part alone</span><span><i class=\"rival\"></i>"
          "other code</span></div>\n";
  for (const std::string &shape : data.shapes()) {
    html += "<figure><h3>" + escapeHTML(shape) + "</h3>\n" +
            drawLatency(data, shape);
    if (std::string text = describeFusion(shape); !text.empty())
      html += "<figcaption>" + escapeHTML(text) + "</figcaption>";
    html += "</figure>\n";
  }
}

void Page::addTimingTable() {
  html += "<details><summary>All timings as a table</summary>\n<div "
          "class=\"wide\"><table class=\"timings\">\n";
  addRow("th", {"#", "shape", "mode", "median ms", "p10", "p90", "TFLOP/s",
                "GB/s"});
  int number = 0;
  for (const ReportTiming &timing : data.timings)
    addRow("td", {std::to_string(++number), timing.shape, timing.label(),
                  shortNumber(timing.median), shortNumber(timing.p10),
                  shortNumber(timing.p90), shortNumber(timing.teraflops),
                  shortNumber(timing.gigabytesPerSecond)});
  html += "</table></div></details>\n";
}

void Page::addRoofline() {
  Roofs roofs{options.roofTeraflops, options.roofGigabytesPerSecond,
              options.roofTeraflops > 0, options.roofGigabytesPerSecond > 0};
  bool hasCopy = data.copyGigabytesPerSecond > 0;
  if (!roofs.memoryIsGiven && hasCopy)
    roofs.gigabytesPerSecond = data.copyGigabytesPerSecond;
  for (const ReportTiming &timing : data.timings) {
    if (!roofs.computeIsGiven)
      roofs.teraflops = std::max(roofs.teraflops, timing.teraflops);
    if (!roofs.memoryIsGiven && !hasCopy)
      roofs.gigabytesPerSecond =
          std::max(roofs.gigabytesPerSecond, timing.gigabytesPerSecond);
  }
  if (!(roofs.teraflops > 0) || !(roofs.gigabytesPerSecond > 0))
    return;
  auto source = [](bool isGiven) {
    return std::string(isGiven ? " (given)" : " (the best of this page)");
  };
  html += "<h2>Roofline</h2>\n<p class=\"dim\">TFLOP/s over operations per byte "
          "of operands, each counted once. Roofs: " +
          shortNumber(roofs.teraflops) + " TFLOP/s" +
          source(roofs.computeIsGiven) + ", " +
          shortNumber(roofs.gigabytesPerSecond) + " GB/s" +
          (hasCopy && !roofs.memoryIsGiven ? std::string(" (copies in the same run)")
                                           : source(roofs.memoryIsGiven)) +
          ". Numbers as in the table of timings.</p>\n<figure>\n" +
          drawRoofline(data, roofs) + "</figure>\n";
  addTimingTable();
}

void Page::addTraffic() {
  if (data.traffic.empty())
    return;
  html += "<h2>Traffic</h2>\n<p class=\"dim\">Bytes read and written, computed "
          "from the IR, not measured: each tensor once per kernel. A unit is the "
          "output's size. \"Counted\" is what the hardware saw.</p>\n<div class=\"key\"><span><i "
          "class=\"operand\"></i>q, k, v</span><span><i "
          "class=\"residual\"></i>x in the skip</span><span><i "
          "class=\"intermediate\"></i>o between the passes</span><span><i "
          "class=\"out\"></i>output</span><span><i "
          "class=\"quantized\"></i>quantization</span><span><i "
          "class=\"other\"></i>other kernels</span></div>\n";
  std::vector<std::string> titles;
  for (const ReportTraffic &traffic : data.traffic)
    if (std::find(titles.begin(), titles.end(), traffic.title) == titles.end())
      titles.push_back(traffic.title);
  for (const std::string &title : titles) {
    html += "<figure><h3>" + escapeHTML(title) + "</h3>\n" +
            drawTraffic(data, title) +
            "<details><summary>Rows</summary><div class=\"wide\"><table "
            "class=\"rows\">\n";
    addRow("th", {"form", "kernel", "tensor", "read", "written"});
    for (const ReportTraffic &traffic : data.traffic) {
      if (traffic.title != title)
        continue;
      for (const ReportTraffic::Part &part : traffic.parts)
        addRow("td", {traffic.form, part.kernel, part.tensor,
                      std::to_string(static_cast<long long>(part.bytesRead)),
                      std::to_string(
                          static_cast<long long>(part.bytesWritten))});
    }
    html += "</table></div></details></figure>\n";
  }
}

void Page::addErrors() {
  if (data.errors.empty())
    return;
  html += "<h2>Errors</h2>\n<p class=\"dim\">Against f64, on the rows that the "
          "run checked.</p>\n<div class=\"wide\"><table class=\"errors\">\n";
  addRow("th", {"case", "1 - cosine", "relative L1", "RMSE", "max |diff|"});
  for (const ReportError &error : data.errors)
    addRow("td",
           {error.shape + ", " + error.label, shortNumber(error.oneMinusCosine),
            shortNumber(error.relativeL1), shortNumber(error.rmse),
            shortNumber(error.maxAbsDiff)});
  html += "</table></div>\n";
}

std::string Page::build() {
  addHead();
  addLatency();
  addRoofline();
  addTraffic();
  addErrors();
  html += "</body>\n</html>\n";
  return std::move(html);
}

Result<void> rcm::tools::writeReport(const ReportOptions &options,
                                     const std::string &json) {
  std::vector<std::pair<std::string, std::string>> texts;
  for (const std::string &path : options.from) {
    Result<std::string> text = readFile(path);
    if (!text)
      return Error{text.error()};
    texts.emplace_back(path, *text);
  }
  if (options.from.empty())
    texts.emplace_back("this run", json);
  Result<ReportData> data = readReportData(texts);
  if (!data)
    return Error{data.error()};
  return writeFile(options.page, Page(*data, options).build());
}
