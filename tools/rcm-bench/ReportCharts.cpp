//===- ReportCharts.cpp - drawings of a report page -----------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "ReportCharts.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

using namespace rcm::tools;

std::string rcm::tools::escapeHTML(const std::string &text) {
  std::string escaped;
  for (char c : text) {
    if (c == '&')
      escaped += "&amp;";
    else if (c == '<')
      escaped += "&lt;";
    else if (c == '>')
      escaped += "&gt;";
    else if (c == '"')
      escaped += "&quot;";
    else
      escaped += c;
  }
  return escaped;
}

template <typename... Args>
static std::string format(const char *pattern, Args... arguments) {
  char text[1024];
  std::snprintf(text, sizeof(text), pattern, arguments...);
  return text;
}

std::string rcm::tools::shortNumber(double value) {
  double magnitude = std::fabs(value);
  if (magnitude == 0)
    return "0";
  if (magnitude < 1e-3 || magnitude >= 1e6)
    return format("%.1e", value);
  int digits = 2 - static_cast<int>(std::floor(std::log10(magnitude)));
  return format("%.*f", std::max(digits, 0), value);
}

std::string rcm::tools::megabytes(double bytes) {
  return bytes < 1e6 ? shortNumber(bytes * 1e-3) + " kB"
                     : shortNumber(bytes * 1e-6) + " MB";
}

/// A class of the style sheet for what a bar is.
static const char *classOf(const std::string &mode) {
  if (mode.rfind("fused", 0) == 0)
    return "fused";
  if (mode.rfind("two-pass", 0) == 0)
    return "twopass";
  if (mode.rfind("attention", 0) == 0 || mode.rfind("skip", 0) == 0)
    return "part";
  return "rival";
}

/// Opens a drawing; the text is for people who do not see it.
static std::string openSVG(const char *kind, double height,
                           const std::string &description) {
  return format("<svg class=\"%s\" role=\"img\" width=\"100%%\" "
                "height=\"%.0f\" aria-label=\"",
                kind, height) +
         escapeHTML(description) + "\">\n";
}

static std::string drawText(double xPercent, double y, const char *kind,
                            const std::string &text) {
  return format("<text x=\"%.2f%%\" y=\"%.1f\" class=\"%s\">", xPercent, y,
                kind) +
         escapeHTML(text) + "</text>\n";
}

static std::string drawLine(double x1, double y1, double x2, double y2,
                            const char *kind) {
  return format("<line x1=\"%.2f%%\" y1=\"%.1f\" x2=\"%.2f%%\" y2=\"%.1f\" "
                "class=\"%s\"/>\n",
                x1, y1, x2, y2, kind);
}

//===----------------------------------------------------------------------===//
// Latency
//===----------------------------------------------------------------------===//

std::string rcm::tools::drawLatency(const ReportData &data,
                                    const std::string &shape) {
  // A row is a line of text and a bar below it, in CSS pixels.
  constexpr double kRow = 44, kTextBaseline = 14, kBarTop = 20, kBar = 16;
  // The longest whisker ends here; the rest is for the figure behind it.
  constexpr double kWidest = 98;
  double largest = 0;
  int rows = 0;
  for (const ReportTiming &timing : data.timings)
    if (timing.shape == shape) {
      largest = std::max({largest, timing.p90, timing.median});
      ++rows;
    }
  std::string svg =
      openSVG("latency", rows * kRow, "latency of " + shape + " in ms");
  double top = 0;
  for (const ReportTiming &timing : data.timings) {
    if (timing.shape != shape)
      continue;
    auto x = [&](double ms) { return ms / largest * kWidest; };
    double middle = top + kBarTop + kBar / 2;
    std::string spread = shortNumber(timing.p10) + " to " +
                         shortNumber(timing.p90) + " ms";
    svg += drawText(0, top + kTextBaseline, "label", timing.label());
    svg += drawText(100, top + kTextBaseline, "value",
                    shortNumber(timing.median) + " ms");
    svg += format("<rect x=\"0\" y=\"%.1f\" width=\"%.2f%%\" height=\"%.0f\" "
                  "class=\"bar %s\"><title>",
                  top + kBarTop, x(timing.median), kBar,
                  classOf(timing.mode)) +
           escapeHTML(timing.label() + ": " + shortNumber(timing.median) +
                      " ms, " + spread) +
           "</title></rect>\n";
    svg += drawLine(x(timing.p10), middle, x(timing.p90), middle, "spread");
    for (double end : {timing.p10, timing.p90})
      svg += drawLine(x(end), middle - 5, x(end), middle + 5, "spread");
    top += kRow;
  }
  return svg + "</svg>\n";
}

