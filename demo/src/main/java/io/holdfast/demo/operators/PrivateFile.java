package io.holdfast.demo.operators;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Files that only their owner can read, from the first byte on. */
final class PrivateFile {

  private PrivateFile() {}

  /**
   * Makes a file.
   *
   * @throws IllegalArgumentException if there is something of that name, or no folder for it
   */
  static void create(Path file, String text) throws IOException {
    create(file, text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Likewise. */
  static void create(Path file, byte[] bytes) throws IOException {
    try (SeekableByteChannel out =
        Files.newByteChannel(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      ByteBuffer left = ByteBuffer.wrap(bytes);
      while (left.hasRemaining()) {
        out.write(left);
      }
    } catch (FileAlreadyExistsException e) {
      throw new IllegalArgumentException(file + " is there already, and is not overwritten", e);
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException("there is no folder for " + file, e);
    }
  }
}
