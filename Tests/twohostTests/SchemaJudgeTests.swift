// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The Python packages `json5` and `jsonschema` as judges of the schemas.
@Suite("The JSON Schema")
struct SchemaJudgeTests {
  /// The files whose errors lie between several places, which the checks find and no schema can.
  private static let errorsOfMeaning: Set = [
    "answer-in-a-burst", "answer-without-a-question", "segment-to-a-program-without-a-port",
    "bind-elsewhere", "cable-beyond-the-exchange", "cable-lost-by-the-seed",
    "cable-match-beyond-the-exchange", "cable-match-of-nothing", "cable-meets-itself",
    "cable-meets-offload",
    "cable-reverse-beyond-the-exchange", "cable-reverse-meets-itself",
    "counters-in-a-burst", "endings", "flow-beside-others", "flow-by-programs", "flow-too-much",
    "idle-host-sends", "matrix-names-of-cases", "matrix-too-large", "matrix-value",
    "network-addresses", "network-own-address", "no-exchange-to-type", "network-same-twice",
    "network-unknown", "order-in-lockstep",
    "ipv6-addresses-of-no-host", "ipv6-addresses-of-routers", "ipv6-every-field-of-ipv4",
    "ipv6-hosts-of-two-versions", "ipv6-hosts-without", "ipv6-keys-in-ipv4", "ipv6-keys-of-ipv4",
    "ipv6-not-told", "ipv6-small-mtu", "returned-pieces",
    "payload-file", "program-at-its-own-pace", "program-without-run", "programs", "protocol-of-no-receiver",
    "acknowledgments-in-a-burst", "quotes", "quotes-a-flow", "quotes-in-a-burst", "stream-at-a-small-mtu",
    "stream-behind-the-end", "stream-beside-a-packet", "stream-expected-of-packets",
    "stream-of-idle-and-mute-hosts", "stream-port-zero", "stream-seen-at-places", "stream-to-udp",
    "stream-typed-at-length",
    "stream-until-the-end-of-a-role", "stream-with-headers", "stream-with-ports-of-its-own",
    "stream-with-roles-for-packets", "stream-without-a-port", "udp-socket-for-nothing",
    "roles", "unexpected-anything", "variables", "variables-alone", "variables-value", "ways-out",
    "ways-out-of-destinations", "ways-out-of-fields", "ways-out-of-options",
  ]

  @Test("it is a schema of its dialect, and accepts every scenario in the tree")
  func scenarios() throws {
    let files = Self.files(below: TwoHostProgram.checkout + "/scenarios")
    #expect(files.count >= 3)
    #expect(try Self.accepted(of: files) == Set(files))
  }

  @Test("that of a network accepts every network in the tree")
  func networks() throws {
    let files = Self.files(below: TwoHostProgram.checkout + "/netns")
    #expect(files.count >= 2)
    #expect(try Self.accepted(of: files, "--network") == Set(files))
  }

  @Test("it refuses every file whose errors are of form, and accepts those that only the checks can refuse")
  func wrongFiles() throws {
    let files = Self.files(below: TwoHostProgram.checkout + "/Tests/ScenarioTests/golden/language")
    #expect(files.count > 15)
    let accepted = try Self.accepted(of: files).map { URL(filePath: $0).deletingPathExtension() }
    #expect(Set(accepted.map(\.lastPathComponent)) == Self.errorsOfMeaning)
  }

  @Test("it refuses each single mistake that the program refuses")
  func mistakes() throws {
    try judge(Self.mistakes, areRight: false)
  }

  @Test("it accepts each way to write a value that the program accepts")
  func rightWays() throws {
    try judge(Self.rightWays, areRight: true)
  }

  /// Asks both the program and the schema about each text.
  private func judge(_ texts: [String], areRight: Bool) throws {
    let folder = try TestFolder()
    for (index, text) in texts.enumerated() { try folder.write(text, to: "\(index).json5") }
    let files = texts.indices.map { "\(folder.path)/\($0).json5" }
    let accepted = try Self.accepted(of: files)
    for (file, text) in zip(files, texts) {
      #expect(accepted.contains(file) == areRight, "the schema, of \(text)")
      #expect((try TwoHostProgram.run("check", file).status == 0) == areRight, "the program, of \(text)")
    }
  }

