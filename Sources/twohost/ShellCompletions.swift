// SPDX-License-Identifier: Apache-2.0

/// What shells offer when a command line is completed, made of the commands' own tables.
enum ShellCompletions {
  enum Shell: String, CaseIterable {
    case bash, fish, zsh
  }

  /// The file that a shell reads.
  static func text(for shell: Shell) -> String {
    switch shell {
    case .bash: bash
    case .fish: fish
    case .zsh: zsh
    }
  }

  /// What may stand in a place of the command line.
  fileprivate enum Candidates {
    case words([String])
    case folders
    case files
    /// Something that only the person knows.
    case unknown

    /// What the value of an option may be; nil for an option without one.
    init?(of option: CommandOption) {
      guard let value = option.value else { return nil }
      self = option.choices.isEmpty ? Self.named(value) : .words(option.choices)
    }

    /// What the operands of a command may be.
    init(operandsOf command: any Command.Type) {
      self =
        switch command.operands {
        case "[COMMAND]": .words(commandNames)
        // What is to be written is not there yet, but its folder may be.
        case "NAME", "[NAME]": .folders
        default: .named(command.operands)
        }
    }

    private static func named(_ text: String) -> Candidates {
      if text == "DIR" { return .folders }
      return ["FILE", "PATH", "SCENARIO"].contains { text.contains($0) } ? .files : .unknown
    }
  }

  private static let commands = TwoHost.commands
  fileprivate static let commandNames = commands.map { $0.name }
  private static let optionsOfAll: [CommandOption] = [.help, .version]

  private static func options(of command: any Command.Type) -> [CommandOption] {
    command.options + optionsOfAll
  }

  /// A text between single quotes, of which each shell has its own way to write one inside.
  private static func quoted(_ text: String, quote: String = #"'\''"#) -> String {
    "'" + text.replacing("'", with: quote) + "'"
  }

  // MARK: - bash

  private static var bash: String {
    let values = commands.flatMap { command in
      command.options.compactMap { option in
        Candidates(of: option).map { "\"\(command.name) \(option.name)\") \(bashOffer($0)); return ;;" }
      }
    }
    let operands = commands.map { command in
      let options = bashOffer(.words(options(of: command).map(\.name)))
      return """
        \(command.name)) if [[ $word == -* ]]; then \(options)
            else \(bashOffer(Candidates(operandsOf: command))); fi ;;
        """
    }
    return """
      # What bash completes of a twohost command line: twohost help --completions bash

      _twohost_offer() {
        mapfile -t COMPREPLY < <(compgen "$@" -- "$word")
      }

      _twohost_offer_paths() {
        compopt -o filenames 2>/dev/null
        _twohost_offer "$@"
      }

      _twohost() {
        local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
        local command=${COMP_WORDS[1]}
        COMPREPLY=()
        if ((COMP_CWORD == 1)); then
          \(bashOffer(.words(commandNames + optionsOfAll.map(\.name))))
          return
        fi
        # In --option=value the sign is a word of its own.
        if [[ $word == "=" ]]; then
          word=
        elif [[ $before == "=" ]]; then
          before=${COMP_WORDS[COMP_CWORD - 2]}
        fi
        case "$command $before" in
          \(values.joined(separator: "\n    "))
        esac
        case $command in
          \(operands.joined(separator: "\n    "))
        esac
      }

      complete -F _twohost twohost

      """
  }

  private static func bashOffer(_ candidates: Candidates) -> String {
    switch candidates {
    case .words(let words): "_twohost_offer -W \(quoted(words.joined(separator: " ")))"
    case .folders: "_twohost_offer_paths -d"
    case .files: "_twohost_offer_paths -f"
    case .unknown: ":"
    }
  }

  // MARK: - fish

  private static var fish: String {
    let names = commands.map { command in
      "complete -c twohost -n __twohost_has_no_command -a \(command.name) -d \(fishQuoted(command.summary))"
    }
    return """
      # What fish completes of a twohost command line: twohost help --completions fish

      function __twohost_has_no_command
        test (count (commandline -opc)) -eq 1
      end

      function __twohost_command_is
        set -l words (commandline -opc)
        test (count $words) -gt 1; and test $words[2] = $argv[1]
      end

      complete -c twohost -f
      \((names + commands.flatMap(fishLines)).joined(separator: "\n"))

      """
  }

  private static func fishLines(_ command: any Command.Type) -> [String] {
    let start = "complete -c twohost -n '__twohost_command_is \(command.name)'"
    let options = options(of: command).map { option in
      let value = Candidates(of: option).map { candidates in
        // What is not said to need a file takes none, but -r alone would offer files.
        candidates.isUnknown ? " -x" : " -r\(fishOffer(candidates))"
      }
      return "\(start) -l \(option.name.dropFirst(2))\(value ?? "") -d \(fishQuoted(option.help))"
    }
    let operands = Candidates(operandsOf: command)
    return options + (operands.isUnknown ? [] : [start + fishOffer(operands)])
  }

  private static func fishOffer(_ candidates: Candidates) -> String {
    switch candidates {
    case .words(let words): " -f -a \(fishQuoted(words.joined(separator: " ")))"
    case .folders: " -f -a '(__fish_complete_directories)'"
    case .files: " -F"
    case .unknown: ""
    }
  }

  private static func fishQuoted(_ text: String) -> String {
    quoted(text.replacing(#"\"#, with: #"\\"#), quote: #"\'"#)
  }

  // MARK: - zsh

  private static var zsh: String {
    let descriptions = commands.map { quoted("\($0.name):\($0.summary)") }
    let cases = commands.map { command in
      let words = options(of: command).map(zshOption) + zshOperands(of: command)
      return "\(command.name)) _arguments \(words.joined(separator: " ")) ;;"
    }
    return """
      #compdef twohost
      # What zsh completes of a twohost command line: twohost help --completions zsh

      _twohost() {
        local -a commands
        commands=(
          \(descriptions.joined(separator: "\n    "))
        )
        if ((CURRENT == 2)); then
          _describe command commands
          return
        fi
        shift words
        ((CURRENT--))
        case $words[1] in
          \(cases.joined(separator: "\n    "))
        esac
      }

      # Autoloaded, this file is the function's body; sourced, it registers the function.
      if [[ $funcstack[1] == _twohost ]]; then
        _twohost "$@"
      else
        compdef _twohost twohost
      fi

      """
  }

  private static func zshOption(_ option: CommandOption) -> String {
    let mark = option.isRepeatable ? "*" : ""
    let value = Candidates(of: option).map { ":\(option.value ?? ""):\(zshOffer($0))" }
    let help = option.help.replacing("[", with: #"\["#).replacing("]", with: #"\]"#)
    return quoted("\(mark)\(option.name)[\(help)]\(value ?? "")")
  }

  private static func zshOperands(of command: any Command.Type) -> [String] {
    let candidates = Candidates(operandsOf: command)
    return candidates.isUnknown ? [] : [quoted("*:\(command.operands):\(zshOffer(candidates))")]
  }

  private static func zshOffer(_ candidates: Candidates) -> String {
    switch candidates {
    case .words(let words): "(\(words.joined(separator: " ")))"
    case .folders: "_files -/"
    case .files: "_files"
    case .unknown: ""
    }
  }
}

extension ShellCompletions.Candidates {
  fileprivate var isUnknown: Bool {
    if case .unknown = self { true } else { false }
  }
}
