package io.holdfast.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * The keys that encrypt secrets. They stay outside the cluster.
 *
 * <p>A key file has a key a line, {@code <id> <Base64 of 32 bytes>}; empty lines and those that
 * begin with {@code #} are comments. <b>The first key encrypts</b>, all of them decrypt. To change
 * keys: put a new line at the top, distribute the file, encrypt all secrets anew ({@code holdfast
 * config rekey}), and take the old line away when no version in the history needs it any more. The
 * file is read anew for every encryption, and when a key is asked for that was not in it, so that
 * no process has to be restarted.
 *
 * <p>The text form says where the keys are and never what they are.
 */
public final class KeyRing {

  /** A key with its name. */
  record Entry(String id, SecretKey key) {
    @Override
    public String toString() {
      return "(key " + id + ")";
    }
  }

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,39}");
  private static final int KEY_BYTES = 32;
  private static final int LARGEST_FILE = 64 * 1024;
  private static final KeyRing NONE = new KeyRing("a key file, because none was given", Map::of);

  private final String source;
  private final Supplier<Map<String, Entry>> reader;

  /** As last read; replaced as a whole. */
  private volatile Map<String, Entry> known;

  private KeyRing(String source, Supplier<Map<String, Entry>> reader) {
    this.source = source;
    this.reader = reader;
    this.known = reader.get();
  }

  /** No keys: secrets can be neither written nor read. */
  public static KeyRing none() {
    return NONE;
  }

  /**
   * The keys in a file that no other user may read. Blocks for the disk.
   *
   * @throws IllegalArgumentException if the file cannot be read, is open to others, or is not a key
   *     file; the message holds no key
   */
  public static KeyRing fromFile(Path file) {
    return new KeyRing("key file " + file, () -> read(file));
  }

  /** A line for a key file, with a new key. It is a secret. */
  public static String newLine(String id) {
    if (!isId(id)) {
      throw new IllegalArgumentException(
          "not the id of a key (letters, digits and . _ -, at most 40)");
    }
    byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    String line = id + " " + Base64.getEncoder().encodeToString(key);
    Arrays.fill(key, (byte) 0);
    return line;
  }

  static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  /** The key that encrypts now. */
  Entry first() {
    Map<String, Entry> now = reader.get();
    known = now;
    return now.values().stream()
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("a secret needs a key, and there is none: " + this));
  }

  /** Looks into the file only for a key that was not there. */
  Optional<Entry> find(String id) {
    Entry there = known.get(id);
    if (there == null && this != NONE) {
      known = reader.get();
      there = known.get(id);
    }
    return Optional.ofNullable(there);
  }

  private static Map<String, Entry> read(Path file) {
    checkPrivate(file);
    String text;
    try {
      if (Files.size(file) > LARGEST_FILE) {
        throw new IllegalArgumentException("the key file " + file + " is too large");
      }
      text = Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "the key file " + file + " cannot be read: " + e.getClass().getSimpleName(), e);
    }
    Map<String, Entry> keys = new LinkedHashMap<>();
    int number = 0;
    for (String line : text.lines().map(String::strip).toList()) {
      number++;
      if (!line.isEmpty() && line.charAt(0) != '#') {
        Entry entry = entry(line, "line " + number + " of the key file " + file);
        if (keys.put(entry.id(), entry) != null) {
          throw new IllegalArgumentException(
              "the key file " + file + " has two keys '" + entry.id() + "'");
        }
      }
    }
    return keys;
  }

  private static Entry entry(String line, String where) {
    String[] parts = line.split("\\s+", -1);
    if (parts.length == 2 && isId(parts[0])) {
      try {
        byte[] key = Base64.getDecoder().decode(parts[1]);
        if (key.length == KEY_BYTES) {
          return new Entry(parts[0], new SecretKeySpec(key, "AES"));
        }
      } catch (IllegalArgumentException e) {
        // Its message would show a piece of the key.
      }
    }
    throw new IllegalArgumentException(where + " is not '<id> <Base64 of 32 bytes>'");
  }

  private static void checkPrivate(Path file) {
    try {
      Set<PosixFilePermission> allowed = Files.getPosixFilePermissions(file);
      if (allowed.contains(PosixFilePermission.OTHERS_READ)
          || allowed.contains(PosixFilePermission.OTHERS_WRITE)
          || allowed.contains(PosixFilePermission.GROUP_WRITE)) {
        throw new IllegalArgumentException(
            "the key file " + file + " is open to other users: chmod 600 it");
      }
    } catch (UnsupportedOperationException e) {
      // A file system without such permissions.
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "the key file " + file + " cannot be read: " + e.getClass().getSimpleName(), e);
    }
  }

  /** Says where the keys are. */
  @Override
  public String toString() {
    return source;
  }
}