  private static func files(below folder: String) -> [String] {
    let all = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
    return all.filter { $0.hasSuffix(".json5") }.map { "\(folder)/\($0)" }
  }

  /// The files that the schema accepts, as the Python packages judge.
  private static func accepted(of files: [String], _ options: String...) throws -> Set<String> {
    let schema = try Program.run([TwoHostProgram.path, "schema"] + options)
    try #require(schema.status == 0)
    // It is longer than an argument may be.
    let folder = try TestFolder()
    try folder.write(schema.output, to: "schema.json")
    let judge = try Program.run(["python3", "-c", script, "\(folder.path)/schema.json"] + files)
    try #require(judge.status == 0, "\(judge.errors)")
    return Set(judge.output.split(separator: "\n").map(String.init))
  }

  private static let script = """
    import json, json5, jsonschema, sys
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for path in sys.argv[2:]:
        with open(path, encoding="utf-8") as file:
            if validator.is_valid(json5.load(file)):
                print(path)
    """
}

extension SchemaJudgeTests {
  private static let mistakes =
    [
      "[]", "{}", "{ exchange: [] }", "{ sender: { run: ['a'] } }", "{ receiver: { run: ['a'] } }",
      "{ sender: { run: ['a'] }, receiver: { receive: {} } }",
      "{ sender: { run: ['a'] }, receiver: { run: ['a'] }, exchange: [] }", "{ exchange: ['x'], titel: 'y' }",
      "{ exchange: ['x'], tags: [1.5] }", "{ exchange: ['x'], title: true }",
      "{ exchange: ['x'], network: 'a/b' }", "{ exchange: ['x'], network: { mtu: 67 } }",
      "{ exchange: ['x'], network: { sender: { address: '1.1.1.256/24' } } }",
      "{ exchange: ['x'], network: { sender: { address: '1.1.1.100/33' } } }",
      "{ exchange: ['x'], network: { sender: { mac: '02:00:00:00:00' } } }",
      "{ exchange: ['x'], protocol: 256 }", "{ exchange: ['x'], timeout: '0s' }",
      "{ exchange: ['x'], timeout: 5 }", "{ exchange: ['x'], sender: {} }",
      "{ exchange: ['x'], receiver: { receive: {}, idle: true } }",
      "{ exchange: ['x'], receiver: { idle: false } }",
      "{ exchange: ['x'], receiver: { receive: { until: '' } } }",
      "{ exchange: ['x'], receiver: { receive: { bind: 'all' } } }", "{ exchange: ['x'], pacing: 'fast' }",
      "{ exchange: ['x'], matrix: {} }", "{ exchange: ['${a}'], matrix: { a: [] } }",
      "{ exchange: ['x'], matrix: { 'a b': [1] } }", "{ exchange: ['x'], matrix: [] }",
      "{ exchange: ['x'], matrix: [{}] }", "{ exchange: ['${a}'], matrix: [{ a: 1 }, 2] }",
      "{ exchange: ['x'], matrix: 'a' }", "{ exchange: ['x'], variables: [] }",
      "{ exchange: ['${a}'], variables: { a: [1] } }", "{ exchange: ['${a}'], variables: { a: null } }",
      "{ exchange: ['x'], variables: { 'a b': 1 } }",
      "{ exchange: ['x'], timeout: '61min' }", "{ exchange: ['x'], timeout: '3601s' }",
      "{ exchange: ['x'], timeout: '3600001ms' }", "{ exchange: ['x'], timeout: '2h' }",
      "{ exchange: ['x'], timeout: '00h' }", "{ exchange: ['x'], timeout: '1.5s' }",
      "{ exchange: ['x'], expect: { every: {} } }", "{ exchange: ['x'], expect: { every: true } }",
      "{ exchange: ['x'], expect: { every: { copies: 1 } } }",
      "{ exchange: ['x'], expect: { unexpected: {} } }",
      "{ exchange: ['x'], expect: { unexpected: { ignore: 'arp' } } }",
      "{ exchange: ['x'], expect: { unexpected: { ignore: [{}] } } }",
      "{ exchange: ['x'], expect: { unexpected: { ignore: ['igmp'] } } }",
      "{ exchange: ['x'], expect: { unexpected: { ignore: [{ fragments: 2 }] } } }",
      "{ exchange: ['x'], network: 5 }", "{ exchange: ['x'], requires: [7] }",
      "{ exchange: ['x'], requires: [{}] }", "{ exchange: ['x'], requires: [{ pythonModule: 7 }] }",
      "{ exchange: ['x'], requires: [{ pythonModule: 'scapy.all' }] }",
      "{ exchange: ['x'], requires: [{ pythonModule: '9p' }] }",
      "{ exchange: ['x'], receiver: { run: ['x', 1.5] } }",
      "{ exchange: ['x'], receiver: { run: ['x'], ready: {} } }",
      "{ exchange: ['x'], receiver: { run: ['x'], ready: { stdout: 'a', descriptor: true } } }",
      "{ exchange: ['x'], receiver: { run: ['x'], ready: { stderr: '' } } }",
      "{ exchange: ['x'], receiver: { run: ['x'], ready: { listening: 0 } } }",
      "{ exchange: ['x'], receiver: { run: ['x'], ready: { descriptor: false } } }",
      "{ exchange: ['x'], network: { sender: { offload: 1 } } }",
      "{ exchange: ['x'], receiver: { run: ['x'], environment: { A: true } } }",
    ] + wrongEnds.map { "{ exchange: ['x'], receiver: { run: ['x'] }, expect: { receiver: { \($0) } } }" }
    + wrongCables.map { "{ exchange: ['x', 'y'], pacing: 'burst', network: { cable: \($0) } }" }
    + wrongMessages.map { "{ exchange: [\($0)] }" }

