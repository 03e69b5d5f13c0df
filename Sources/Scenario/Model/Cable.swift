// SPDX-License-Identifier: Apache-2.0

/// What the cable does to the IP packets of either host.
public struct Cable: Sendable {
  /// What it does to the packets from the sender to the receiver.
  public internal(set) var forward = Impairments()
  /// What it does to the packets from the receiver to the sender.
  public internal(set) var reverse = Impairments()

  /// What it does to the packets that a host sends.
  public subscript(from host: HostName) -> Impairments { host == .sender ? forward : reverse }
}

/// What the cable does to the IP packets of one direction, which are counted from 1 in the order in which they enter it.
public struct Impairments: Sendable {
  /// The length in bytes up to which frames are padded with zeros, as a NIC does; nil for none.
  public internal(set) var padTo: Int?
  /// Whether a header checksum of zero is filled in, as a NIC does.
  public internal(set) var checksumOffload = false
  /// The packets that never come out.
  public internal(set) var drop: [Located<PacketChoice>] = []
  /// The packets that come out twice.
  public internal(set) var duplicate: [Located<PacketChoice>] = []
  /// The packets that change places with the one behind them.
  public internal(set) var swap: [Located<PacketChoice>] = []
  /// The bits that are flipped.
  public internal(set) var corrupt: [Corruption] = []
  /// The packets that are held back while later ones pass.
  public internal(set) var delay: [Delay] = []
  /// The packets that are cut.
  public internal(set) var truncate: [Truncation] = []
  /// The packets that chance takes, the same in every run; nil for none.
  public internal(set) var loss: Loss?

  /// A bit of a packet that is flipped.
  public struct Corruption: Sendable {
    /// The packet.
    public internal(set) var packet = Located(PacketChoice(number: 1))
    /// The bit's place in the IP packet; 0 is the top bit of its first byte.
    public internal(set) var bit = Located(0)
  }

  /// A packet that is held back.
  public struct Delay: Sendable {
    /// The packet.
    public internal(set) var packet = Located(PacketChoice(number: 1))
    /// For how long.
    public internal(set) var by = Located(Duration.milliseconds(1))
  }

  /// A packet that is cut.
  public struct Truncation: Sendable {
    /// The packet.
    public internal(set) var packet = Located(PacketChoice(number: 1))
    /// How many bytes of the IP packet are left.
    public internal(set) var to = Located(0)
  }

  /// Packets that chance takes.
  public struct Loss: Sendable {
    /// How many of a hundred packets are lost in the long run, 0…100.
    public internal(set) var percent = 0
    /// What decides which: the same seed loses the same packets.
    public internal(set) var seed = 0
  }

  /// Whether chance takes a packet: one number of SplitMix64 for each packet, in their order, of which the rest
  /// of a division by 100 is held against the percentage.
  public func loses(_ number: Int) -> Bool {
    guard let loss else { return false }
    // The generator's state after n numbers is the seed and n times its increment.
    var generator = SplitMix64(state: UInt64(loss.seed))
    generator.skip(UInt64(number - 1))
    return generator.next() % 100 < UInt64(loss.percent)
  }
}
