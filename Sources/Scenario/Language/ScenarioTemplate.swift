// SPDX-License-Identifier: Apache-2.0

/// A scenario file to begin with.
public enum ScenarioTemplate {
  /// The file: it passes as it is, and each thing that most files say stands in it with a comment.
  public static let text = """
    // Why this matters: a sentence of an RFC, or what was measured.
    {
      // One line for reports; left out, it is the file's name.
      title: "a packet about to expire is delivered",
      // Words by which `twohost run --tag` chooses.
      tags: ["headers"],
      // What crosses the cable, in order. A message of nothing but text may be written "text".
      exchange: [
        {
          // Text, or one of { hex }, { base64 }, { file }, { size, fill }.
          payload: "Hi",
          // IPv4 header fields as they are sent; what is left out is filled in.
          header: { ttl: 1, dscp: 46 },
          // What must hold beside what always must: payload, lengths, checksum and the fields above, as sent, as
          // arrived and as delivered.
          expect: {
            header: { totalLength: 22, identification: { min: 0 } },
            // By how much the receiver's counters rise.
            counters: { "Ip.InDelivers": 1 },
          },
        },
      ],
    }
    // `twohost schema --reference` prints every key that there is.

    """
}
