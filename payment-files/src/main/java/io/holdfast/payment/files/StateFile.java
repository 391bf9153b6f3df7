package io.holdfast.payment.files;

import io.holdfast.payment.files.Outcomes.Outcome;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Remembers what became of the payments of any number of messages, over the end of this process.
 *
 * <p>Lines are only ever added: {@code message ID HASH NUMBER TIME}, then for each payment that has
 * its outcome {@code paid INDEX}, {@code before INDEX} or {@code refused INDEX CODE DETAIL}, and
 * {@code end TIME} once all have. A checksum begins each. The last line may be torn by a crash; it
 * is cut off. Nothing depends on the latest lines being there: a payment that is asked for again
 * has the same idempotency key. So they are forced to the disk now and then only, but {@code
 * message} and {@code end} at once.
 *
 * <p>One process at a time. Thread-safe. Writing is not ended by an interrupt, as a channel's is.
 */
final class StateFile implements AutoCloseable {

  private static final int LONGEST_LINE = 8_192;
  private static final long FORCE_NANOS = 250_000_000L;

  private final Path path;
  private final FileOutputStream out;
  private final FileLock lock;

  /** Guarded by this. */
  private long forced = System.nanoTime();

  private StateFile(Path path, FileOutputStream out, FileLock lock) {
    this.path = path;
    this.out = out;
    this.lock = lock;
  }

  /** What the file knows of a message. */
  record Previous(Kind kind, String since) {
    enum Kind {
      NONE,
      /** Begun with the same file, and not all payments have their outcome. */
      UNFINISHED,
      FINISHED,
      /** The same message id, with another content. */
      OTHER_FILE
    }
  }

  /**
   * Opens it, or makes a new one.
   *
   * @throws IllegalArgumentException if it is another process's now, or damaged
   */
  static StateFile open(Path path) throws IOException {
    FileOutputStream out = new FileOutputStream(path.toFile(), true);
    try {
      FileLock lock = out.getChannel().tryLock();
      if (lock == null) {
        throw new OverlappingFileLockException();
      }
      StateFile state = new StateFile(path, out, lock);
      long end = state.scan(line -> {});
      out.getChannel().truncate(end);
      return state;
    } catch (OverlappingFileLockException e) {
      out.close();
      throw new IllegalArgumentException(path + " is in use by another run", e);
    } catch (IOException | RuntimeException e) {
      out.close();
      throw e;
    }
  }

  /** What it knows of a message; puts the outcomes that it has of it where they belong. */
  Previous previous(String messageId, String hash, Outcomes outcomes) throws IOException {
    History history = new History(messageId, hash, outcomes);
    scan(history::line);
    return history.previous;
  }

  private static final class History {
    private final String messageId;
    private final String hash;
    private final Outcomes outcomes;
    private Previous previous = new Previous(Previous.Kind.NONE, "");
    private boolean ours;

    History(String messageId, String hash, Outcomes outcomes) {
      this.messageId = encode(messageId);
      this.hash = hash;
      this.outcomes = outcomes;
    }

    void line(List<String> words) {
      if (words.get(0).equals("message")) {
        ours = words.get(1).equals(messageId);
        if (ours) {
          boolean same = words.get(2).equals(hash);
          previous =
              new Previous(
                  same ? Previous.Kind.UNFINISHED : Previous.Kind.OTHER_FILE, words.get(4));
        }
      } else if (ours && previous.kind == Previous.Kind.UNFINISHED) {
        outcome(words);
      }
    }

    private void outcome(List<String> words) {
      if (words.get(0).equals("end")) {
        previous = new Previous(Previous.Kind.FINISHED, words.get(1));
        return;
      }
      int index = Integer.parseInt(words.get(1));
      switch (words.get(0)) {
        case "paid" -> outcomes.set(index, Outcome.PAID);
        case "before" -> outcomes.set(index, Outcome.PAID_BEFORE);
        case "refused" ->
            outcomes.refused(index, new Reply.Refused(decode(words.get(2)), decode(words.get(3))));
        default -> throw new IllegalArgumentException("unknown line");
      }
    }
  }

  /** Tells that a message is about to be paid. On disk when it returns. */
  synchronized void begin(String messageId, String hash, int number) throws IOException {
    append("message %s %s %d %s".formatted(encode(messageId), hash, number, now()));
    force();
  }

  /** Adds an outcome that is final. */
  synchronized void add(int index, Outcome outcome) throws IOException {
    append((outcome == Outcome.PAID_BEFORE ? "before " : "paid ") + index);
    forceNowAndThen();
  }

  /** Adds a refusal. */
  synchronized void add(int index, Reply.Refused why) throws IOException {
    append("refused %d %s %s".formatted(index, encode(why.code()), encode(why.detail())));
    forceNowAndThen();
  }

  /** Tells that all payments have their outcome. On disk when it returns. */
  synchronized void end() throws IOException {
    append("end " + now());
    force();
  }

  private static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private void append(String payload) throws IOException {
    byte[] line = (checksum(payload) + " " + payload + "\n").getBytes(StandardCharsets.UTF_8);
    out.write(line);
  }

  private void forceNowAndThen() throws IOException {
    if (System.nanoTime() - forced >= FORCE_NANOS) {
      force();
    }
  }

  private void force() throws IOException {
    out.getFD().sync();
    forced = System.nanoTime();
  }

  private static String checksum(String payload) {
    CRC32 crc = new CRC32();
    crc.update(payload.getBytes(StandardCharsets.UTF_8));
    return "%08x".formatted(crc.getValue());
  }

  private static String encode(String text) {
    // A dash for nothing, which would be no word.
    return text.isEmpty() ? "-" : URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String decode(String word) {
    return word.equals("-") ? "" : URLDecoder.decode(word, StandardCharsets.UTF_8);
  }

  /** What to do with the words of a line. */
  private interface Lines {
    void next(List<String> words);
  }

  /** Reads all whole lines. Where they end: a line that is not whole may follow, as the last. */
  private long scan(Lines lines) throws IOException {
    long end = 0;
    long number = 0;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(path))) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      boolean torn = false;
      for (int next = in.read(); next >= 0; next = in.read()) {
        if (torn) {
          throw damaged(number, "is not as it was written");
        }
        if (next != '\n') {
          bytes.write(next);
          if (bytes.size() > LONGEST_LINE) {
            throw damaged(number + 1, "is too long");
          }
          continue;
        }
        number++;
        String line = bytes.toString(StandardCharsets.UTF_8);
        torn = !isWhole(line);
        if (!torn) {
          end += bytes.size() + 1L;
          read(line, lines, number);
        }
        bytes.reset();
      }
    }
    return end;
  }

  private static boolean isWhole(String line) {
    return line.length() > 9
        && line.charAt(8) == ' '
        && line.substring(0, 8).equals(checksum(line.substring(9)));
  }

  private void read(String line, Lines lines, long number) {
    try {
      lines.next(List.of(line.substring(9).split(" ", -1)));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw damaged(number, "says nothing that this version knows");
    }
  }

  private IllegalArgumentException damaged(long line, String how) {
    return new IllegalArgumentException("%s:%d: %s".formatted(path, line, how));
  }

  /** Forces what was added to the disk, and lets others use the file. */
  @Override
  public synchronized void close() throws IOException {
    try (out) {
      force();
      lock.release();
    }
  }
}
