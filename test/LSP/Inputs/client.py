"""Talks to a language server as an editor does: framed JSON on pipes.

  client.py SERVER GOOD.mlir BAD.mlir
"""
import json
import pathlib
import subprocess
import sys


class Client:
    def __init__(self, server):
        self.process = subprocess.Popen([server], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL)

    def send(self, method, params, number=None):
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        if number is not None:
            message["id"] = number
        raw = json.dumps(message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(raw) + raw)
        self.process.stdin.flush()

    def receive(self):
        length = 0
        while line := self.process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if not length:
            sys.exit("expected a message of the server, got the end of its output")
        return json.loads(self.process.stdout.read(length))


def open_file(client, path):
    uri = pathlib.Path(path).resolve().as_uri()
    client.send("textDocument/didOpen", {"textDocument": {
        "uri": uri, "languageId": "mlir", "version": 1, "text": pathlib.Path(path).read_text()}})
    answer = client.receive()
    assert answer["method"] == "textDocument/publishDiagnostics", answer
    return uri, [entry["message"] for entry in answer["params"]["diagnostics"]]


def position_of(path, word):
    for number, line in enumerate(pathlib.Path(path).read_text().splitlines()):
        if word in line:
            return {"line": number, "character": line.index(word)}
    sys.exit(f"expected {word} in {path}")


def main(server, good, bad):
    client = Client(server)
    client.send("initialize", {"processId": None, "rootUri": None, "capabilities": {}}, 1)
    capabilities = client.receive()["result"]["capabilities"]
    print("hover:", capabilities["hoverProvider"])
    client.send("initialized", {})
    uri, messages = open_file(client, good)
    print("diagnostics of the good file:", len(messages))
    client.send("textDocument/hover", {"textDocument": {"uri": uri},
                                       "position": position_of(good, "rcm.attention_skip")}, 2)
    print("hover text:", client.receive()["result"]["contents"]["value"].split("\n")[0])
    print("diagnostics of the bad file:", open_file(client, bad)[1])
    client.send("shutdown", None, 3)
    client.receive()
    client.send("exit", None)
    print("exit code:", client.process.wait(timeout=20))


main(*sys.argv[1:])
