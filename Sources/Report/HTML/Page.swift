// SPDX-License-Identifier: Apache-2.0

/// What every page has beside its cases.
enum Page {
  /// What the page may do, as Content Security Policy Level 3 has it: nothing is fetched, and of styles and scripts only
  /// these two are obeyed, which are known by their hashes; an attribute is obeyed neither as a style nor as a script.
  static let policy = """
    default-src 'none'; style-src '\(styleHash)' '\(styleWithoutScriptHash)'; script-src '\(scriptHash)'; base-uri 'none'; form-action 'none'
    """

  /// The hash of `style`; a test says which it is when that has changed.
  static let styleHash = "sha256-YBfkN+XFe5eq83md754jnAW0IsN4fIhLMQIj1L/56Bw="
  /// The hash of `styleWithoutScript`; a test says which it is when that has changed.
  static let styleWithoutScriptHash = "sha256-yt7rH2Nb4obre+7RQpG8mhqtK77/nDVH7giyH6BSYRU="
  /// The hash of `script`; a test says which it is when that has changed.
  static let scriptHash = "sha256-Q8ZyMdwNqokNSKbkH0Qi3nDcIcIjpAXn2w7ohUyrA2k="
}
