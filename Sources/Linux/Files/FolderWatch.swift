// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Wire

/// Folders in which it is noticed at once when something is saved (inotify(7)).
///
/// Folders are watched, and not files: an editor that saves a file gives its name to another one.
public struct FolderWatch: ~Copyable {
  /// What has changed since it was asked last.
  public struct Changes: Sendable {
    /// The paths of files, each in a folder as it was given.
    public fileprivate(set) var files: Set<String> = []
    /// The paths of folders that have come, gone or changed.
    public fileprivate(set) var folders: Set<String> = []
    /// Whether more has changed than the kernel could tell of.
    public fileprivate(set) var isMoreThanKnown = false

    /// Nothing has changed.
    public init() {}
  }

  private let descriptor: Descriptor
  private var folders: [Int32: String] = [:]
  private var watched: Set<String> = []

  /// The number to wait on: it can be read when something has changed.
  public var rawDescriptor: Int32 { descriptor.rawValue }

  private static let kinds =
    IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_ATTRIB | IN_ONLYDIR

  /// Watches no folder yet.
  ///
  /// - Throws: the errors of inotify_init1(2), of which `EMFILE` says that the user has too many of them.
  public init() throws(SystemError) {
    descriptor = Descriptor(
      owning: try systemCall("inotify_init1") { inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK)) })
  }

  /// Watches a folder too, by its path without links; one that is not there, or that this user may not read, is passed
  /// over.
  ///
  /// - Returns: whether it was not watched before: what was read in it by then may have changed unnoticed.
  /// - Throws: the other errors of inotify_add_watch(2), of which `ENOSPC` says that the user watches too many.
  public mutating func add(_ folder: String) throws(SystemError) -> Bool {
    guard !watched.contains(folder) else { return false }
    let number: Int32
    do throws(SystemError) {
      number = try systemCall("inotify_add_watch(\(folder))") {
        PathText.withPath(folder) { inotify_add_watch(descriptor.rawValue, $0, UInt32(Self.kinds)) }
      }
    } catch  where [ENOENT, ENOTDIR, EACCES].contains(error.errno.rawValue) {
      return false
    }
    watched.insert(folder)
    return folders.updateValue(folder, forKey: number) == nil
  }

  /// Takes all that has changed until now, without waiting.
  ///
  /// - Throws: the errors of read(2).
  public mutating func changes() throws(SystemError) -> Changes {
    var changes = Changes()
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count: Int
      do throws(SystemError) {
        count = try systemCall("read(inotify)") { read(descriptor.rawValue, &buffer, buffer.count) }
      } catch  where error.errno == .wouldBlock {
        return changes
      }
      buffer.withUnsafeBytes { take(UnsafeRawBufferPointer(rebasing: $0[..<count]), &changes) }
    }
  }

  private mutating func take(_ bytes: UnsafeRawBufferPointer, _ changes: inout Changes) {
    let headerLength = MemoryLayout<inotify_event>.size
    var offset = 0
    while offset + headerLength <= bytes.count {
      let event = bytes.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
      let end = offset + headerLength + Int(event.len)
      take(event, named: bytes[(offset + headerLength)..<end].prefix { $0 != 0 }, &changes)
      offset = end
    }
  }

  private mutating func take(
    _ event: inotify_event, named name: Slice<UnsafeRawBufferPointer>, _ changes: inout Changes
  ) {
    if event.mask & UInt32(IN_Q_OVERFLOW) != 0 { changes.isMoreThanKnown = true }
    guard let folder = folders[event.wd] else { return }
    if event.mask & UInt32(IN_IGNORED) != 0 {
      // The folder is gone: one that comes in its place is another.
      folders[event.wd] = nil
      watched.remove(folder)
      return
    }
    guard !name.isEmpty else { return }
    let path = "\(folder == "/" ? "" : folder)/\(PathText.text(Array(name)))"
    if event.mask & UInt32(IN_ISDIR) != 0 {
      changes.folders.insert(path)
    } else if event.mask & UInt32(IN_CREATE) == 0 || !Self.isBeingWritten(path) {
      // Else it is told of again when it is closed.
      changes.files.insert(path)
    }
  }

  /// Whether a path that has just been made is a file that somebody will fill, and no link to one that is whole.
  private static func isBeingWritten(_ path: String) -> Bool {
    var status = stat()
    guard PathText.withPath(path, { lstat($0, &status) }) == 0 else { return false }
    return status.st_mode & S_IFMT == S_IFREG && status.st_nlink == 1
  }
}
