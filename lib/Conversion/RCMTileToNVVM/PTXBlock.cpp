//===- PTXBlock.cpp - Builds one inline PTX block
//---------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "PTXBlock.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace rcm::tile;

/// Placeholders until the operands are numbered: \1<n>\3 is output n and
/// \2<n>\3 input n. No PTX contains these characters.
static std::string placeholder(char kind, size_t number) {
  return std::string(1, kind) + std::to_string(number) + '\3';
}

/// The constraint letter of LLVM's NVPTX back end for a register of `type`.
static char constraintOf(Type type) {
  if (type.isF32())
    return 'f';
  if (type.isF64())
    return 'd';
  if (type.isInteger(16))
    return 'h';
  return type.isInteger(32) ? 'r' : 'l';
}

PTXBlock::Register PTXBlock::write(Type type) {
  outputs.push_back({type, Value()});
  return placeholder('\1', outputs.size() - 1);
}

PTXBlock::Register PTXBlock::readWrite(Value value) {
  outputs.push_back({value.getType(), value});
  return placeholder('\1', outputs.size() - 1);
}

PTXBlock::Register PTXBlock::read(Value value) {
  inputs.push_back(value);
  return placeholder('\2', inputs.size() - 1);
}

SmallVector<PTXBlock::Register> PTXBlock::write(Type type, int64_t count) {
  SmallVector<Register> registers;
  for (int64_t i = 0; i < count; ++i)
    registers.push_back(write(type));
  return registers;
}

SmallVector<PTXBlock::Register> PTXBlock::readWrite(ValueRange values) {
  return llvm::map_to_vector(values, [&](Value v) { return readWrite(v); });
}

SmallVector<PTXBlock::Register> PTXBlock::read(ValueRange values) {
  return llvm::map_to_vector(values, [&](Value v) { return read(v); });
}

std::string PTXBlock::list(ArrayRef<Register> registers) {
  return "{" + llvm::join(registers, ", ") + "}";
}

void PTXBlock::line(const Twine &instruction) {
  if (!text.empty())
    text += ' ';
  text += instruction.str();
}

/// Replaces the placeholders by operand numbers.
static std::string number(StringRef text, size_t outputs) {
  std::string result;
  while (!text.empty()) {
    size_t at = text.find_first_of("\1\2");
    result += text.substr(0, at);
    if (at == StringRef::npos)
      break;
    size_t base = text[at] == '\1' ? 0 : outputs;
    text = text.substr(at + 1);
    size_t index = 0;
    text.consumeInteger(10, index);
    text = text.drop_front(); // the closing \3
    result += "$" + std::to_string(base + index);
  }
  return result;
}

SmallVector<Value> PTXBlock::emit(bool sideEffects) {
  SmallVector<std::string> constraints;
  SmallVector<Type> types;
  SmallVector<Value> operands(inputs);
  for (const Output &output : outputs) {
    constraints.push_back(std::string("=") + constraintOf(output.type));
    types.push_back(output.type);
  }
  for (Value input : inputs)
    constraints.push_back(std::string(1, constraintOf(input.getType())));
  for (auto [index, output] : llvm::enumerate(outputs)) {
    if (!output.tied)
      continue;
    constraints.push_back(std::to_string(index));
    operands.push_back(output.tied);
  }
  if (memory)
    constraints.push_back("~{memory}");

  Type result;
  if (types.size() == 1)
    result = types[0];
  else if (types.size() > 1)
    result = LLVM::LLVMStructType::getLiteral(builder.getContext(), types);
  auto dialect =
      LLVM::AsmDialectAttr::get(builder.getContext(), LLVM::AsmDialect::AD_ATT);
  auto block = LLVM::InlineAsmOp::create(
      builder, loc, result ? TypeRange(result) : TypeRange(), operands,
      number(text, outputs.size()), llvm::join(constraints, ","), sideEffects,
      /*is_align_stack=*/false, LLVM::tailcallkind::TailCallKind::None, dialect,
      ArrayAttr());
  SmallVector<Value> results;
  if (types.size() == 1)
    results.push_back(block.getRes());
  else
    for (size_t i = 0; i < types.size(); ++i)
      results.push_back(
          LLVM::ExtractValueOp::create(builder, loc, block.getRes(), i));
  return results;
}
