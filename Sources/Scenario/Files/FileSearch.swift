// SPDX-License-Identifier: Apache-2.0

import Glibc
import Wire

/// The search for scenario files below folders, each of which is looked through once, however many links lead there.
struct FileSearch {
  /// A scenario file that was found.
  struct Entry {
    let path: String
    var id: String
    /// The path without dots and links; the path itself where nothing is there.
    let place: String
  }

  private(set) var entries: [Entry] = []
  private(set) var problems: [FileProblem] = []
  /// The folders that were looked through, and those of files that were named, by their paths without links.
  private(set) var folders: Set<String> = []
  private let isGivenUp: () -> Bool
  private var seenFolders: Set<[UInt8]> = []
  /// The links to folders, which are followed when the folders that are no links have been looked through.
  private var links: [(path: String, id: String)] = []
  private var count = 0

  /// More than anybody keeps scenarios among, and looked through within seconds.
  static let mostFiles = 200_000

  /// Begins a search that ends early when it is given up.
  init(isGivenUp: @escaping () -> Bool) {
    self.isGivenUp = isGivenUp
  }

  /// Takes a file that was named.
  mutating func add(file path: String) {
    let name = path.utf8.split(separator: UInt8(ascii: "/")).last.flatMap(String.init) ?? path
    addFolder(around: path)
    let place = FileReader.realPath(path) ?? path
    folders.insert(FilePlaces.folder(of: place))
    add(path, id: FileID.id(of: name), place: place)
  }

  /// Takes standard input, as a file of the working folder.
  mutating func addStandardInput() {
    let folder = FileReader.realPath(".") ?? "/"
    add(
      FileReader.standardInput, id: FileReader.standardInput,
      place: folder.withSlash + FileReader.standardInput)
  }

  /// Takes the folder of a path, in which what stands there may come and go.
  mutating func addFolder(around path: String) {
    if let place = FileReader.realPath(SourceFile.folder(of: path)) { folders.insert(place) }
  }

  /// Takes the files below a folder.
  mutating func add(folder path: String) {
    addFolder(around: path)
    count = 0
    let before = entries.count
    links = [(path, "")]
    var next = 0
    while next < links.count {
      let link = links[next]
      next += 1
      if let place = FileReader.realPath(link.path) { look(in: link.path, id: link.id, place: place) }
    }
    if count > Self.mostFiles {
      let reason =
        "there are more than \(Self.mostFiles) files below it:"
        + " name the folder that holds the scenarios"
      problems.append(FileProblem(path: path, reason: reason))
      // Nothing is run while anything is wrong: they are not even read.
      entries.removeSubrange(before...)
    }
  }

  private mutating func add(_ path: String, id: String, place: String) {
    entries.append(Entry(path: path, id: id, place: place))
  }

  private mutating func look(in folder: String, id: String, place: String) {
    // By its bytes: texts that look the same, as of a composed and a decomposed letter, are two names.
    guard seenFolders.insert(Array(place.utf8)).inserted, !isOver else { return }
    folders.insert(place)
    let names: [FolderNames.Name]
    do throws(FileProblem) {
      names = try FolderNames.read(folder)
    } catch {
      problems.append(error)
      return
    }
    count += names.count
    let (prefix, placePrefix) = (folder.withSlash, place.withSlash)
    for name in names where !name.text.utf8.starts(with: ".".utf8) {
      look(at: name, prefix + name.text, id: id, place: placePrefix + name.text)
    }
  }

  private mutating func look(at name: FolderNames.Name, _ path: String, id: String, place: String) {
    var kind = name.kind ?? FileReader.kind(of: path, followingLinks: false)
    let isLink = kind == .link
    if isLink { kind = FileReader.kind(of: path) }
    switch kind {
    case .folder where name.text == "netns": break
    case .folder where isLink: links.append((path, "\(id)\(name.text)/"))
    case .folder: look(in: path, id: "\(id)\(name.text)/", place: place)
    default:
      guard name.text.hasSuffix(FileID.fileExtension), name.text != Configuration.fileName else { return }
      let leads = isLink ? FileReader.realPath(path) ?? path : place
      if isLink { folders.insert(FilePlaces.folder(of: leads)) }
      add(path, id: FileID.id(of: id + name.text), place: leads)
    }
  }

  private var isOver: Bool { count > Self.mostFiles || isGivenUp() }
}

/// The names in a folder (readdir(3)).
enum FolderNames {
  /// A name, and what has it, where the folder says so.
  struct Name {
    let text: String
    let kind: FileReader.Kind?
  }

  /// Reads the names in the order of their bytes.
  ///
  /// - Throws: when the folder cannot be read.
  static func read(_ path: String) throws(FileProblem) -> [Name] {
    guard let folder = PathText.withPath(path, opendir) else {
      throw FileProblem(path: path, reason: FileReader.reason(errno))
    }
    defer { closedir(folder) }
    var names: [Name] = []
    errno = 0
    while let entry = readdir(folder) {
      let bytes = withUnsafeBytes(of: entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if bytes != Array(".".utf8), bytes != Array("..".utf8) {
        names.append(Name(text: PathText.text(bytes), kind: kind(entry.pointee.d_type)))
      }
      errno = 0
    }
    guard errno == 0 else { throw FileProblem(path: path, reason: FileReader.reason(errno)) }
    return names.sorted { $0.text.utf8.lexicographicallyPrecedes($1.text.utf8) }
  }

  private static func kind(_ type: UInt8) -> FileReader.Kind? {
    switch Int(type) {
    case DT_UNKNOWN: nil
    case DT_REG: .file
    case DT_DIR: .folder
    case DT_LNK: .link
    default: .other
    }
  }
}

extension String {
  fileprivate var withSlash: String { utf8.last == UInt8(ascii: "/") ? self : self + "/" }
}
