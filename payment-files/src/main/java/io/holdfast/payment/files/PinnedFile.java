package io.holdfast.payment.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A file that is read several times and must be the same each time: what was checked is what is
 * paid.
 *
 * <p>The first reading remembers a hash of each block. A later one hands a block on only after its
 * hash was compared. One reading at a time; not thread-safe.
 */
final class PinnedFile implements AutoCloseable {

  private static final int BLOCK = 1 << 16;
  private static final int HASH = 16;

  /** So that the hashes stay small: 4 MB. */
  static final long LARGEST = (4L << 20) / HASH * BLOCK;

  private final FileChannel channel;
  private final long size;
  private byte[] hashes = new byte[HASH * 64];
  private int known;
  private boolean complete;
  private final MessageDigest whole = Hashes.sha256();

  private PinnedFile(FileChannel channel) throws IOException {
    this.channel = channel;
    this.size = channel.size();
  }

  /**
   * Opens it.
   *
   * @throws IllegalArgumentException if it is no file, or larger than {@link #LARGEST}
   */
  static PinnedFile open(Path path) throws IOException {
    if (!Files.isRegularFile(path)) {
      throw new IllegalArgumentException(
          path + " is no file: it is read twice, so no pipe will do");
    }
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    PinnedFile file = new PinnedFile(channel);
    if (file.size > LARGEST) {
      channel.close();
      throw new IllegalArgumentException(path + " is larger than " + LARGEST + " bytes: split it");
    }
    return file;
  }

  /**
   * Reads it from its beginning. Closing the stream does nothing.
   *
   * @throws IllegalStateException if an earlier reading did not come to the end
   */
  InputStream read() {
    if (known > 0 && !complete) {
      throw new IllegalStateException("the first reading did not come to the end");
    }
    return new Blocks();
  }

  /** Once it was read to its end: the hash of all of it, in hexadecimal. */
  String hash() {
    if (!complete) {
      throw new IllegalStateException("not read yet");
    }
    try {
      return HexFormat.of().formatHex(((MessageDigest) whole.clone()).digest());
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("SHA-256 of this JVM cannot be copied", e);
    }
  }

  /** Reads on to the end, so that the hash is known. */
  static void drain(InputStream in) throws IOException {
    byte[] nowhere = new byte[BLOCK];
    while (in.read(nowhere, 0, nowhere.length) >= 0) {
      // Its hash is all that is wanted.
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private final class Blocks extends InputStream {
    private final byte[] block = new byte[BLOCK];
    private final boolean first = !complete;
    private int number;
    private long total;
    private int position;
    private int limit;

    @Override
    public int read() throws IOException {
      return fill() ? block[position++] & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (!fill()) {
        return -1;
      }
      int count = Math.min(length, limit - position);
      System.arraycopy(block, position, into, offset, count);
      position += count;
      return count;
    }

    private boolean fill() throws IOException {
      if (position < limit) {
        return true;
      }
      position = 0;
      limit = 0;
      long start = (long) number * BLOCK;
      ByteBuffer buffer = ByteBuffer.wrap(block);
      while (buffer.hasRemaining() && channel.read(buffer, start + buffer.position()) >= 0) {
        // A short read is not the end.
      }
      int length = buffer.position();
      if (total + length > size) {
        throw new IOException("the file grew while it was read");
      }
      if (length == 0) {
        if (total != size) {
          throw new IOException("the file became shorter while it was read");
        }
        complete = true;
        return false;
      }
      total += length;
      pin(length);
      limit = length;
      number++;
      return true;
    }

    private void pin(int length) throws IOException {
      MessageDigest digest = Hashes.sha256();
      digest.update(block, 0, length);
      byte[] hash = digest.digest();
      int at = number * HASH;
      if (!first) {
        if (number >= known || !Arrays.equals(hash, 0, HASH, hashes, at, at + HASH)) {
          throw new IOException("the file was changed after it was checked");
        }
        return;
      }
      if (at == hashes.length) {
        hashes = Arrays.copyOf(hashes, hashes.length * 2);
      }
      System.arraycopy(hash, 0, hashes, at, HASH);
      whole.update(block, 0, length);
      known = number + 1;
    }
  }
}