  private static let wrongCables = [
    "true", "{ padTo: 61 }", "{ checksumOffload: 1 }", "{ drop: 1 }", "{ drop: [0] }", "{ drop: ['1'] }",
    "{ duplicate: [1000001] }", "{ swap: [1, 2] }", "{ swap: [[]] }", "{ swap: [[1]] }",
    "{ swap: [[1, 2, 3]] }", "{ swap: [[0, 1]] }", "{ corrupt: [{ packet: 1 }] }",
    "{ corrupt: [{ bit: 1 }] }",
    "{ corrupt: [{ packet: 1, bit: -1 }] }", "{ corrupt: { packet: 1, bit: 1 } }",
    "{ delay: [{ packet: 1, by: 20 }] }", "{ delay: [{ packet: 1, by: '0ms' }] }",
    "{ delay: [{ packet: 1 }] }",
    "{ truncate: [{ packet: 1, to: 65535 }] }", "{ truncate: [{ packet: 1, by: 20 }] }",
    "{ loss: { percent: 101, seed: 1 } }", "{ loss: { percent: 1 } }", "{ loss: 10 }", "{ dorp: [1] }",
    "{ drop: [{}] }", "{ drop: { udp: {} } }", "{ drop: [{ nth: 0, udp: {} }] }",
    "{ drop: [{ nth: [], udp: {} }] }",
    "{ drop: [{ nth: 'evry', udp: {} }] }", "{ drop: [{ nth: {}, udp: {} }] }",
    "{ drop: [{ copies: 1, udp: {} }] }",
    "{ drop: [{ nth: { every: 0 }, udp: {} }] }", "{ drop: [{ payload: { minLength: 0 } }] }",
    "{ swap: ['every'] }", "{ delay: [{ packet: {}, by: '20ms' }] }",
    "{ reverse: true }", "{ reverse: { dorp: [1] } }", "{ reverse: { reverse: {} } }",
  ]

