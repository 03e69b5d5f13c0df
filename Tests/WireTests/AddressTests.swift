// SPDX-License-Identifier: Apache-2.0

import Testing
import Wire

@Suite("Addresses")
struct AddressTests {
  @Test("a dotted quad is read and written again", arguments: ["0.0.0.0", "1.1.1.100", "255.255.255.255"])
  func dottedQuad(_ text: String) {
    #expect(IPv4Address(text)?.description == text)
  }

  @Test("the first number of a dotted quad is the most significant")
  func octetOrder() {
    #expect(IPv4Address("1.2.3.4")?.rawValue == 0x0102_0304)
    #expect(IPv4Address(1, 2, 3, 4).octets == [1, 2, 3, 4])
    #expect(IPv4Address(1, 2, 3, 4) < IPv4Address(1, 2, 4, 0))
  }

  @Test(
    "what is no strict dotted quad is refused",
    arguments: [
      "", "1", "1.2.3", "1.2.3.4.5", "1.2.3.", ".1.2.3", "1..2.3", "01.2.3.4", "1.2.3.00", "256.1.1.1",
      "1.2.3.4 ", " 1.2.3.4", "+1.2.3.4", "-1.2.3.4", "0x1.2.3.4", "1.2.3.a", "1.2.3.٤", "1.2.3.1111",
    ])
  func wrongDottedQuad(_ text: String) {
    #expect(IPv4Address(text) == nil)
  }

  @Test("224.0.0.0 to 239.255.255.255 is multicast, and its neighbours are not")
  func multicast() {
    #expect(IPv4Address(224, 0, 0, 0).isMulticast)
    #expect(IPv4Address(239, 255, 255, 255).isMulticast)
    #expect(!IPv4Address(223, 255, 255, 255).isMulticast)
    #expect(!IPv4Address(240, 0, 0, 0).isMulticast)
    #expect(!IPv4Address.broadcast.isMulticast)
  }

  // The networks are those of Python's ipaddress.ip_interface.
  @Test(
    "an interface knows its network",
    arguments: [
      ("1.1.1.100/24", "1.1.1.0", "1.1.1.255"), ("10.20.30.40/12", "10.16.0.0", "10.31.255.255"),
      ("192.0.2.7/31", "192.0.2.6", "192.0.2.7"), ("192.0.2.7/32", "192.0.2.7", "192.0.2.7"),
      ("192.0.2.7/0", "0.0.0.0", "255.255.255.255"),
    ])
  func network(_ text: String, _ network: String, _ broadcast: String) throws {
    let interface = try #require(IPv4Interface(text))
    #expect(interface.description == text)
    #expect(interface.network.description == network)
    #expect(interface.broadcast.description == broadcast)
    #expect(interface.contains(interface.network) && interface.contains(interface.broadcast))
  }

  @Test("an address just outside an interface's network is not in it")
  func outside() throws {
    let interface = try #require(IPv4Interface("1.1.1.100/24"))
    #expect(!interface.contains(IPv4Address(1, 1, 2, 0)))
    #expect(!interface.contains(IPv4Address(1, 1, 0, 255)))
  }

  @Test(
    "what is no address with a prefix length is refused",
    arguments: ["1.1.1.1", "1.1.1.1/", "1.1.1.1/33", "1.1.1.1/024", "1.1.1.1/-1", "1.1.1/24", "1.1.1.1/2/4"])
  func wrongInterface(_ text: String) {
    #expect(IPv4Interface(text) == nil)
  }

  @Test("a MAC address of either case is read and written in lower case")
  func macAddress() {
    #expect(MACAddress("F0:1f:AF:28:8d:92")?.description == "f0:1f:af:28:8d:92")
    #expect(MACAddress("f0:1f:af:28:8d:92")?.octets == [0xF0, 0x1F, 0xAF, 0x28, 0x8D, 0x92])
    #expect(MACAddress(octets: [0, 0, 0x91, 6, 0x41, 0xE1])?.description == "00:00:91:06:41:e1")
  }

  @Test(
    "what is no MAC address is refused",
    arguments: [
      "", "f0:1f:af:28:8d", "f0:1f:af:28:8d:92:00", "f0-1f-af-28-8d-92", "f01faf288d92",
      "f0:1f:af:28:8d:9", "f0:1f:af:28:8d:9g", "f0:1f:af:28:8d:+2", "f0:1f:af:28:8d:-2", "f0:1f:af:28:8d:92 ",
    ])
  func wrongMACAddress(_ text: String) {
    #expect(MACAddress(text) == nil)
  }

  @Test("a MAC address of five or seven bytes is refused")
  func wrongOctetCount() {
    #expect(MACAddress(octets: [UInt8](repeating: 0, count: 5)) == nil)
    #expect(MACAddress(octets: [UInt8](repeating: 0, count: 7)) == nil)
  }

  @Test("the group bit makes a MAC address multicast")
  func groupBit() {
    #expect(MACAddress.broadcast.isMulticast)
    #expect(MACAddress(0x01, 0, 0x5E, 0, 0, 1).isMulticast)
    #expect(!MACAddress(0xF0, 0x1F, 0xAF, 0x28, 0x8D, 0x92).isMulticast)
  }
}
