package io.holdfast.cli.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** New files that only this user can read. */
final class PrivateFile {

  private PrivateFile() {}

  private static FileAttribute<?>[] ours(Path file) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  /**
   * Makes it.
   *
   * @throws IOException if it is there already, or cannot be made
   */
  static void create(Path file, String text) throws IOException {
    Files.createFile(file, ours(file));
    Files.writeString(file, text, StandardCharsets.UTF_8);
  }

  /** A temporary one, in the folder that the system has for that. */
  static Path temporary(String text) throws IOException {
    Path file = Files.createTempFile("holdfast-", ".txt");
    Files.writeString(file, text, StandardCharsets.UTF_8);
    return file;
  }
}