//===----------------------------------------------------------------------===//
// Roofline
//===----------------------------------------------------------------------===//

namespace {

/// Logarithmic axes: operations per byte to percent, TFLOP/s to pixels.
struct RooflineAxes {
  // Room for the numbers beside the axes; percent and CSS pixels.
  static constexpr double kLeft = 14, kRight = 95, kTop = 24, kBottom = 260;
  double lowX, highX, lowY, highY; ///< decades

  double x(double intensity) const {
    return kLeft +
           (std::log10(intensity) - lowX) / (highX - lowX) * (kRight - kLeft);
  }
  double y(double rate) const {
    return kBottom -
           (std::log10(rate) - lowY) / (highY - lowY) * (kBottom - kTop);
  }
};

} // namespace

static double intensityOf(const ReportTiming &timing) {
  // TFLOP/s over GB/s is thousands of operations per byte.
  return timing.teraflops * 1e3 / timing.gigabytesPerSecond;
}

static bool hasRate(const ReportTiming &timing) {
  return timing.teraflops > 0 && timing.gigabytesPerSecond > 0;
}

static RooflineAxes chooseAxes(const ReportData &data, const Roofs &roofs) {
  RooflineAxes axes{1e9, -1e9, 1e9, -1e9};
  for (const ReportTiming &timing : data.timings) {
    if (!hasRate(timing))
      continue;
    axes.lowX = std::min(axes.lowX, std::log10(intensityOf(timing)));
    axes.highX = std::max(axes.highX, std::log10(intensityOf(timing)));
    axes.lowY = std::min(axes.lowY, std::log10(timing.teraflops));
  }
  double ridge = roofs.teraflops * 1e3 / roofs.gigabytesPerSecond;
  axes.lowX = std::floor(std::min(axes.lowX, std::log10(ridge)) - 0.2);
  axes.highX = std::ceil(std::max(axes.highX, std::log10(ridge)) + 0.2);
  axes.lowY = std::floor(axes.lowY - 0.1);
  axes.highY = std::ceil(std::log10(roofs.teraflops) + 0.1);
  return axes;
}

static std::string drawAxes(const RooflineAxes &axes) {
  std::string svg;
  for (int decade = static_cast<int>(axes.lowX); decade <= axes.highX;
       ++decade) {
    double x = axes.x(std::pow(10, decade));
    svg += drawLine(x, axes.kTop, x, axes.kBottom, "grid");
    svg += drawText(x, axes.kBottom + 16, "tick",
                    format("%g", std::pow(10, decade)));
  }
  for (int decade = static_cast<int>(axes.lowY); decade <= axes.highY;
       ++decade) {
    double y = axes.y(std::pow(10, decade));
    svg += drawLine(axes.kLeft, y, axes.kRight, y, "grid");
    svg += drawText(axes.kLeft - 1.5, y + 4, "side",
                    format("%g", std::pow(10, decade)));
  }
  svg += drawText((axes.kLeft + axes.kRight) / 2, axes.kBottom + 36, "tick",
                  "operations per byte");
  svg += drawText(axes.kLeft, axes.kTop - 8, "unit", "TFLOP/s");
  return svg;
}