  private static let wrongMessages = [
    "5.5", "true", "{ payload: true }", "{ payload: { hex: 48 } }", "{ payload: { base64: 1234 } }",
    "{ payload: { file: 1 } }", "{ payload: { hex: '4' } }", "{ payload: { base64: 'SGk' } }",
    "{ payload: { size: 65536 } }", "{ payload: { text: 'x', hex: '78' } }",
    "{ payload: { text: 'x', fill: 'ones' } }", "{ payload: { fill: 'ones' } }",
    "{ stream: { fill: 'ones' } }",
    "{ expect: { payload: { fill: 'ones' } } }", "{ expect: { payload: { prefix: { fill: 'ones' } } } }",
    "{ payload: { size: 1, fill: { seed: -1 } } }",
    "{ header: { ttl: '64' } }", "{ header: { ttl: 1.5 } }", "{ header: { headerLength: 22 } }",
    "{ header: { source: 1 } }", "{ frame: { source: 1 } }", "{ expect: { error: 90 } }",
    "{ header: { dontFragment: 1 } }", "{ header: { checksum: 'right' } }", "{ header: { source: '1.1.1' } }",
    "{ header: { options: ['nop', 'pad'] } }",
    "{ header: { options: 'none' } }", "{ expect: { header: { options: 'some' } } }",
    "{ header: { options: [{ recordRoute: 1, raw: '07' }] } }",
    "{ header: { options: [{ timestamp: {} }] } }",
    "{ via: 'soket' }", "{ repeat: 0 }", "{ frame: { source: 'x' } }", "{ expect: { delivered: 'no' } }",
    "{ expect: { header: { ttl: { not: 1, min: 2 } } } }", "{ expect: { header: { ttl: { oneOf: [] } } } }",
    "{ expect: { header: { ttl: 'valid' } } }", "{ expect: { payload: { contains: 'x', length: 1 } } }",
    "{ expect: { delivered: { frame: { length: 35 } } } }",
    "{ expect: { arrived: { icmp: { type: 256 } } } }", "{ expect: { arrived: { copies: 0 } } }",
    "{ expect: { arrived: { copies: { oneOf: [0, 1] } } } }", "{ expect: { sent: { copies: 'some' } } }",
    "{ expect: { delivered: { copies: { min: 1, not: 2 } } } }",
    "{ expect: { returned: [{ copies: -1 }] } }",
    "{ flow: {} }", "{ flow: { packets: 0 } }", "{ flow: { packets: 1, size: 31 } }",
    "{ flow: { packets: 1, rate: 0 } }",
    "{ flow: { packets: 1 }, expect: { flow: { lost: -1 } } }",
    "{ flow: { packets: 1 }, expect: { flow: { rate: { mni: 1 } } } }",
    "{ flow: { packets: 1 }, expect: { flow: { latency: { p99: { max: '1min' } } } } }",
    "{ flow: { packets: 1 }, expect: { flow: { latency: { p95: '1ms' } } } }",
    "{ expect: { error: 'emsgsize' } }", "{ expect: { counters: { InHdrErrors: 1 } } }",
  ]

