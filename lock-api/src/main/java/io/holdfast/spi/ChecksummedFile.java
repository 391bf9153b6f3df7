package io.holdfast.spi;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * A file that is read whole or not at all: one line {@code <format> <bytes> <CRC-32C in hex>}, then
 * so many bytes. One that is cut short, longer, altered or of another format is refused.
 *
 * <p>It is written beside the old one, forced to the disk, and moved over it in one step, so that a
 * crash at any moment leaves the old one or the new one. Only this user can read it. Blocks for the
 * disk.
 */
public final class ChecksummedFile {

  private static final int LONGEST_HEADER = 128;

  private final Path path;
  private final String format;
  private final int largest;

  /**
   * Neither reads nor writes yet.
   *
   * @param format ASCII, without a line's end, of at most 80 characters
   * @param largest bytes; longer files are not read
   */
  public ChecksummedFile(Path path, String format, int largest) {
    this.path = path;
    this.format = format;
    this.largest = largest;
  }

  /**
   * The content.
   *
   * @return empty if there is no file
   * @throws IOException if it cannot be read or is refused; the message says why
   */
  public Optional<byte[]> read() throws IOException {
    byte[] file;
    try {
      long size = Files.size(path);
      if (size > largest + (long) LONGEST_HEADER) {
        throw new IOException("it is too large: " + size + " bytes");
      }
      file = Files.readAllBytes(path);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    int end = 0;
    while (end < Math.min(file.length, LONGEST_HEADER) && file[end] != '\n') {
      end++;
    }
    if (end == file.length || end == LONGEST_HEADER) {
      throw new IOException("it does not begin with a line");
    }
    String header = new String(file, 0, end + 1, StandardCharsets.US_ASCII);
    byte[] body = Arrays.copyOfRange(file, end + 1, file.length);
    if (!header.startsWith(format + " ")) {
      throw new IOException("its format is not '" + format + "'");
    }
    if (!header.equals(header(body))) {
      throw new IOException("its length or checksum is wrong");
    }
    return Optional.of(body);
  }

  /**
   * Replaces it; makes the folder if need be.
   *
   * @throws IOException if that failed; the old file is as it was
   */
  public void replace(byte[] body) throws IOException {
    Path folder = path.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException("not a file: " + path);
    }
    Files.createDirectories(folder);
    Path fresh = folder.resolve(path.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      create(fresh);
      try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        write(channel, header(body).getBytes(StandardCharsets.US_ASCII));
        write(channel, body);
        channel.force(true);
      }
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(fresh);
    }
    force(folder);
  }

  private static void create(Path file) throws IOException {
    FileAttribute<?> ours =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createFile(file, ours);
    } else {
      Files.createFile(file);
    }
  }

  private static void write(FileChannel channel, byte[] bytes) throws IOException {
    ByteBuffer rest = ByteBuffer.wrap(bytes);
    while (rest.hasRemaining()) {
      channel.write(rest);
    }
  }

  /** Makes the move itself outlast a power cut, where the file system lets a folder be opened. */
  @SuppressWarnings("EmptyCatch")
  private static void force(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // There are such file systems, and the file is whole either way.
    }
  }

  private String header(byte[] body) {
    CRC32C sum = new CRC32C();
    sum.update(body);
    return "%s %d %08x\n".formatted(format, body.length, sum.getValue());
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