std::string rcm::tools::drawRoofline(const ReportData &data,
                                     const Roofs &roofs) {
  RooflineAxes axes = chooseAxes(data, roofs);
  std::string svg = openSVG("roofline", 304,
                            "TFLOP/s over operations per byte, with the roofs "
                            "of memory and arithmetic");
  svg += drawAxes(axes);
  double ridge = roofs.teraflops * 1e3 / roofs.gigabytesPerSecond;
  // The memory roof enters at the left edge or at the bottom.
  double start = std::max(std::pow(10, axes.lowX),
                          std::pow(10, axes.lowY) * 1e3 /
                              roofs.gigabytesPerSecond);
  svg += drawLine(axes.x(start),
                  axes.y(start * roofs.gigabytesPerSecond * 1e-3),
                  axes.x(ridge), axes.y(roofs.teraflops), "roof");
  svg += drawLine(axes.x(ridge), axes.y(roofs.teraflops), axes.kRight,
                  axes.y(roofs.teraflops), "roof");
  int number = 0;
  for (const ReportTiming &timing : data.timings) {
    ++number;
    if (!hasRate(timing))
      continue;
    double x = axes.x(intensityOf(timing)), y = axes.y(timing.teraflops);
    svg += format("<circle cx=\"%.2f%%\" cy=\"%.1f\" r=\"9\" class=\"dot "
                  "%s\"><title>",
                  x, y, classOf(timing.mode)) +
           escapeHTML(timing.shape + ", " + timing.label() + ": " +
                      shortNumber(timing.teraflops) + " TFLOP/s, " +
                      shortNumber(intensityOf(timing)) +
                      " operations per byte") +
           "</title></circle>\n" +
           drawText(x, y + 3.5, "number", std::to_string(number));
  }
  return svg + "</svg>\n";
}

//===----------------------------------------------------------------------===//
// Traffic
//===----------------------------------------------------------------------===//

/// What a part of a stack is, as a class of the style sheet: the tensors that
/// fusion is about have colours of their own.
static const char *kindOf(const ReportTraffic::Part &part) {
  const std::string &tensor = part.tensor;
  if (tensor == "attention_out")
    return "intermediate";
  if (tensor == "residual")
    return "residual";
  if (tensor == "out")
    return "out";
  if (part.kernel.rfind("quantize", 0) == 0 ||
      tensor.find("int8") != std::string::npos ||
      tensor.find("e4m3") != std::string::npos ||
      tensor.find("scale") != std::string::npos)
    return "quantized";
  if (tensor == "query" || tensor == "key" || tensor == "value")
    return "operand";
  return "other";
}

std::string rcm::tools::drawTraffic(const ReportData &data,
                                    const std::string &title) {
  // A line of text, the bar, and what the hardware counted where it did.
  constexpr double kRow = 44, kTextBaseline = 14, kBarTop = 20, kBar = 16;
  constexpr double kCountedBaseline = 51, kCountedRow = 18;
  double largest = 0, height = 0;
  for (const ReportTraffic &traffic : data.traffic)
    if (traffic.title == title) {
      largest = std::max(largest, traffic.bytes);
      height += kRow + (traffic.counted >= 0 ? kCountedRow : 0);
    }
  std::string svg = openSVG("traffic", height, "bytes moved by " + title);
  double top = 0;
  for (const ReportTraffic &traffic : data.traffic) {
    if (traffic.title != title || largest <= 0)
      continue;
    std::string value = megabytes(traffic.bytes);
    if (traffic.units >= 0)
      value += ", " + shortNumber(traffic.units) + " units";
    svg += drawText(0, top + kTextBaseline, "label", traffic.form);
    svg += drawText(100, top + kTextBaseline, "value", value);
    double left = 0;
    for (const ReportTraffic::Part &part : traffic.parts) {
      double bytes = part.bytesRead + part.bytesWritten;
      double width = bytes / largest * 100;
      svg += format("<rect x=\"%.2f%%\" y=\"%.1f\" width=\"%.2f%%\" "
                    "height=\"%.0f\" class=\"part-of %s\"><title>",
                    left, top + kBarTop, width, kBar, kindOf(part)) +
             escapeHTML(part.kernel + ", " + part.tensor + ": " +
                        megabytes(bytes)) +
             "</title></rect>\n";
      left += width;
    }
    if (traffic.counted >= 0) {
      svg += drawText(0, top + kCountedBaseline, "unit",
                      "counted by the hardware: " + megabytes(traffic.counted));
      top += kCountedRow;
    }
    top += kRow;
  }
  return svg + "</svg>\n";
}