  private static let rightWays =
    [
      "{ sender: { run: ['a'] }, receiver: { run: ['b'] } }",
      "{ exchange: ['x'], expect: { every: { header: { ttl: 64 }, payload: 'x', frame: { padding: 0 } } } }",
      "{ exchange: ['x'], expect: { unexpected: { ignore: ['arp', 'ipv6', { from: 'sender', icmp: {} }] } } }",
      "{ exchange: ['x'], expect: { unexpected: { ignore: [{ header: { protocol: 2 } }] } } }",
      "{ sender: '${r}', receiver: '${r}', matrix: { r: [{ run: ['a'] }] } }",
      "{ exchange: ['x'], timeout: '20ms' }", "{ exchange: ['x'], timeout: '060min' }",
      "{ exchange: ['x'], timeout: '3600s' }", "{ exchange: ['x'], timeout: '3600000ms' }",
      "{ exchange: ['x'], timeout: '1h' }", "{ exchange: ['x'], timeout: '2999999ms' }",
      "{ exchange: ['x', 'y'], pacing: 'burst', network: { cable: { swap: [[1, 2]] } } }",
      "{ exchange: ['x', 'y'], network: { cable: { drop: [1, { nth: 'every', udp: {} }, { payload: { minLength: 1 } }] } } }",
      "{ exchange: ['x', 'y'], network: { cable: { swap: [{ nth: [1, 2], header: { ttl: { max: 9 } } }] } } }",
      "{ exchange: ['x'], network: { cable: { drop: [{ nth: { every: '${n}' }, tcp: {} }] } }, matrix: { n: [1] } }",
      "{ exchange: ['x'], network: { cable: { swap: '${s}' } }, matrix: { s: [[]] } }",
      "{ exchange: ['x'], network: { cable: { reverse: '${r}' } }, matrix: { r: [{ drop: [] }, {}] } }",
      "{ exchange: ['x'], network: { mtu: 0x5dc, arp: 'dynamic' } }",
      "{ exchange: ['x'], network: { sender: { address: '1.1.1.${n}/24' } }, matrix: { n: [7, 8] } }",
      "{ exchange: ['x'], protocol: '${n}', matrix: { n: [7, 8] } }",
      "{ exchange: ['${a}${b}'], matrix: [{ a: 1, b: [] }, { a: { c: 2 }, b: null }] }",
      "{ exchange: ['${a}${b}${c}${d}'], variables: { a: 'x', b: 1, c: 1.5, d: false } }",
      "{ exchange: ['x'], protocol: '${n}', variables: { n: 7 } }", "{ exchange: ['x'], variables: {} }",
      "{ exchange: [{ payload: 'x', header: '${h}' }], matrix: { h: [{ ttl: 1 }, {}] } }",
      "{ exchange: ['x'], receiver: { receive: { bind: 'any', bufferSize: 20 } } }",
      "{ exchange: [5, { payload: -6 }, { payload: { text: 7 } }], title: 8, tags: [9], knownFailure: 10 }",
      "{ exchange: ['${n}'], receiver: { receive: { until: '${n}' } }, matrix: { n: [7, true] } }",
      "{ exchange: ['x'], receiver: { run: ['x', 1], stdin: [2], environment: { A: 3 }, ready: { stdout: 4 } } }",
      "{ exchange: ['x'], receiver: { run: ['x'], ready: { stderr: 'up' } } }",
      "{ exchange: ['x'], receiver: { run: ['x'], ready: { listening: 7777 } } }",
      "{ exchange: ['x'], receiver: { run: ['x'], ready: { descriptor: true } } }",
      "{ exchange: ['x'], network: { sender: { offload: true }, receiver: { offload: false } } }",
    ] + rightEnds.map { "{ exchange: ['x'], receiver: { run: ['x'] }, expect: { receiver: { \($0) } } }" }
    + [
      "{}", "{ payload: { hex: '48:69 0a' } }", "{ payload: { base64: 'SGk=' } }",
      "{ payload: { size: 9, fill: { seed: 1 } } }", "{ header: { checksum: 'bad' } }",
      "{ header: { options: ['nop', { recordRoute: 3 }, { raw: '44' }] } }",
      "{ header: { options: [{ timestamp: { slots: 1, flag: 1 } }, 'end'] } }",
      "{ payload: 'x', expect: { header: { ttl: { min: 1, max: 64 }, checksum: 'valid', options: 'any' } } }",
      "{ payload: 'x', expect: { delivered: { payload: { prefix: 'x' }, copies: 1 } } }",
      "{ payload: 'x', expect: { arrived: false } }", "{ expect: { header: { options: 'none' } } }",
      "{ expect: { sent: { copies: 'any' }, arrived: { copies: { min: 1, max: 9 } }, delivered: { copies: { not: 1 } } } }",
      "{ expect: { returned: [{ copies: { oneOf: [0, 2] } }, { copies: { min: 0 } }] } }",
      "{ payload: 'x', expect: { returned: [{ copies: 0, icmp: { type: 3 } }] } }",
      "{ flow: { packets: 10000000, size: 1480, rate: 5000000 }, via: 'frame' }",
      "{ flow: { packets: 1 }, expect: { flow: { lost: { max: 1 }, wrong: 'any', reordered: { oneOf: [0, 1] } } } }",
      "{ flow: { packets: 1 }, expect: { flow: { rate: { min: 1 }, latency: { max: { max: '50us' }, p50: 'any' } } } }",
    ].map { "{ exchange: [\($0)] }" }

  private static let wrongEnds = [
    "exit: 256", "exit: 'kill'", "exit: 'anything'", "exit: true", "unread: 'some'", "unread: 0",
  ]

  private static let rightEnds = [
    "exit: 255", "exit: 'SIGKILL'", "exit: 'any'", "stdout: { contains: [1] }", "stderr: { lines: [2] }",
    "unread: 'any'", "unread: 'none'",
  ]
}
