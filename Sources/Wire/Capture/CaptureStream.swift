// SPDX-License-Identifier: Apache-2.0

/// The packets of a capture file, each as soon as its bytes are there, however long the file is.
public struct CaptureStream {
  /// The longest packet or block that is believed, in bytes: what Wireshark takes too.
  static let maximumLength = 128 << 20

  private var window: CaptureWindow
  private var format: Format?
  /// How many packets have been read.
  private var count = 0

  private enum Format {
    case pcap(PcapReader)
    case pcapng(PcapngReader)
  }

  /// Reads the bytes that `more` gives piece by piece, an empty piece being the end.
  public init(more: @escaping () -> [UInt8]) {
    window = CaptureWindow(more)
  }

  /// The interfaces that have been described so far, of all sections.
  public var interfaces: [CaptureFile.Interface] {
    switch format {
    case .pcap(let reader): [CaptureFile.Interface(name: nil, linkType: reader.linkType)]
    case .pcapng(let reader): reader.interfaces
    case nil: []
    }
  }

  /// What somebody wrote about the section of a pcapng file that was begun last; nil where nobody did.
  public var comment: String? { if case .pcapng(let reader) = format { reader.comment } else { nil } }

  /// The next packet, or nil at the end of the file; throws `CaptureFileError`, after which there are no more.
  public mutating func next() throws(CaptureFileError) -> CaptureFile.Packet? {
    do throws(CaptureFileProblem) {
      let packet = try nextPacket()
      if packet != nil { count += 1 }
      return packet
    } catch {
      throw CaptureFileError(offset: window.offset, reason: error.reason, packetsBefore: count)
    }
  }

  private mutating func nextPacket() throws(CaptureFileProblem) -> CaptureFile.Packet? {
    if format == nil { format = try begin() }
    switch format {
    case nil: return nil
    case .pcap(let reader): return try reader.next(&window)
    case .pcapng(var reader):
      // Its own copy would be copied with every interface.
      format = nil
      defer { format = .pcapng(reader) }
      return try reader.next(&window)
    }
  }

  /// Tells the format by the first four bytes.
  private mutating func begin() throws(CaptureFileProblem) -> Format {
    let beginning = window.peek(4)
    guard beginning.count == 4 else { throw .truncated(needed: 4, available: beginning.count) }
    var reader = ByteReader(beginning, order: .big)
    let magic = reader.uint32()
    if magic == Pcapng.BlockType.sectionHeader { return .pcapng(PcapngReader()) }
    guard let form = PcapForm(magic: magic) else {
      throw CaptureFileProblem(.unknownFormat(Array(beginning)))
    }
    return .pcap(try PcapReader(form, &window))
  }
}

/// What is wrong at the place where a reader stands.
struct CaptureFileProblem: Error {
  let reason: CaptureFileError.Reason

  init(_ reason: CaptureFileError.Reason) {
    self.reason = reason
  }

  static func truncated(needed: Int, available: Int) -> Self {
    Self(.truncated(needed: needed, available: available))
  }
}
