// SPDX-License-Identifier: Apache-2.0

/// What is said of a scenario file that was just written.
public enum NewScenarioText {
  /// The file's path, the command that runs it, and where it is wanted the one that tells an editor of the language.
  public static func text(path: String, advisesEditor: Bool) -> String {
    // A name that begins with a dash would be taken for an option.
    let word = ShellWord.quote(path.hasPrefix("-") ? "./\(path)" : path)
    return "wrote \(word)\nrun it: sudo twohost run \(word)\n"
      + (advisesEditor ? "for completion in VS Code: twohost new --vscode\n" : "")
  }
}
